"""Rule files on the disk: which are read, and what their imports may reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from planned.check.lint import lint
from planned.runtime.files import LoadedRules, load_rules

RULE = 'rule {} after enrolment send "x"\n'


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.rules"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def names(loaded: LoadedRules) -> list[str]:
    return [one.name for one in loaded.diagnostics]


def test_a_folder_is_searched_in_order_of_names(tmp_path: Path) -> None:
    write(tmp_path, b=RULE.format("b"), a=RULE.format("a"), sub__c=RULE.format("c"))
    write(tmp_path / ".git", hidden=RULE.format("h"))
    (tmp_path / "notes.txt").write_text("no rules")
    loaded = load_rules([tmp_path])
    assert [Path(file.path).name for file in loaded.files] == ["a.rules", "b.rules", "c.rules"]
    assert loaded.diagnostics == ()


def test_a_file_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, a=RULE.format("a"))
    assert len(load_rules([tmp_path / "a.rules", tmp_path]).files) == 1


def test_an_import_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path, common='template t "T" "x"', sub__a='import "../common.rules"\nrule a after enrolment send t\n')
    loaded = load_rules([tmp_path])
    assert names(loaded) == []
    found = lint(loaded.files, loaded.imports, sources=loaded.sources, given=loaded.diagnostics)
    assert {one.name for one in found} == {"no-course", "no-time-zone"}


def test_an_imported_file_alone_is_brought_and_not_listed(tmp_path: Path) -> None:
    write(tmp_path, common="timezone UTC", a='import "common.rules"\n' + RULE.format("a"))
    loaded = load_rules([tmp_path / "a.rules"])
    assert [Path(file.path).name for file in loaded.files] == ["a.rules"]
    assert [Path(path).name for path in loaded.imports] == ["common.rules"]


@pytest.mark.parametrize(
    "path", ["../secret.rules", "/etc/passwd", "sub/../../secret.rules", "notes.txt", "..\\\\x.rules"]
)
def test_an_import_does_not_leave_the_rule_folder(tmp_path: Path, path: str) -> None:
    write(tmp_path, secret="timezone UTC", rules__a=f'import "{path}"\n' + RULE.format("a"))
    (tmp_path / "rules" / "notes.txt").write_text("timezone UTC")
    loaded = load_rules([tmp_path / "rules"])
    assert names(loaded) == ["import-outside"]
    assert not loaded.imports


def test_an_import_does_not_leave_the_rule_folder_through_a_link(tmp_path: Path) -> None:
    write(tmp_path, secret="timezone UTC", rules__a='import "link.rules"\n' + RULE.format("a"))
    (tmp_path / "rules" / "link.rules").symlink_to(tmp_path / "secret.rules")
    assert "import-outside" in names(load_rules([tmp_path / "rules" / "a.rules"]))


def test_a_missing_import_is_one_mistake_with_the_nearest_file(tmp_path: Path) -> None:
    write(tmp_path, common='template t "T" "x"', a='import "comon.rules"\nrule a after enrolment send t\n')
    loaded = load_rules([tmp_path])
    (missing,) = loaded.diagnostics
    assert (missing.name, missing.help("en")) == ("import-missing", "Did you mean common.rules?")
    assert (missing.span.line, missing.span.column) == (1, 8)
    found = lint(loaded.files, loaded.imports, sources=loaded.sources, given=loaded.diagnostics)
    assert "unknown-name" not in {one.name for one in found}


def test_files_that_import_each_other_are_read_once(tmp_path: Path) -> None:
    write(tmp_path, a='import "b.rules"\n' + RULE.format("a"), b='import "a.rules"\n' + RULE.format("b"))
    loaded = load_rules([tmp_path])
    assert names(loaded) == []
    assert [Path(file.path).name for file in loaded.files] == ["a.rules", "b.rules"]


def test_mistakes_of_an_imported_file_are_told_once(tmp_path: Path) -> None:
    write(tmp_path, common="timezone Europe/Paris group G", a='import "common.rules"', b='import "common.rules"')
    assert [Path(one.span.file).name for one in load_rules([tmp_path]).diagnostics] == ["common.rules"]


def test_declarations_of_a_file_that_is_only_imported_are_judged(tmp_path: Path) -> None:
    write(tmp_path, common="timezone Europe/Pari", a='import "common.rules"\ncourse A ' + RULE.format("a"))
    loaded = load_rules([tmp_path / "a.rules"])
    found = lint(loaded.files, loaded.imports, sources=loaded.sources, given=loaded.diagnostics)
    assert [(one.name, Path(one.span.file).name) for one in found] == [("unknown-zone", "common.rules")]


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    assert names(load_rules([tmp_path / "nowhere"])) == ["no-such-path"]
    assert names(load_rules([tmp_path])) == ["no-rule-files"]
    assert names(load_rules(["a\0b"])) == ["no-such-path"]


def test_bytes_that_are_no_text_are_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_bytes(b"rule r\xff\xfe\x00")
    assert [one.span.line for one in load_rules([tmp_path]).diagnostics] == [1]
