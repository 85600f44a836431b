"""`make demo`: one course, first simulated, then run by the engine, then the very sentence on the real clock."""

from __future__ import annotations

import email
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from planned.api import Engine, compile_rules
from planned.channels.maildir import MaildirChannel
from planned.engine.decision import Decision
from planned.sources.people import people
from planned.testing import VirtualClock

RULES = Path(__file__).parent
HISTORY, PEOPLE = RULES / "history" / "writing.jsonl", RULES / "history" / "people.csv"
PLANNED = (sys.executable, "-m", "planned.cli.main")
DRY_RUN = ("dry-run", "rules/writing.rules", "--events", "rules/history/writing.jsonl")
DRY_RUN += ("--people", "rules/history/people.csv")
TERM = "2026-09-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00"


def main() -> None:
    with TemporaryDirectory(prefix="planned-demo-") as name:
        folder = Path(name)
        head("1. The simulation: a recorded term, nothing is sent")
        planned(*DRY_RUN)
        head("2. The engine on the same term: a virtual clock, a real store (SQLite), real mails (a Maildir)")
        engine_on_the_term(folder)
        head("3. The engine on the real clock: Alice completed Quiz1 four days ago, Ben has done lesson 2 since")
        sentence_now(folder)


def head(title: str) -> None:
    print(f"\n\033[1m{title}\033[0m\n" if sys.stdout.isatty() else f"\n=== {title} ===\n", flush=True)


def planned(*arguments: str, cwd: Path = RULES.parent) -> None:
    """Shows the command and runs it."""
    print("$ planned", *arguments, "\n", flush=True)
    subprocess.run([*PLANNED, *arguments], cwd=cwd, check=True)


def engine_on_the_term(folder: Path) -> None:
    store, mailbox = f"sqlite:///{folder / 'term.sqlite'}", folder / "mails"
    first = term(store, mailbox)
    sent = [decision for decision in first if decision.outcome == "sent"]
    mails = sorted((read(file) for file in (mailbox / "new").iterdir()), key=lambda mail: mail["date"].datetime)
    same = "yes" if sorted(map(key, first)) == simulated() else "no"
    print(f"{len(first)} decisions, the same as in the simulation: {same}.")
    print(f"{len(sent)} of them are messages to send, {len(mails)} mails are in the mailbox. One of them:\n")
    shown = next(
        mail for mail in mails if mail["to"].addresses[0].username == "dmitri" and "lesson 2" in mail["subject"]
    )
    for name in ("From", "To", "Date", "Subject"):
        print(f"  {name}: {shown[name]}")
    body = shown.get_body(("plain",))
    print("".join(f"\n  {line}" for line in (body.get_content() if body else "").strip().splitlines()))
    again = term(store, mailbox)
    print(f"\nStarted again on the same store, and given the same events once more: {len(again)} new decisions.")


def term(store: str, mailbox: Path) -> list[Decision]:
    """What the engine decides over the term, on what the store remembers."""
    with Engine(
        compile_rules(RULES / "writing.rules"),
        store=store,
        clock=VirtualClock(TERM[0]),
        channels={"email": MaildirChannel(mailbox)},
    ) as engine:
        engine.feed(*(one for one in people(PEOPLE)), *HISTORY.read_text(encoding="utf-8").splitlines())
        return engine.advance(TERM[1])


def key(decision: Decision) -> tuple[object, ...]:
    """Which message, and what became of it."""
    one = decision
    return one.rule, one.learner, one.occurrence, one.step, one.repeat, one.notice > 0, str(one.outcome)


def simulated() -> list[tuple[object, ...]]:
    """The same of the dry-run, as it prints it for programs."""
    out = subprocess.run([*PLANNED, *DRY_RUN, "--format", "jsonl"], cwd=RULES.parent, capture_output=True, check=True)
    lines = [json.loads(line) for line in out.stdout.splitlines()]
    names = ("rule", "learner", "occurrence", "step", "repeat")
    return sorted((*(one[name] for name in names), "notice" in one, one["outcome"]) for one in lines)


def read(file: Path) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(file.read_bytes(), policy=default))


def sentence_now(folder: Path) -> None:
    now = datetime.now(UTC)  # noqa: TID251 – a demonstration on the real clock
    happened = [("alice", "Quiz1", 96), ("ben", "Quiz1", 96), ("ben", "Lesson2", 72)]
    events = [
        {
            "id": f"{who}-{what}",
            "time": (now - timedelta(hours=hours)).isoformat(timespec="seconds"),
            "kind": "completion",
            "course": "WRI101",
            "learner": who,
            "activity": what,
            "state": "complete",
        }
        for who, what, hours in happened
    ]
    profile = {
        "id": "p",
        "time": events[0]["time"],
        "kind": "profile",
        "learner": "alice",
        "user": {"email": "alice@example.org"},
    }
    lines = [json.dumps(event) for event in [profile, *events]]
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "sentence.rules").write_bytes((RULES / "sentence.rules").read_bytes())
    since = (now - timedelta(days=5)).isoformat(timespec="seconds")
    planned(
        "run",
        "sentence.rules",
        "--source",
        "jsonl:events.jsonl",
        "--store",
        "sqlite:///planned.sqlite",
        "--channel",
        "console",
        "--since",
        since,
        "--once",
        cwd=folder,
    )
    print("\nAlice has her reminder. Ben gets none: unless Lesson2 complete.")


if __name__ == "__main__":
    main()
