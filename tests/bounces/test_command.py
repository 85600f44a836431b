"""What came back is heeded: once, against our own addresses alone, beside an engine at work."""

from __future__ import annotations

import mailbox
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from planned.channels.bounces import Report
from planned.cli.main import main
from planned.runtime.bounced import heed
from planned.store.base import Batch, Store, key_of
from planned.store.delivery import NewDelivery, Suppression
from planned.store.memory import MemoryStore
from planned.store.opening import open_store
from tests.bounces.test_reading import ID, LEMOINE, MAILS, NORA
from tests.contract.test_store import decision

NOW = 1_788_600_000_000_000
SENT = NOW - 300_000_000_000


def filled(store: Store, *addresses: str) -> Store:
    """One message to each, sent; the first has the id of the samples."""
    one = replace(decision(), topic="news")
    news = [
        NewDelivery(f"p{n}", "email", ID if n == 0 else f"{n:032x}", "text", address=address, topic="news")
        for n, address in enumerate(addresses)
    ]
    store.save(Batch(now=SENT, decisions=[one], deliveries={key_of(one): news}))
    for delivery in store.claim(SENT, 10, SENT + 1, "email"):
        store.settle(delivery, "sent", why="250")
    return store


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    filled(open_store("sqlite:///s.db"), NORA, LEMOINE).close()
    return tmp_path


def mbox(folder: Path, *names: str) -> str:
    box = mailbox.mbox(folder / "bounces")
    for name in names:
        box.add(MAILS[name])
    box.close()
    return str(folder / "bounces")


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["bounces", *arguments, "--store", "sqlite:///s.db"]) == 0
    return capsys.readouterr().out


def looked(folder: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    store = open_store("sqlite:///s.db", read_only=True)
    found = (
        [(one.address, one.reason) for one in store.suppressed()],
        [(one.state, one.why) for one in store.deliveries()],
    )
    store.close()
    return found


def test_a_dry_run_says_what_would_be_done_and_does_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = planned(capsys, mbox(folder, "postfix", "out-of-office", "truncated"), "--dry-run")
    assert f"no more mail  {NORA}  5.1.1  r" in said
    assert "would get no more mail: 1" in said
    assert "an automatic answer  2" in said
    assert looked(folder) == ([], [("sent", "250"), ("sent", "250")])


def test_a_mailbox_that_is_read_again_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = mbox(folder, "postfix", "postfix")
    before = Path(path).read_bytes()
    said = planned(capsys, path)
    assert said.count("no more mail  ") == 1
    after = ([(NORA, "bounced")], [("failed", "came back 5.1.1"), ("sent", "250")])
    assert looked(folder) == after
    assert "known" in planned(capsys, path)
    assert looked(folder) == after
    store = open_store("sqlite:///s.db")
    store.unsuppress(NORA)
    store.close()
    planned(capsys, path)
    assert looked(folder) == ([], after[1])  # who was let in again is not shut out by the same report
    assert Path(path).read_bytes() == before


def test_a_report_counts_against_our_address_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = MAILS["postfix"].replace(NORA.encode(), LEMOINE.encode())
    (folder / "mail").write_bytes(forged)
    planned(capsys, str(folder / "mail"))
    assert looked(folder)[0] == [(NORA, "bounced")]  # the tag is that of her message; her mail may be forwarded
    (folder / "mail").write_bytes(forged.replace(ID.encode(), b"f" * 32))
    said = planned(capsys, str(folder / "mail"))
    assert "names no message" in said
    assert "--by-recipient" in said
    assert looked(folder)[0] == [(NORA, "bounced")]
    planned(capsys, str(folder / "mail"), "--by-recipient")
    assert looked(folder)[0] == [(NORA, "bounced"), (LEMOINE, "bounced")]


def test_a_complaint_stops_all_mail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = mailbox.Maildir(folder / "box")
    box.add(MAILS["complaint-redacted"])
    planned(capsys, str(folder / "box"))
    assert looked(folder) == ([(NORA, "complained")], [("sent", "complained"), ("sent", "250")])
    assert "known" in planned(capsys, str(folder / "box"))


@pytest.mark.parametrize("name", ["postfix-delayed", "postfix-expired", "postfix-full", "exim-blocked"])
def test_what_says_nothing_of_the_address_stops_nothing(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned(capsys, mbox(folder, name))
    suppressed, (first, _) = looked(folder)
    assert suppressed == []
    assert first[0] == ("sent" if name in ("postfix-delayed", "postfix-expired") else "failed")


def test_a_list_that_our_mail_was_forwarded_to_does_not_lose_its_address() -> None:
    store = filled(MemoryStore(), "all@vieux.example")
    reports = [
        Report(where="1", kind="address", id=ID, recipient=to, status="5.1.1", at=NOW) for to in ("lea@x", "max@x")
    ]
    assert [one.result for one in heed(store, reports, NOW)] == ["elsewhere", "elsewhere"]
    own = [reports[0], replace(reports[1], recipient="All@vieux.example")]
    assert [one.result for one in heed(store, own, NOW)] == ["elsewhere", "suppressed"]
    assert store.suppressed() == [Suppression("all@vieux.example", "", "bounced", NOW)]


def test_a_report_older_than_the_message_is_not_about_it() -> None:
    store = filled(MemoryStore(), NORA)
    old = Report(where="1", kind="address", id="", recipient=NORA, status="5.1.1", at=SENT - 1)
    assert [one.result for one in heed(store, [old], NOW, by_recipient=True)] == ["foreign"]
    new = replace(old, at=SENT + 1)
    assert [one.result for one in heed(store, [new, new], NOW, by_recipient=True)] == ["suppressed", "known"]


def test_a_single_mail_comes_by_standard_input_while_an_engine_is_at_work(folder: Path) -> None:
    engine = open_store("sqlite:///s.db")
    program = [sys.executable, "-m", "planned.cli.main", "bounces", "-", "--store", "sqlite:///s.db"]
    raw = b"From MAILER-DAEMON Thu Sep  3 09:00:04 2026\n" + MAILS["qmail"]
    done = subprocess.run(program, input=raw, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [one.address for one in engine.suppressed()] == [NORA]
    engine.close()


@pytest.mark.parametrize(
    ("path", "code", "words"), [("absent", 3, "absent"), ("folder", 2, "no mailbox"), ("s.db", 0, "no report")]
)
def test_what_is_no_mailbox_is_said(
    path: str, code: int, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "folder").mkdir()
    assert main(["bounces", path, "--store", "sqlite:///s.db"]) == code
    captured = capsys.readouterr()
    assert words in captured.out + captured.err
    assert looked(folder)[0] == []


def test_an_odd_mbox_is_read_to_its_end(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = (
        b"From x\n"
        + b"\xff\x00" * 1000
        + b"\n\nFrom \n\nFrom y Thu\n"
        + MAILS["postfix"]
        + b"\nFrom z\n"
        + b"x" * (5 << 20)
    )
    (folder / "odd").write_bytes(raw)
    said = planned(capsys, "odd")
    assert f"no more mail  {NORA}" in said
    assert "too big to be a report" in said
