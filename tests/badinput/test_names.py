"""People with names that are no names: what stands in them is text, in a message and in the headers of a mail."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from planned.api import Engine, compile_rules
from planned.channels.maildir import MaildirChannel
from planned.testing import VirtualClock
from tests.badinput.running import in_bounds, rule, run, written

NAMES = {
    "template": "{{7*7}}",
    "statement": "{% for a in b %}",
    "markup": "<script>alert(1)</script>",
    "link": "[click](https://evil.example)",
    "line breaks": "Alice\r\nBcc: eve@evil.example",
    "encoded word": "=?utf-8?q?a=0D=0ABcc:eve@evil.example?=",
    "10 kB": "n" * 10_000,
    "right to left": "\u202eecilA",
    "Arabic": "\u0623\u0644\u064a\u0633",
    "emoji": "\U0001f469\u200d\U0001f3eb",
    "empty": "",
}
DONE = {"id": "e", "time": "2026-09-03T14:10:00+02:00", "kind": "completion", "course": "C", "learner": "alice"}
DONE |= {"activity": "Quiz1", "state": "complete"}
PROFILE = {"id": "p", "time": "2026-09-01T00:00:00Z", "kind": "profile", "learner": "alice"}
RULE = rule(text='"Hello {{ user.firstname }}!" subject "About {{ user.firstname }}"')


@pytest.mark.parametrize("case", NAMES)
def test_a_dry_run_shows_it_as_it_is(case: str, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    lines = [PROFILE | {"user": {"firstname": NAMES[case]}}, DONE]
    events.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    ran = run("dry-run", written(tmp_path, RULE), "--events", events, "--format", "jsonl")
    assert in_bounds(ran)
    (one,) = [json.loads(line) for line in ran.out.splitlines()]
    assert one["outcome"] == "sent"
    assert "49" not in one["text"]
    assert len(one["subject"]) <= 150
    assert not set("\r\n\u202e") & set(one["subject"])
    table = run("dry-run", written(tmp_path, RULE), "--events", events)
    assert "\u202e" not in table.out
    assert "\r" not in table.out


@pytest.mark.parametrize("case", NAMES)
def test_a_mail_has_one_recipient_and_no_markup_of_it(case: str, tmp_path: Path) -> None:
    channels = {"email": MaildirChannel(tmp_path / "mail")}
    with Engine(compile_rules(RULE), clock=VirtualClock("2026-09-01T00:00:00Z"), channels=channels) as engine:
        user = {"firstname": NAMES[case], "email": "alice@univ.example"}
        engine.feed(PROFILE | {"user": user}, DONE)
        engine.advance("2026-09-30T00:00:00Z")
    (path,) = (tmp_path / "mail" / "new").iterdir()
    raw = path.read_bytes()
    mail = message_from_bytes(raw, policy=default)
    assert mail["To"].addresses[0].addr_spec == "alice@univ.example"
    assert len(mail["To"].addresses) == 1
    assert mail["Bcc"] is None
    assert mail["Cc"] is None
    assert len(mail["Subject"]) <= 150
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]  # a mail has an HTML part, or this fails
    assert "<script" not in html
    assert "evil.example" not in html or "href" not in html
