"""Links for unsubscribing: whoever has one leaves one topic with one address, and no other."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planned.runtime.unsubscribe import MAX_TOKEN, Links, TokenError, read, token

SECRET = "a secret of more than sixteen letters"
TEXT = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=60)


@given(TEXT.filter(str.strip), TEXT)
def test_a_token_is_read_as_it_was_made(address: str, topic: str) -> None:
    made = token(SECRET, address, topic)
    assert re.fullmatch("[A-Za-z0-9_-]+", made)
    assert read(SECRET, made) == (address.strip().lower(), topic)


def test_capitals_of_an_address_make_no_difference() -> None:
    assert token(SECRET, " Alice@Example.org ", "news") == token(SECRET, "alice@example.org", "news")


def test_a_changed_token_is_none() -> None:
    made = token(SECRET, "alice@example.org", "news")
    changed = [made[:at] + ("A" if made[at] != "A" else "B") + made[at + 1 :] for at in range(len(made) - 1)]
    for other in (*changed, made[:-2], made + "AAAA", "", "A", "AAAA", "é", "=", made * 20, "\ud800", "a b\n"):
        with pytest.raises(TokenError):
            read(SECRET, other)


def test_a_token_of_another_secret_is_none() -> None:
    with pytest.raises(TokenError):
        read(SECRET + "!", token(SECRET, "alice@example.org", "news"))


@pytest.mark.parametrize("address", ["", " ", "a@b\0c", "a" * MAX_TOKEN])
def test_what_cannot_be_in_a_link_is_refused(address: str) -> None:
    with pytest.raises(TokenError):
        token(SECRET, address, "news")


def test_a_link_has_the_token_in_its_place() -> None:
    links = Links("https://x.example/leave?t={token}&lang=fr", SECRET)
    assert links.link("a@b", "news") == f"https://x.example/leave?t={token(SECRET, 'a@b', 'news')}&lang=fr"
