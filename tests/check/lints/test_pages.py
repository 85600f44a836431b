"""The pages of the lints hold: what they call wrong makes their lint speak, what they call right does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from planned.check import lints
from planned.check.lints import LINTS, covers
from planned.check.pages import RIGHT, WRONG, examples, in_language, page, pages
from planned.cli.main import main
from planned.cli.messages import messages
from planned.diagnostics import Diagnostic, Language, Severity
from planned.engine.foreseen import foresee
from tests.check.lints.known import KNOWN
from tests.check.reading import Files, file

LANGUAGES: tuple[Language, ...] = ("en", "fr")


def shown(marks: dict[Language, str]) -> Iterator[tuple[str, Language, str]]:
    for name, text in pages().items():
        for language in LANGUAGES:
            half = text.split("\n---\n")[LANGUAGES.index(language)] if "\n---\n" in text else ""
            for example in examples(half, marks[language]):
                yield name, language, example


@pytest.mark.parametrize(("name", "language", "example"), list(shown(dict(WRONG))))
def test_what_a_page_calls_wrong_is_found(name: str, language: str, example: str) -> None:
    assert any(covers(name, one.name) for one in found(file(example))), example


@pytest.mark.parametrize(("name", "language", "example"), list(shown(dict(RIGHT))))
def test_what_a_page_calls_right_is_not(name: str, language: str, example: str) -> None:
    read = file(example)
    assert read.found == ()
    assert not [one.text("en") for one in found(read) if covers(name, one.name)], example


def found(read: Files) -> list[Diagnostic]:
    """As the command does it: rules without errors are played, too."""
    first = read.lint(known=KNOWN)
    if any(one.severity is Severity.ERROR for one in first):
        return first
    assert KNOWN.today is not None
    return read.lint(known=replace(KNOWN, foreseen=foresee(read.graph(), KNOWN.today)))


@pytest.mark.parametrize("name", pages())
def test_every_page_has_both_languages_and_an_example_of_both_kinds(name: str) -> None:
    for language in LANGUAGES:
        wrong = [one for one in shown(dict(WRONG)) if one[:2] == (name, language)]
        right = [one for one in shown(dict(RIGHT)) if one[:2] == (name, language)]
        assert wrong, f"the page of {name} in {language}"
        assert right, f"the page of {name} in {language}"


def test_a_lint_is_called_as_its_module() -> None:
    for one in LINTS:
        module = import_module(f"{lints.__name__}.{one.name.replace('-', '_')}")
        assert one.name == module.NAME
    assert len({one.name for one in LINTS}) == len(LINTS)


def test_a_lint_says_its_own_name_in_both_languages() -> None:
    for one in LINTS:
        said = [message for name, found in messages().items() if covers(one.name, name) for message in found]
        assert said, one.name
        for message in said:
            assert message.fr != message.en
            assert bool(message.help_en) == bool(message.help_fr), message.en


@pytest.mark.parametrize("name", messages())
def test_whatever_stands_in_brackets_can_be_explained(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no rules are read before
    for language in LANGUAGES:
        assert main(["explain", name, "--lang", language]) == 0
        said = capsys.readouterr().out
        assert said.startswith(name)
        assert len(said.splitlines()) > 2


def test_a_french_page_is_set_as_french_but_not_its_examples() -> None:
    text = page("quiet-time", "fr")
    assert text is not None
    assert "attend\u00a0: la fin" in text
    assert "Faux\u00a0:" in text
    assert "Bravo !" in text
    assert in_language("only English", "fr") == "only English\n"


def test_a_name_that_nothing_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err
