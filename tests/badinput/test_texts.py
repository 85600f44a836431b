"""Texts of messages that would bring a machine down or reach out of their sandbox: each one clear error at lint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.badinput.running import in_bounds, lint, rule, run, run_apart, started, written

HUGE = 300_000_000

BAD: dict[str, tuple[str, str]] = {
    "undefined name": ("{{ nobody }}", "template-unknown-name"),
    "undefined attribute": ("{{ user.emial }}", "template-unknown-attribute"),
    "undefined filter": ("{{ user.firstname|shout }}", "template-unknown-filter"),
    "include": ("{% include 'x' %}", "template-banned"),
    "import": ("{% import 'x' as y %}", "template-banned"),
    "extends": ("{% extends 'x' %}", "template-banned"),
    "recursive macro": ("{% macro a() %}{{ a() }}{% endmacro %}", "template-banned"),
    "class of a text": ("{{ ''.__class__.__mro__ }}", "template-unknown-attribute"),
    "attribute by index": ("{{ user['__class__'] }}", "template-unknown-attribute"),
    "attribute by filter": ("{{ user|attr('__class__') }}", "template-unknown-filter"),
    "globals of Jinja": ("{{ cycler.__init__.__globals__ }}", "template-unknown-name"),
    "class of a person": ("{{ user.__class__ }}", "template-unknown-attribute"),
    "subclasses": ("{{ user.firstname.__class__.__base__.__subclasses__() }}", "template-banned"),
    "format of a text": ('{{ "{0.__class__}".format(user) }}', "template-banned"),
    "the template itself": ("{{ self._TemplateReference__context }}", "template-unknown-name"),
    "globals of a function": ("{{ lipsum.__globals__['os'] }}", "template-unknown-name"),
    "attribute of each": ("{{ user.groups|map(attribute='__class__') }}", "template-unknown-filter"),
    "class of a loop": (
        "{% for a in user.groups %}{{ loop.__class__ }}{% endfor %}",
        "template-unknown-attribute",
    ),
    "call": ("{{ user.firstname.upper() }}", "template-banned"),
    "set": ("{% set x = 1 %}", "template-banned"),
    "slice": ("{{ user.firstname[::-1] }}", "template-banned"),
    "unclosed": ("{{ user.firstname", "template-syntax"),
}

BOMBS: dict[str, tuple[str, str]] = {
    "center": (f"{{{{ 'x'|center({HUGE}) }}}}", "template-unknown-filter"),
    "center in a dead branch": (
        f"{{% if false %}}{{{{ 'x'|center({HUGE}) }}}}{{% endif %}}",
        "template-unknown-filter",
    ),
    "product": (f"{{{{ 'x' * {HUGE} }}}}", "template-banned"),
    "power": ("{{ 9 ** 9 ** 9 ** 9 }}", "template-banned"),
    "format": ("{{ '%1000000000d' % 1 }}", "template-banned"),
    "range": ("{% for i in range(1000000000) %}x{% endfor %}", "template-banned"),
    "list": (f"{{{{ [{'1,' * 20_000}] }}}}", "template-too-complex"),
    "parentheses": (f"{{{{ {'(' * 20_000}1{')' * 20_000} }}}}", "template-too-deep"),
    "join of 5,000": ("{{ " + "~".join(["'a'"] * 5_000) + " }}", "template-too-complex"),
    "30 nested loops": ("{% for a in learners %}" * 30 + "x" + "{% endfor %}" * 30, "template-too-deep"),
    "3,000 nested ifs": ("{% if user %}" * 3_000 + "x" + "{% endif %}" * 3_000, "template-too-long"),
    "3,000 nested ifs in 60 KB": ("{%if user%}" * 3_000 + "{%endif%}" * 3_000, "template-too-deep"),
    "three nested loops": (
        "".join(f"{{% for {name} in user.groups %}}" for name in "abc") + "x" + "{% endfor %}" * 3,
        "template-too-deep",
    ),
    "constant of 5,000 characters": ("{{ '" + "x" * 5_000 + "' }}", "template-banned"),
    "number of 400 digits": ("{{ " + "9" * 400 + " }}", "template-banned"),
    "over 64 KiB": ("{{ user.firstname }}" * 5_000, "template-too-long"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_clear_error(case: str, tmp_path: Path) -> None:
    _is_clear(*BAD[case], tmp_path)


@pytest.mark.parametrize("case", BOMBS)
def test_bombs_are_defused_within_a_second(case: str, tmp_path: Path) -> None:
    _is_clear(*BOMBS[case], tmp_path)


def _is_clear(text: str, name: str, folder: Path) -> None:
    for language in ("en", "fr"):
        ran = lint(folder, rule(text=f'"""{text}"""'), language)
        assert ran.errors == [name]
        assert in_bounds(ran)
        (one,) = ran.findings
        assert one["line"] == one["end_line"] == 10
        assert one["column"] < one["end_column"]
        assert one["help"], "it is said what to do"
        assert len(ran.out) < 1_500, "a message does not repeat what is long"


def test_a_text_that_grows_with_its_values_fails_alone(tmp_path: Path) -> None:
    """Nothing is wrong with it until somebody has a name of 10 kB."""
    text = "{{ user.firstname }}" * 40
    events = tmp_path / "events.jsonl"
    done = {"time": "2026-09-03T14:10:00+02:00", "course": "C", "kind": "completion", "activity": "Quiz1"}
    with events.open("w") as file:
        for learner, name in (("huge", "n" * 10_000), ("alice", "Alice")):
            profile = {"id": f"p-{learner}", "time": "2026-09-01T00:00:00Z", "kind": "profile", "learner": learner}
            file.write(json.dumps(profile | {"user": {"firstname": name}}) + "\n")
        for learner in ("huge", "alice"):
            file.write(json.dumps(done | {"id": f"c-{learner}", "learner": learner, "state": "complete"}) + "\n")
    ran = run("dry-run", written(tmp_path, rule(text=f'"""{text}"""')), "--events", events, "--format", "jsonl")
    assert in_bounds(ran)
    found = {one["learner"]: one for one in map(json.loads, ran.out.splitlines())}
    assert found["alice"]["outcome"] == "sent"
    assert found["huge"]["outcome"] == "failed"
    assert "too long" in json.dumps(found["huge"]["reason"])


def test_all_bombs_together_stay_small(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Memory, for which a process of its own is needed; time is that of each."""
    paths = []
    for place, (text, _) in enumerate(BOMBS.values()):
        path = written(tmp_path, rule(text=f'"""{text}"""').replace("course C", f"course C{place}"))
        paths.append(path.rename(tmp_path / f"bomb{place}.rules"))
    ran = run_apart("lint", *paths, "--format", "json")
    assert sorted(ran.errors) == sorted(name for _, name in BOMBS.values())
    assert in_bounds(ran, started(tmp_path_factory.getbasetemp())), f"{ran.cpu:.2f} s, {ran.peak:.0f} MB"
