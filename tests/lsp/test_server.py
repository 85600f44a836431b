"""`planned lsp` as an editor sees it: a process, spoken with over its pipes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from planned.syntax.format import format_text
from tests.lsp.client import Editor, applied, place_of

RULES = """langue fr
fuseau Europe/Paris

cours NUM101 "Numérique : les bases 🎓"

activité Quiz1 "Quiz de départ"
activité Lecon2 "Leçon 2 : citer ses sources"

modèle encouragement "Courage, {{ user.firstname }} !" "Bonjour 😀, {{ activity.Lecon2.title }} vous attend."

règle relance "N'oubliez pas la leçon 2"
  après l'achèvement de Quiz1
  attendre 3 jours à 9h
  sauf si Lecon2 est achevée
  envoyer encouragement de la part du formateur

scénario "la relance part"
  étant donné qu'Élodie termine Quiz1 le 3 septembre 2026 à 14h10
  on attend relance pour Élodie le 6 septembre 2026 à 9h
"""
FILE = "relance.rules"
LAYOUT = {"tabSize": 2, "insertSpaces": True}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """A server that many tests speak to, one after the other."""
    editor = Editor(tmp_path_factory.mktemp("workspace"))
    yield editor
    assert editor.close() == 0


@pytest.fixture
def editor(workspace: Editor, request: pytest.FixtureRequest) -> Iterator[Editor]:
    """In a rule folder of its own within the workspace."""
    root = workspace.folder
    workspace.folder = root / f"{request.node.originalname}{len(list(root.iterdir()))}"
    workspace.folder.mkdir()
    yield workspace
    workspace.close_all()
    workspace.folder = root


@pytest.fixture
def own_editor(tmp_path: Path) -> Iterator[Editor]:
    """With a server of its own, which may end before the test."""
    editor = Editor(tmp_path)
    yield editor
    if editor.process.poll() is None:
        assert editor.close() == 0


def said(found: list[dict[str, object]]) -> list[object]:
    return [one["code"] for one in found]


def test_sound_rules_have_no_mistakes_and_the_server_ends_well(own_editor: Editor) -> None:
    own_editor.open(FILE, RULES)
    assert own_editor.diagnostics(FILE, 2) == []
    assert own_editor.close() == 0


def test_a_mistake_is_said_in_the_language_of_the_file_where_it_stands(editor: Editor) -> None:
    text = RULES.replace("si Lecon2", "si Lecn2")
    editor.open(FILE, text)
    (found,) = editor.settled(FILE, "unknown-activity")
    assert "Vouliez-vous dire Lecon2\u00a0?" in found["message"]
    line, column = place_of(text, "Lecn2")
    assert found["range"] == {
        "start": {"line": line, "character": column},
        "end": {"line": line, "character": column + 5},
    }


def test_columns_are_counted_as_the_editor_counts_them(editor: Editor) -> None:
    text = 'langue fr\nfuseau UTC\ncours C "🎓🎓" activité\tÉté "é" règle r après l\'achèvement de Eté envoyer "😀"\n'
    editor.open(FILE, text)
    found = [one for one in editor.diagnostics(FILE, 2) if one["code"] == "unknown-activity"]
    line, column = place_of(text, "Eté")
    assert [one["range"]["start"] for one in found] == [{"line": line, "character": column}]
    assert column == text.splitlines()[2].index("Eté") + 2, "each cap is two units"


def test_an_editor_may_ask_for_characters(tmp_path: Path) -> None:
    editor = Editor(tmp_path, ["utf-32", "utf-16"])
    assert editor.capabilities["positionEncoding"] == "utf-32"
    text = 'cours C "🎓🎓" fuseau Nowhere/Land\n'
    editor.open(FILE, text)
    (found,) = [one for one in editor.diagnostics(FILE, 2) if one["code"] == "unknown-zone"]
    assert found["range"]["start"]["character"] in (text.index("fuseau"), text.index("Nowhere"))
    assert editor.close() == 0


def test_what_is_typed_is_judged_at_once_and_the_rest_after_a_pause(editor: Editor) -> None:
    text = RULES
    editor.open(FILE, text)
    assert editor.diagnostics(FILE, 2) == []
    start = place_of(text, "Lecon2", "sauf si")
    editor.edit(FILE, start, (start[0], start[1] + 6), "Lecn2")
    assert said(editor.diagnostics(FILE)) == ["unknown-activity"]
    editor.edit(FILE, start, (start[0], start[1] + 5), "Lecon2")
    editor.settled(FILE)
    end = place_of(text, "scénario")
    editor.edit(FILE, end, end, 'groupe tard est "17"\n\n')
    assert said(editor.settled(FILE, "unused-declaration")) == ["unused-declaration"]


def test_mistakes_below_an_edit_move_with_their_lines(editor: Editor) -> None:
    text = RULES.replace("on attend relance", "on attend relnce")
    editor.open(FILE, text)
    before = editor.settled(FILE, "unknown-name")
    editor.edit(FILE, (1, 0), (1, 0), "# un\n# deux\n")
    (now,) = editor.diagnostics(FILE)
    assert now["range"]["start"]["line"] == before[0]["range"]["start"]["line"] + 2


@pytest.mark.parametrize(
    "broken", ['règle "', '"""', "règle r après après après", "\x00\x01", "(((((" * 100, "«", "{{"]
)
def test_a_broken_text_does_not_end_it(editor: Editor, broken: str) -> None:
    editor.open(FILE, RULES)
    assert editor.diagnostics(FILE, 2) == []
    end = RULES.count("\n")
    editor.edit(FILE, (10, 0), (10, 0), broken)
    assert editor.diagnostics(FILE)
    editor.at("hover", FILE, (11, 5))
    editor.complete(FILE, (10, len(broken)))
    editor.at("rename", FILE, (11, 25), newName="X")
    editor.edit(FILE, (10, 0), (10, len(broken)), "")
    editor.settled(FILE)
    editor.edit(FILE, (0, 0), (end, 0), "")
    assert editor.diagnostics(FILE) == []


def test_many_changes_end_in_the_last_ones_mistakes(editor: Editor) -> None:
    text = RULES
    editor.open(FILE, text)
    line, column = place_of(text, "Lecon2", "sauf si")
    for number in range(30):
        editor.edit(FILE, (line, column + 6 + number), (line, column + 6 + number), "x")
    (found,) = editor.settled(FILE, "unknown-activity")
    while found["range"]["end"]["character"] != column + 36:
        (found,) = editor.diagnostics(FILE)


def test_completion_knows_keywords_names_and_variables(editor: Editor) -> None:
    editor.open(FILE, RULES)
    line, column = place_of(RULES, "encouragement de la part")
    assert editor.complete(FILE, (line, column)) == ["encouragement"]
    assert editor.complete(FILE, place_of(RULES, "Quiz1", "l'achèvement de")) == ["Quiz1", "Lecon2", "relance"]
    assert "user.firstname" in editor.complete(FILE, place_of(RULES, "user.firstname"))
    assert editor.complete(FILE, place_of(RULES, "jours à")) == [
        *("minutes", "heures", "jours", "semaines", "mois", "jours ouvrés")
    ]
    assert (
        editor.complete(FILE, place_of(RULES, "on attend", shift=7))
        == [
            *("on attend", "on attend l'avis", "on n'attend pas", "on n'attend aucun message pour"),
            "on n'attend rien d'autre",
        ][:2]
    )


def test_a_completion_takes_the_place_of_what_was_typed(editor: Editor) -> None:
    text = "langue fr\nrègle r après ach"
    editor.open(FILE, text)
    items = editor.at("completion", FILE, (1, 17))["items"]
    (item,) = [one for one in items if one["label"] == "l'achèvement de"]
    assert applied(text, [item["textEdit"]]) == "langue fr\nrègle r après l'achèvement de"


def test_hovering_says_what_a_clause_means_and_when_it_would_send(editor: Editor) -> None:
    editor.open(FILE, RULES)
    found = editor.at("hover", FILE, place_of(RULES, "attendre 3", shift=2))
    assert "9h" in found["contents"]["value"] or "9 h" in found["contents"]["value"]
    assert "*" in found["contents"]["value"], "an example"
    name = editor.at("hover", FILE, place_of(RULES, "Quiz1", "l'achèvement"))
    assert "activité **Quiz1** – Quiz de départ" in name["contents"]["value"]


def test_it_goes_to_definitions_also_in_other_files(editor: Editor) -> None:
    editor.open("communs.rules", 'langue fr\ncontact marie "Marie"\n')
    text = 'langue fr\nimporter "communs.rules"\nrègle r après l\'inscription envoyer "Bonjour" de la part de marie\n'
    editor.open(FILE, text)
    (found,) = editor.at("definition", FILE, place_of(text, "marie"))
    assert found["uri"] == editor.uri("communs.rules")
    assert found["range"]["start"] == {"line": 1, "character": 8}


def test_references_are_all_mentions_also_in_texts_and_scenarios(editor: Editor) -> None:
    editor.open(FILE, RULES)
    found = editor.at("references", FILE, place_of(RULES, "Lecon2"), context={"includeDeclaration": True})
    lines = [one["range"]["start"]["line"] for one in found]
    assert sorted(lines) == [6, 8, 13]
    found = editor.at("references", FILE, place_of(RULES, 'relance "N'), context={"includeDeclaration": False})
    assert [one["range"]["start"]["line"] for one in found] == [18]


def renamed(editor: Editor, text: str, place: tuple[int, int], new: str) -> str:
    changes = editor.at("rename", FILE, place, newName=new)["changes"]
    return applied(text, changes[editor.uri(FILE)])


def test_renaming_an_activity_renames_it_everywhere(editor: Editor) -> None:
    editor.open(FILE, RULES)
    new = renamed(editor, RULES, place_of(RULES, "Lecon2", "sauf si"), "Lecon3")
    assert "Lecon2" not in new
    assert new == RULES.replace("Lecon2", "Lecon3")


def test_a_name_of_several_words_gets_quotes(editor: Editor) -> None:
    editor.open(FILE, RULES)
    new = renamed(editor, RULES, place_of(RULES, "Lecon2"), "Leçon deux")
    assert 'activité "Leçon deux" "Leçon 2' in new
    assert "{{ activity['Leçon deux'].title }}" in new
    editor.replace(FILE, new)
    editor.settled(FILE)


def test_a_renamed_rule_says_what_it_was_called(editor: Editor) -> None:
    text = RULES
    editor.open(FILE, text)
    new = renamed(editor, text, place_of(text, "relance", "on attend"), "rappel")
    assert "règle rappel était relance \"N'oubliez" in new
    assert "on attend rappel pour" in new
    editor.replace(FILE, new)
    editor.settled(FILE)


def test_people_of_a_scenario_are_renamed_in_it_alone(editor: Editor) -> None:
    text = (
        f'{RULES}\nscénario "autre"\n  étant donné qu\'Élodie termine Lecon2 le 3 septembre 2026\n'
        "  on n'attend aucun message pour Élodie\n"
    )
    editor.open(FILE, text)
    new = renamed(editor, text, place_of(text, "Élodie"), "Zoé")
    assert new.count("Zoé") == 2
    assert new.count("Élodie") == 2


def test_symbols_are_the_outline(editor: Editor) -> None:
    editor.open(FILE, RULES)
    (course,) = editor.ask("textDocument/documentSymbol", textDocument={"uri": editor.uri(FILE)})
    assert course["name"] == "NUM101"
    assert [one["name"] for one in course["children"]] == [
        *("Quiz1", "Lecon2", "encouragement", "relance", "la relance part")
    ]


def test_formatting_is_that_of_planned_fmt(editor: Editor) -> None:
    text = RULES.replace("  après", " APRÈS").replace("\n\nscénario", "\n\n\n\n# 😀\nscénario")
    editor.open(FILE, text)
    edits = editor.ask("textDocument/formatting", textDocument={"uri": editor.uri(FILE)}, options=LAYOUT)
    new = applied(text, edits)
    assert new == format_text(text, FILE).text != text
    editor.replace(FILE, new)
    assert editor.ask("textDocument/formatting", textDocument={"uri": editor.uri(FILE)}, options=LAYOUT) == []


def test_a_quick_fix_mends_what_is_underlined(editor: Editor) -> None:
    text = RULES.replace("règle relance", "règle ma relance")
    editor.open(FILE, text)
    found = [one for one in editor.diagnostics(FILE, 2) if one["severity"] == 1]
    document = {"uri": editor.uri(FILE)}
    actions = editor.ask(
        "textDocument/codeAction", textDocument=document, range=found[0]["range"], context={"diagnostics": []}
    )
    assert actions[0]["title"].startswith("Écrire\u00a0: ")
    new = applied(text, actions[0]["edit"]["changes"][editor.uri(FILE)])
    assert 'règle "ma relance"' in new


def test_a_text_that_was_never_saved_is_judged_too(editor: Editor) -> None:
    text = 'language en\ncourse C\nrule r after completion of Quiz1 send "Hi {{ user.emial }}"\n'
    editor.open("new.rules", text, saved=False)
    assert "template-unknown-attribute" in said(editor.diagnostics("new.rules", 2))


def test_rules_of_other_files_in_the_folder_are_known(editor: Editor) -> None:
    editor.open("a.rules", 'language en\ntimezone UTC\ncourse C\nrule first after enrolment send "Hi"\n')
    editor.open("b.rules", 'language en\ntimezone UTC\ncourse C\nrule second after sending of first send "Hi"\n')
    found = editor.diagnostics("b.rules", 2)
    assert "unknown-name" not in said(found)
    (there,) = editor.at("definition", "b.rules", (3, 31))
    assert there["uri"] == editor.uri("a.rules")


def test_settings_and_catalogue_of_the_project_count_as_for_lint_also_when_they_change(editor: Editor) -> None:
    course = '[[courses]]\nid = "NUM101"\nactivities = [{ id = "Quiz1" }, { id = "Lecon2" }]\ngroups = []\n'
    (editor.folder / "catalogue.toml").write_text(course.replace("Lecon2", "Lecon3"), encoding="utf-8")
    (editor.folder / "planned.toml").write_text('[lint]\ncatalog = "catalogue.toml"\n', encoding="utf-8")
    editor.open(FILE, RULES)
    editor.settled(FILE, "not-in-catalog")
    (editor.folder / "planned.toml").write_text(
        '[lint]\ncatalog = "catalogue.toml"\nignore = ["not-in-catalog"]\n', encoding="utf-8"
    )
    editor.tell("workspace/didChangeWatchedFiles", changes=[{"uri": editor.uri("planned.toml"), "type": 2}])
    editor.settled(FILE)
    (editor.folder / "planned.toml").write_text('[lint]\ncatalog = "catalogue.toml"\n', encoding="utf-8")
    editor.edit(FILE, (0, 0), (0, 0), "# une remarque\n")
    editor.settled(FILE, "not-in-catalog")
    (editor.folder / "catalogue.toml").write_text(course, encoding="utf-8")
    editor.tell("textDocument/didSave", textDocument={"uri": editor.uri(FILE)})
    editor.settled(FILE)


def test_settings_that_cannot_be_used_leave_the_rest_as_it_was(editor: Editor) -> None:
    (editor.folder / "planned.toml").write_text("[lint]\nignore = 3\n", encoding="utf-8")
    editor.open(FILE, RULES.replace("si Lecon2", "si Lecn2"))
    editor.settled(FILE, "unknown-activity")


# --- the process beside -------------------------------------------------------------------------------------

PROCESSES = Path("/proc")
needs_proc = pytest.mark.skipif(not PROCESSES.is_dir(), reason="whose child a process is can only be seen on Linux")


def beside(editor: Editor) -> list[int]:
    """The processes that the server has started, but for Python's own that cleans up behind it."""
    lists = (PROCESSES / f"{editor.process.pid}" / "task").glob("*/children")
    children = [int(pid) for one in lists for pid in one.read_text().split()]
    return [pid for pid in children if b"spawn_main" in command(pid)]


def command(pid: int) -> bytes:
    """Empty, where it has ended."""
    try:
        return (PROCESSES / f"{pid}" / "cmdline").read_bytes()
    except OSError:
        return b""


@needs_proc
def test_where_the_process_beside_ends_another_takes_its_place(own_editor: Editor) -> None:
    own_editor.open(FILE, RULES)
    assert own_editor.diagnostics(FILE, 2) == []
    (pid,) = beside(own_editor)
    os.kill(pid, signal.SIGKILL)
    assert own_editor.at("hover", FILE, place_of(RULES, "attendre 3"))["contents"]["value"]
    assert beside(own_editor) != [pid]


@needs_proc
def test_where_the_server_is_killed_the_process_beside_ends_too(own_editor: Editor) -> None:
    own_editor.open(FILE, RULES)
    assert own_editor.diagnostics(FILE, 2) == []
    (pid,) = beside(own_editor)
    own_editor.process.kill()
    own_editor.process.wait()
    end = time.monotonic() + 30
    while command(pid):
        assert time.monotonic() < end, "it goes on for nobody"
        time.sleep(0.05)
