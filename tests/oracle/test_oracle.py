"""The oracle against decisions predicted by hand: those of the specification's cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planned.syntax.from_text import parse
from tests.oracle.oracle import decide
from tests.spec import notation
from tests.spec.cases import Case, all_cases

EXACT = ("due", "anchor", "because", "to", "guards")


def judged(case: Case) -> bool:
    """The oracle renders nothing, writes no digests and opens no envelopes."""
    lines = [] if case.expect is None else [one.line for one in case.expect]
    daily = any("daily" in text or "quotidien" in text for text in case.rules.values())
    enveloped = any("kind" not in one for one in case.events)
    return bool(lines) and not daily and not enveloped and not any(" failed " in line for line in lines)


CASES = [case for case in all_cases() if judged(case)]


def decided(case: Case) -> list[dict[str, Any]]:
    files = [parse(text.removeprefix("\ufeff"), name)[0] for name, text in case.rules.items()]
    zone = ZoneInfo(case.zone)
    until = None if case.until is None else datetime.fromisoformat(case.until).replace(tzinfo=zone).astimezone(UTC)
    return decide(files, [*case.people, *case.events], until, case.zone)


def told(one: dict[str, Any]) -> str:
    """A decision as a line of an `expect` block, but for its flags."""
    who = one["learner"] if one["course"] == notation.COURSE else f"{one['learner']}@{one['course']}"
    place = f"{one['occurrence']}.{one['step']}.{one['repeat']}"
    words = [local(one["at"], one["zone"]), one["rule"], who, place, one["outcome"], one["reason"] or ""]
    return " ".join(word for word in words if word)


def local(moment: datetime, zone: str, between: str = " ") -> str:
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there:%Y-%m-%d}{between}{there:%H:%M}" + (f"{there::%S}" if there.second else "")


def field(one: dict[str, Any], name: str) -> str:
    match name:
        case "due" | "anchor":
            return local(one[name], one["zone"], "T")
        case "guards":
            return str(len(one["guards"]))
        case _:
            return ",".join(one[name]) or "-"


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_decides_as_the_prose_says(case: Case) -> None:
    assert case.expect is not None
    got = decided(case)
    lines = [told(one) for one in got]
    wanted = [one.line.removesuffix(" draft").removesuffix(" notice") for one in case.expect]
    if not case.partial:
        assert lines == wanted
        pairs = list(zip(case.expect, got, strict=True))
    else:
        assert [line for line in wanted if line not in lines] == []
        pairs = [(one, got[lines.index(line)]) for one, line in zip(case.expect, wanted, strict=True)]
    for one, had in pairs:
        for name, value in one.checks:
            if name in EXACT:
                assert field(had, name) == value, f"{one.line}: {name}"
