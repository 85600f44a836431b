"""What every store must do with deliveries, and with those to whom nothing is delivered."""

from __future__ import annotations

from planned.store.base import Store, Suppression


def test_a_suppression_is_kept_once_whatever_the_capitals(store: Store) -> None:
    all_ = Suppression("ann@x.example", "", "bounced", 5)
    news = Suppression("ann@x.example", "news", "unsubscribed", 6)
    bob = Suppression("bob@x.example", "news", "unsubscribed", 7)
    assert store.suppress([Suppression(" Ann@X.example ", "", "bounced", 5), bob]) == [all_, bob]
    assert store.suppress([news, Suppression("ANN@x.example", "", "bounced", 9)]) == [news]
    assert store.suppressed() == [all_, news, bob]
    assert store.suppressed(["aNN@x.example", "eve@x.example"]) == [all_, news]
    assert store.suppressed([]) == []


def test_a_suppression_is_forgotten_by_topic_or_reason(store: Store) -> None:
    entries = [
        Suppression("ann@x.example", "", "bounced", 1),
        Suppression("ann@x.example", "", "unsubscribed", 2),
        Suppression("ann@x.example", "news", "unsubscribed", 3),
        Suppression("bob@x.example", "news", "manual", 4),
    ]
    store.suppress(entries)
    assert store.unsuppress("Ann@x.example", "", "unsubscribed") == [entries[1]]
    assert store.unsuppress("ann@x.example", reason="complained") == []
    assert store.unsuppress("ann@x.example", "news") == [entries[2]]
    assert store.unsuppress("ann@x.example") == [entries[0]]
    assert store.suppressed() == [entries[3]]
