"""What `--help` says, of all commands and in both languages."""

import re
import shlex
from collections.abc import Callable
from importlib import import_module

import pytest

from planned.cli.main import COMMANDS, command_parser, main
from planned.cli.overview import PURPOSES
from planned.cli.parser import translations

LOCALES = (("C.UTF-8", "en"), ("fr_FR.UTF-8", "fr"))


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    def of(locale: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("LC_ALL", locale)
        code = main(list(arguments))
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return of


def english_help() -> set[str]:
    """All that the commands say of themselves and their arguments."""
    found = set()
    for name, home in COMMANDS.items():
        command = import_module(home)
        found |= {command.HELP, *(action.help for action in command_parser(name, command, "en")._actions)}
    return {text.replace("%%", "%") for text in found if text}


def test_every_word_of_help_has_its_french() -> None:
    french = translations()
    assert not sorted(english_help() - set(french)), "translate it in planned/cli/french.toml"
    assert not sorted(set(french) - english_help()), (
        "nothing says this any more: take it out of planned/cli/french.toml"
    )
    assert not [text for text in french.values() if not text.strip()]


def test_the_overview_has_every_command_once_by_its_purpose(said: Said) -> None:
    assert {name for _, _, names in PURPOSES for name in names} <= set(COMMANDS)
    for locale, language in LOCALES:
        code, out, err = said(locale, "--help")
        assert (code, err) == (0, "")
        assert sorted(re.findall(r"(?m)^  ([a-z-]+)  ", out)) == sorted(COMMANDS)
        assert ("Try them" in out) == (language == "en")
        assert ("Les essayer" in out) == (language == "fr")
        assert all(len(line) <= 100 for line in out.splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_an_example_that_it_understands(name: str, said: Said) -> None:
    command = import_module(COMMANDS[name])
    planned, called, *arguments = shlex.split(command.EXAMPLE.partition(" > ")[0])
    assert (planned, called) == ("planned", name)
    command_parser(name, command, "en").parse_all(arguments)
    for locale, heading, usage in (("C.UTF-8", "example", "usage:"), ("fr_FR.UTF-8", "exemple\u00a0", "usage\u00a0:")):
        code, out, err = said(locale, name, "--help")
        assert (code, err) == (0, "")
        assert out.startswith(usage)
        assert f"{heading}: {command.EXAMPLE}\n" in out


def test_wrong_use_is_said_in_one_sentence_with_an_example(said: Said) -> None:
    for arguments, en, fr in (
        (["test"], "PATH is missing: a rule file,", "il manque PATH\u00a0: un fichier de règles,"),
        (["lint", "x", "--strit"], "did you mean --strict?", "vouliez-vous dire --strict\u00a0?"),
        (
            ["lint", "x", "--format", "yaml"],
            "--format cannot be yaml, but one of these: full, concise",
            "ne peut pas être yaml",
        ),
        (["lint", "x", "--format"], "--format needs a value", "--format veut une valeur"),
        (["lint", "x", "--strict=1"], "--strict has no value", "--strict n'a pas de valeur"),
        (["dry-run", "x", "--l", "en"], "--l can be --learner, --lang", "--l peut être --learner, --lang"),
        (["test", "x", "--min-coverage", "200"], "200 is not a number from 0", "200 n'est pas un nombre de 0"),
        (["init", "a", "b"], "b is one too many", "b est de trop"),
    ):
        for (locale, language), words in zip(LOCALES, (en, fr), strict=True):
            code, out, err = said(locale, *arguments)
            assert (code, out) == (2, "")
            assert words in err
            example, more = err.splitlines()[1:]
            assert ("example: " if language == "en" else "exemple\u00a0: ") + f"planned {arguments[0]}" in example
            assert more.endswith(f"planned {arguments[0]} --help")


def test_a_command_that_is_none_names_the_nearest(said: Said) -> None:
    for given, en, fr in (
        (["dryrun"], "did you mean planned dry-run?", "vouliez-vous dire planned dry-run\u00a0?"),
        (["xyzzy"], "there is no command xyzzy. The commands: planned --help", "il n'y a pas de commande xyzzy"),
        (["--strict", "lint"], "--strict comes after a command", "--strict vient après une commande"),
    ):
        for (locale, _), words in zip(LOCALES, (en, fr), strict=True):
            code, out, err = said(locale, *given)
            assert (code, out) == (2, "")
            assert words in err


def test_nothing_at_all_shows_the_commands(said: Said) -> None:
    code, out, err = said("C.UTF-8")
    assert (code, out) == (2, "")
    assert "planned init my-messages" in err
