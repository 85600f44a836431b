"""What editors and build servers have of the project is what the keyword table and the commands say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pygments.token import Comment, Error, Keyword, Name, String

from docs import editors
from planned.cli.main import COMMANDS
from planned.lsp.lexer import PlannedLexer
from planned.syntax import words
from planned.syntax.recover import STRONG

ROOT = Path(__file__).resolve().parents[2]
VSCODE = ROOT / "grammar" / "editors" / "vscode"
FILES = sorted((ROOT / "rules").glob("*.rules"))
COLOURED = (Keyword, Name.Builtin)


def test_the_textmate_grammar_is_up_to_date() -> None:
    assert editors.GRAMMAR.read_text(encoding="utf-8") == editors.textmate(), "make docs writes it"


@pytest.mark.parametrize("keyword", words.keywords(), ids=lambda one: f"{one.terminal}-{one.value}")
def test_every_phrase_of_the_table_has_one_colour(keyword: words.Keyword) -> None:
    lexer = PlannedLexer()
    for language in words.LANGUAGES:
        for phrase in keyword.phrases(language):
            for spelled in (
                words.canonical(phrase),
                words.canonical(phrase).upper(),
                words.canonical(phrase, article=True),
            ):
                found = [(kind, text) for kind, text in lexer.get_tokens(spelled) if text.strip()]
                assert [text for _, text in found] == [spelled]
                assert any(found[0][0] in kind for kind in COLOURED)
                own = keyword.terminals[language] in STRONG
                assert (found[0][0] is Keyword.Declaration) == own or not own


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_lexer_takes_every_rule_file_and_loses_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tokens = list(PlannedLexer().get_tokens(text))
    assert "".join(piece for _, piece in tokens) == text
    assert not [piece for kind, piece in tokens if kind is Error]


def test_texts_comments_and_variables_are_told_apart() -> None:
    tokens = list(
        PlannedLexer().get_tokens('# send\nrule a after enrolment send """send {{ user.id }}\n# %userid%"""\n')
    )
    assert (Comment.Single, "# send") in tokens
    assert (String.Interpol, "{{ user.id }}") in tokens
    assert (String.Interpol, "%userid%") in tokens
    assert [piece for kind, piece in tokens if kind in Keyword] == ["rule", "after", "enrolment", "send"]


def test_pygments_finds_it_by_its_entry_point_and_no_command_loads_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    home = re.search(r'\[project.entry-points."pygments.lexers"\]\nplanned = "(.+):(.+)"', text)
    assert home is not None
    assert (home[1], home[2]) == (PlannedLexer.__module__, PlannedLexer.__name__)
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "planned.cli.main", "--version"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert "pygls" not in loaded
    assert "pygments" not in loaded


def test_the_extension_names_files_that_there_are() -> None:
    package = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))
    contributed = package["contributes"]
    named = [package["main"], contributed["languages"][0]["configuration"], contributed["grammars"][0]["path"]]
    assert all((VSCODE / name).is_file() for name in named)
    json.loads((VSCODE / "language-configuration.json").read_text(encoding="utf-8"))
    assert contributed["grammars"][0]["scopeName"] == json.loads(editors.textmate())["scopeName"]
    assert '["lsp"]' in (VSCODE / "extension.js").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_node_reads_the_extension_and_the_expressions() -> None:
    node = str(shutil.which("node"))
    subprocess.run([node, "--check", VSCODE / "extension.js"], check=True)
    check = (
        "const g = JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8'));"
        "for (const p of g.patterns) for (const r of [p.match, p.begin, p.end])"
        " if (r) new RegExp(r.replace('(?i)', ''), 'iu');"
    )
    subprocess.run([node, "-e", check, editors.GRAMMAR], check=True)


@pytest.mark.parametrize("name", [".pre-commit-hooks.yaml", "action.yml"])
def test_hooks_and_the_action_call_commands_with_options_that_there_are(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    called = re.findall(r"(?m)(?:entry: |^ +)planned ([a-z-]+)((?: --[a-z]+(?: [a-z]+)?)*)", text)
    assert called
    for command, options in called:
        assert command in COMMANDS
        shown = subprocess.run(
            [sys.executable, "-m", "planned.cli.main", command, "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert all(option in shown for option in re.findall(r"--[a-z]+", options))
