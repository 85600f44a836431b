"""The recorded Moodle course, live: `planned run` is killed again and again, and a real SMTP server gets the mails.

What is to arrive is what a run decides that nobody disturbs, with a store of its own. The recording lies in the past of
the machine's clock, so nothing is ever too late for these rules. It runs only where the recording lies beside the
project; PLANNED_KILLS=20 is the run for acceptance.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from planned.engine.decision import Decision, Outcome
from planned.store.base import key_of
from planned.store.sqlite import SqliteStore

HERE = Path(__file__).parent
TABLES = HERE.parents[1] / "../shared/moodle/tables"
RECEIVER = HERE.parent / "contract" / "receiver.py"
KILLS = int(os.environ.get("PLANNED_KILLS", "4"))
MORE = """
rule visit "You were here"
  after access
  send "Hello {{ user.firstname }}, you looked at the course."
  again each time

rule done "{{ user.firstname }}, one activity less"
  after completion of Quiz1 or completion of Lesson2 or viewing of Page3
  send "Well done."
  notify role "editingteacher" "{{ user.fullname }} has done something."
  then wait 1 hour
  send "Still there?"
"""
"""So that there is enough to be killed at."""

pytestmark = pytest.mark.skipif(not TABLES.exists(), reason="the recording is not beside the project")


def rules() -> str:
    text = (HERE / "plan1.rules").read_text("utf-8")
    text = text.replace("timezone Europe/Paris", "timezone Europe/Paris\nlateness 3000 days")
    return text.replace("activity Lesson2", 'activity Page3 "Page 3" is "3"\nactivity Lesson2') + MORE


class Place:
    """A folder with the rules and their store, and a mail server."""

    def __init__(self, path: Path, port: int) -> None:
        self.path, self.port = path, port
        path.mkdir(exist_ok=True)
        (path / "plan1.rules").write_text(rules(), "utf-8")

    def start(self) -> subprocess.Popen[str]:
        program = [sys.executable, "-m", "planned.cli.main", "run", "plan1.rules", "--once"]
        program += ["--source", f"moodle-export:{TABLES.resolve()}", "--store", "sqlite:///state.sqlite"]
        program += ["--channel", f"smtp://127.0.0.1:{self.port}", "--from", "noreply@ecole.example"]
        program += ["--since", "2026-10-01T00:00:00+02:00"]
        return subprocess.Popen(program, cwd=self.path, stderr=subprocess.PIPE, text=True)

    def finish(self) -> float:
        """Run to the end; the seconds it took from its start on."""
        process = self.start()
        assert process.stderr is not None
        first, begun = process.stderr.readline(), time.monotonic()
        _, log = process.communicate(timeout=120)
        assert process.returncode == 0, first + log
        return time.monotonic() - begun

    def kill_after(self, seconds: float) -> bool:
        """Start it and kill it so long after it has begun; whether it was still at work."""
        process = self.start()
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(seconds)
        at_work = process.poll() is None
        process.kill()
        process.communicate()
        return at_work

    def store(self) -> SqliteStore:
        return SqliteStore(self.path / "state.sqlite", read_only=True)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Its port, and the file in which it keeps what it has accepted."""
    kept = tmp_path / "received.jsonl"
    kept.touch()
    with subprocess.Popen([sys.executable, str(RECEIVER), str(kept)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline()), kept
        server.kill()


def decisions(place: Place) -> list[Decision]:
    store = place.store()
    try:
        return list(store.decisions())
    finally:
        store.close()


def addresses() -> dict[str, str]:
    """Of the people of the recording, by id. A deleted user has a hash where his address was."""
    users = [json.loads(line) for line in (TABLES / "mdl_user.jsonl").read_text("utf-8").splitlines()]
    return {str(user["id"]): user["email"] for user in users if "@" in user["email"]}


def essence(one: Decision) -> tuple[object, ...]:
    """All of a decision but the moment at which it was made."""
    return (
        *key_of(one),
        one.anchor,
        one.due,
        one.outcome,
        one.reason and one.reason.code,
        one.to,
        one.subject,
        one.text,
    )


def read(kept: Path) -> Sequence[dict[str, Any]]:
    return [json.loads(line) for line in kept.read_text().splitlines()]


def test_killed_at_random_moments_it_sends_what_an_undisturbed_run_decides(
    tmp_path: Path, receiver: tuple[int, Path], record_property: Callable[[str, object], None]
) -> None:
    port, kept = receiver
    calm = Place(tmp_path / "calm", port)
    seconds = calm.finish()
    calm_mails = read(kept)
    kept.write_text("")
    rough, random = Place(tmp_path / "rough", port), Random(KILLS)
    at_work = sum(rough.kill_after(random.uniform(0, 0.9 * seconds / KILLS**0.7)) for _ in range(KILLS))
    before = len(read(kept))
    rough.finish()

    once, twice = {essence(one) for one in decisions(calm)}, [essence(one) for one in decisions(rough)]
    assert set(twice) == once
    assert len(twice) == len(once), "something was decided twice"
    known = addresses()
    expected = Counter(
        (known[reader], one.subject)
        for one in decisions(rough)
        if one.outcome is Outcome.SENT
        for reader in one.to
        if reader in known
    )
    mails = read(kept)
    by_id: dict[str, set[tuple[str, str]]] = {}
    for mail in mails:
        by_id.setdefault(mail["id"], set()).add((mail["hash"], json.dumps(mail["to"])))
    distinct = Counter((mail["to"][0], mail["subject"]) for mail in {one["id"]: one for one in mails}.values())
    figures = f"expected {expected.total()}, received {len(mails)}, distinct {len(by_id)}, "
    figures += f"copies {len(mails) - len(by_id)}; {at_work} of {KILLS} killed at work, {before} received by then"
    record_property("figures", figures)
    print(figures)  # noqa: T201 – the figures of an acceptance run, with pytest -s
    assert distinct == expected
    assert {one["id"] for one in calm_mails} == set(by_id)
    assert all(len(copies) == 1 for copies in by_id.values()), "one id with different bytes"
    assert len(mails) - len(by_id) <= at_work
    assert at_work >= KILLS // 2, "it was hardly ever killed at work"
    counts = rough.store().counts()
    assert counts["sent"] == expected.total()
    assert not counts.keys() & {"ready", "sending", "dead"}
