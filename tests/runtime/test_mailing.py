"""From a rule to the bytes that a mail server gets: at each attempt, in each process, under any settings the same."""

from __future__ import annotations

import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import dkim
import pytest

from planned.runtime.assemble import setup_of
from planned.runtime.settings import SettingsError, load_settings
from planned.runtime.unsubscribe import read
from tests.contract.odd_server import Box, odd_server
from tests.contract.test_dkim import PEM, in_dns

RULES = """
language en timezone Europe/Paris course C "A course"
topic news "News of the course"
rule lettre about news after enrolment send "Hello & welcome, {{ user.firstname }}!"
rule reçu after enrolment send "We have your enrolment."
"""
PROGRAM = """
import sys
from pathlib import Path
from planned import Engine, compile_rules
from planned.channels.table import open_channel
from planned.runtime.settings import load_settings
from planned.testing import VirtualClock

rules, store, settings, port, at = sys.argv[1:]
channels = {"email": open_channel(f"smtp://127.0.0.1:{port}")}
with Engine(
    compile_rules(Path(rules)), store=store, clock=VirtualClock("2026-09-01T08:00:00Z"), channels=channels,
    settings=load_settings(Path(settings), {}),
) as engine:
    engine.feed(
        {"id": "p", "time": "2026-09-01T08:00:00Z", "kind": "profile", "learner": "alice",
         "user": {"email": "Alice@Example.org", "firstname": "Alice"}},
        {"id": "e", "time": "2026-09-01T09:00:00Z", "kind": "enrolment", "course": "C", "learner": "alice"},
    )
    engine.advance(at)
"""
SECRET = "0123456789abcdef0123"
SETTINGS = """
[mail]
from = "noreply@example.org"
name = "The campus"
bounces = "bounces@example.org"
unsubscribe_url = "https://example.org/leave?t={token}"
unsubscribe_secret = "file:SECRET"
[mail.dkim]
domain = "example.org"
selector = "autumn"
key = "file:KEY"
"""


def deliver(folder: Path, box: Box, settings: str, at: str) -> None:
    (folder / "r.rules").write_text(RULES, encoding="utf-8")
    (folder / "secret").write_text(SECRET)
    (folder / "key").write_text(PEM)
    text = settings.replace("SECRET", str(folder / "secret")).replace("KEY", str(folder / "key"))
    (folder / "planned.toml").write_text(text)
    arguments = [folder / "r.rules", f"sqlite:///{folder}/s.sqlite", folder / "planned.toml", box.port, at]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_mail_has_the_same_bytes_at_each_attempt_in_each_process_under_other_settings(tmp_path: Path) -> None:
    plan = {".": "451 4.3.0 try again"}
    taken: list[bytes] = []
    senders: list[str] = []
    with odd_server(plan) as box:
        for at in ("2026-09-01T10:00:00Z", "2026-09-01T12:00:00Z"):
            plan["."] = "250 kept" if taken else "451 4.3.0 try again"
            box.refused.clear()
            later = SETTINGS.replace("The campus", "Renamed").replace("bounces@", "other@")
            later = later.replace("autumn", "spring").replace("/leave", "/elsewhere")
            deliver(tmp_path, box, later if taken else SETTINGS, at)
            taken += box.refused or box.bytes
            senders += box.senders
    assert len(taken) == 4
    assert sorted(taken[:2]) == sorted(taken[2:])
    assert len(set(taken)) == 2
    assert all(one.startswith("bounces+") for one in senders)
    mails = {str(mail["Subject"]): mail for mail in (message_from_bytes(raw, policy=default) for raw in taken[2:])}
    news, service = mails["Hello & welcome, Alice!"], mails["We have your enrolment."]
    token = news["List-Unsubscribe"].removeprefix("<https://example.org/leave?t=").removesuffix(">")
    assert read(SECRET, token) == ("alice@example.org", "news")
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert news["Date"].datetime.isoformat() == "2026-09-01T09:00:00+00:00"
    text, html = (part.get_content() for part in news.iter_parts())
    assert f"No more of these messages: https://example.org/leave?t={token}" in text
    link = f'<p><small><a href="https://example.org/leave?t={token}">No more of these messages</a></small></p>'
    assert "".join(html.split()).endswith("".join(f"{link}</body></html>".split()))
    assert "List-Unsubscribe" not in service
    assert not any("No more" in part.get_content() for part in service.iter_parts())
    assert "List-Unsubscribe-Post" not in service
    for mail in (news, service):
        assert f"bounces+{mail['Message-ID'][1:].partition('@')[0]}@example.org" in senders
    assert all(dkim.verify(raw, dnsfunc=in_dns) for raw in taken)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('unsubscribe_url = "https://x.example/{token}"', "unsubscribe_secret is missing"),
        ('unsubscribe_secret = "env:SECRET"', "unsubscribe_url is missing"),
        ('unsubscribe_url = "http://x.example/{token}"', "https address with {token}"),
        ('unsubscribe_url = "https://x.example/leave"', "https address with {token}"),
        ('unsubscribe_url = "https://x.example/{token}/{token}"', "https address with {token}"),
        ('unsubscribe_url = "https://x.example/{token}> a"', "https address with {token}"),
        ('unsubscribe_secret = "0123456789abcdef0123"', "a secret is not written here"),
        ('unsubscribe_secret = "env:SHORT"', "at least 16"),
        ('bounces = "bounces"', "write name@host"),
        ('bounces = "b.............@x"', "write name@host"),
        (f'bounces = "{"b" * 32}@x.example"', "at most 31"),
        ('[mail.dkim]\ndomain = "x"', "mail.dkim.selector"),
        ('[mail.dkim]\ndomian = "x"', "did you mean 'domain'"),
        ('bounce = "a@b"', "did you mean 'bounces'"),
    ],
)
def test_what_is_wrong_in_the_settings_of_mail_is_said(
    lines: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", SECRET)
    monkeypatch.setenv("SHORT", "short-one")
    (tmp_path / "planned.toml").write_text(f'[mail]\nfrom = "a@x.example"\n{lines}\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "planned.toml", {})
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "short-one" not in str(caught.value)


def test_a_key_that_cannot_sign_is_said_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "no key")
    table = '[mail.dkim]\ndomain = "x.example"\nselector = "a"\nkey = "env:KEY"\n'
    (tmp_path / "planned.toml").write_text(table)
    with pytest.raises(SettingsError, match=r"mail\.dkim: the key is no RSA private key"):
        setup_of(load_settings(tmp_path / "planned.toml", {}), {})


def test_another_sender_on_the_command_line_leaves_the_rest_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "planned.toml").write_text('[mail]\nfrom = "a@x.example"\nbounces = "b@x.example"\n')
    settings = load_settings(tmp_path / "planned.toml", {"mail": {"from": "c@x.example"}})
    assert (settings.mail.address, settings.mail.bounces) == ("c@x.example", "b@x.example")
