"""Texts of messages that would bring a machine down or reach out of their sandbox: each one clear error at lint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.badinput.running import in_bounds, lint, rule, run_apart, started, written

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
    "over 64 KiB": ("{{ user.firstname }}" * 5_000, "template-too-long"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_clear_error(case: str, tmp_path: Path) -> None:
    text, name = BAD[case]
    ran = lint(tmp_path, rule(text=f'"""{text}"""'))
    assert ran.errors == [name]
    assert in_bounds(ran)


@pytest.mark.parametrize("case", BOMBS)
def test_bombs_are_defused_within_a_second(case: str, tmp_path: Path) -> None:
    text, name = BOMBS[case]
    ran = lint(tmp_path, rule(text=f'"""{text}"""'))
    assert ran.errors == [name]
    assert in_bounds(ran)


def test_all_bombs_together_stay_small(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Memory, for which a process of its own is needed; time is that of each."""
    paths = []
    for place, (text, _) in enumerate(BOMBS.values()):
        path = written(tmp_path, rule(text=f'"""{text}"""').replace("course C", f"course C{place}"))
        paths.append(path.rename(tmp_path / f"bomb{place}.rules"))
    ran = run_apart("lint", *paths, "--format", "json")
    assert sorted(ran.errors) == sorted(name for _, name in BOMBS.values())
    assert in_bounds(ran, started(tmp_path_factory.getbasetemp())), f"{ran.cpu:.2f} s, {ran.peak:.0f} MB"
