"""`planned deliveries`, `resend`, `unsubscribe` and `suppressions`, beside an engine at work, on both stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from planned.cli.main import main
from planned.runtime.unsubscribe import token
from planned.store.base import Batch, Store, key_of
from planned.store.delivery import ALL, Hold, NewDelivery, Suppression
from planned.store.opening import open_store
from tests.contract.test_store import decision
from tests.postgres import Server

SECRET = "a secret of enough characters to be one"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 's.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.address(server.database())


@pytest.fixture
def engine(address: str) -> Iterator[Store]:
    """The store as an engine at work has it open, with a delivery in each state."""
    store = open_store(address)
    states = ("dead", "failed", "sent", "deferred", "sending", "ready")
    made = [decision(occurrence=number, learner=f"p{number}") for number in range(len(states))]
    store.save(
        Batch(
            now=1_000_000,
            decisions=made,
            deliveries={
                key_of(one): [NewDelivery(one.learner, "email", f"m{state}", "text", address=f"{state}@x.example")]
                for one, state in zip(made, states, strict=True)
            },
        )
    )
    claimed = store.claim(1_000_000, 5, 10**13, "email")
    for one, state in zip(claimed, states[:4], strict=False):
        store.settle(one, state, why=f"why {state}", next_attempt=5_000_000)  # type: ignore[arg-type]  # a state
    store.withhold(Hold("email", ALL, 1_000_000, 2_000_000, "421"), 0, 0)
    yield store
    store.close()


def said(capsys: pytest.CaptureFixture[str], address: str, command: str, *more: str, code: int = 0) -> str:
    assert main([command, "--store", address, *more]) == code
    shown = capsys.readouterr()
    return shown.out if code == 0 else shown.err


def test_deliveries_are_listed_by_state_and_learner(
    engine: Store, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = said(capsys, address, "deliveries")
    assert [line.split()[2] for line in shown.splitlines()[1:-1]] == ["dead", "failed", "deferred", "sending", "ready"]
    assert "email: the receiver is away since 1970-01-01T00:00:01Z" in shown
    assert "why dead" in shown
    assert "next attempt 1970-01-01T00:00:05Z" in shown
    assert "planned resend" in shown
    shown = said(capsys, address, "deliveries", "--state", "dead", "--state", "sent", "--format", "jsonl")
    found = [json.loads(line) for line in shown.splitlines()]
    assert [(one["state"], one["address"], one["message_id"]) for one in found] == [
        ("dead", "dead@x.example", "mdead"),
        ("sent", "sent@x.example", "msent"),
    ]
    assert "sent" in said(capsys, address, "deliveries", "p2")
    assert "No such delivery." in said(capsys, address, "deliveries", "--channel", "sms")


def test_what_was_given_up_is_sent_again_only_with_yes(
    engine: Store, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {one.id: one for one in engine.deliveries()}
    dead, failed, sent, *_ = before
    shown = said(capsys, address, "resend", "--dead")
    assert "Would be sent once more: 1." in shown
    assert {one.id: one for one in engine.deliveries()} == before
    shown = said(capsys, address, "resend", str(failed), str(sent), "999")
    assert "Stays as it is (sent)" in shown
    assert "No such delivery: 999" in shown
    assert "Nothing to send once more." in said(capsys, address, "resend", "--dead", "--channel", "sms", "--yes")
    assert "Ready to be sent once more: 1" in said(capsys, address, "resend", "--dead", "--yes")
    assert "Ready to be sent once more: 1" in said(capsys, address, "resend", str(failed), "--yes")
    again = {one.id: one for one in engine.deliveries(["ready"])}
    assert {dead, failed} < again.keys()
    assert [(again[id_].message_id, again[id_].body) for id_ in (dead, failed)] == [
        ("mdead", "text"),
        ("mfailed", "text"),
    ]
    assert "which deliveries?" in said(capsys, address, "resend", code=2)
    assert "not both" in said(capsys, address, "resend", "1", "--dead", code=2)


def test_an_address_leaves_a_topic_by_itself_or_by_the_token_of_its_link(
    engine: Store, address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown = said(capsys, address, "unsubscribe", "Ann@X.example", "--topic", "news")
    assert "Would not be written to any more:" in shown
    assert "ann@x.example  topic news  unsubscribed" in shown
    assert engine.suppressed() == []
    assert "Is not written to" in said(capsys, address, "unsubscribe", "Ann@X.example", "--topic", "news", "--yes")
    assert "already" in said(capsys, address, "unsubscribe", "ann@x.example", "--topic", "news", "--yes")
    made = token(SECRET, "bob@x.example", "exams")
    assert "unsubscribe_secret" in said(capsys, address, "unsubscribe", made, code=2)
    monkeypatch.setenv("LINKS", SECRET)
    (tmp_path / "planned.toml").write_text(
        '[mail]\nunsubscribe_url = "https://x.example/{token}"\nunsubscribe_secret = "env:LINKS"\n'
    )
    assert "leave --topic out" in said(capsys, address, "unsubscribe", made, "--topic", "news", code=2)
    assert "neither an address nor a token" in said(capsys, address, "unsubscribe", made[:-2] + "xx", code=2)
    said(capsys, address, "unsubscribe", made, "--yes")
    assert [(one.address, one.topic, one.reason) for one in engine.suppressed()] == [
        ("ann@x.example", "news", "unsubscribed"),
        ("bob@x.example", "exams", "unsubscribed"),
    ]


def test_the_list_is_shown_added_to_and_taken_from(
    engine: Store, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, address, "suppressions") == "Nobody is on the list.\n"
    assert "which address?" in said(capsys, address, "suppressions", "add", code=2)
    assert "add --yes" in said(capsys, address, "suppressions", "add", "Ann@x.example")
    assert engine.suppressed() == []
    said(capsys, address, "suppressions", "add", "Ann@x.example", "--yes")
    said(capsys, address, "suppressions", "add", "ann@x.example", "--topic", "news", "--reason", "complained", "--yes")
    assert [(one.topic, one.reason) for one in engine.suppressed()] == [("", "manual"), ("news", "complained")]
    assert len(said(capsys, address, "suppressions", "list", "--format", "jsonl").splitlines()) == 2
    assert "complained" not in said(capsys, address, "suppressions", "list", "--reason", "manual")
    shown = said(capsys, address, "suppressions", "remove", "ann@x.example", "--topic", "news")
    assert "Would be written to again:" in shown
    assert len(engine.suppressed()) == 2
    said(capsys, address, "suppressions", "remove", "ann@x.example", "--topic", "news", "--yes")
    assert [(one.topic, one.reason) for one in engine.suppressed()] == [("", "manual")]
    assert "Not on the list" in said(capsys, address, "suppressions", "remove", "bob@x.example", "--yes")


def test_the_commands_speak_french_where_the_system_does(
    engine: Store, address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    engine.suppress([Suppression("ann@x.example", "", "bounced", 1)])
    assert "tous les sujets" in said(capsys, address, "suppressions")
    assert "Seraient renvoyées" in said(capsys, address, "resend", "--dead")
    assert "prochain essai" in said(capsys, address, "deliveries")
    assert "Ne recevrait plus rien" in said(capsys, address, "unsubscribe", "ann@x.example")
