"""`planned init`: the new project does what it says, in both languages, and nothing of it is idle."""

import re
from datetime import date
from pathlib import Path

import pytest

from planned.check.known import Known
from planned.cli.lint import judged
from planned.cli.lint_choice import Choice
from planned.diagnostics import Language
from planned.runtime.catalog import load_catalog
from planned.runtime.files import load_rules
from tests.cli_init.project import Done, commands_in, typed

LANGUAGES: tuple[Language, ...] = ("en", "fr")
LOCALES = {"en": "C.UTF-8", "fr": "fr_FR.UTF-8"}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


@pytest.fixture
def begun(language: Language, tmp_path: Path) -> Done:
    return typed(f"planned init project --lang {language}", tmp_path)


@pytest.fixture
def project(begun: Done, tmp_path: Path) -> Path:
    assert begun.code == 0, begun.said
    return tmp_path / "project"


def files_of(project: Path) -> list[str]:
    return sorted(path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file())


def test_the_commands_that_it_says_work(begun: Done, project: Path) -> None:
    commands = commands_in(begun.out)
    assert [command.split()[1] for command in commands] == ["lint", "test", "dry-run"]
    assert "  cd project\n" in begun.out
    for command in commands:
        done = typed(command, project)
        assert (done.code, done.err) == (0, ""), done.said
    assert "sent" in done.out or "envoyé" in done.out
    assert "suppressed" in done.out or "supprimé" in done.out


def test_the_commands_of_its_readme_work(project: Path) -> None:
    readme = (project / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```$", readme)
    commands = commands_in("".join(blocks))
    assert len(commands) >= 5
    for command in commands:
        assert typed(command, project).code == 0, command
    spoken = {code.split()[0] for code in re.findall(r"`planned ([^`]+)`", readme)}
    for name in spoken - {"--help", "--watch"}:
        assert typed(f"planned {name} --help", project).code == 0


def test_it_passes_its_own_checks_to_the_letter(project: Path) -> None:
    for command in (
        "planned lint --strict rules/",
        "planned fmt --check rules/",
        "planned test rules/ --coverage --min-coverage 100",
        "planned dry-run rules/",
    ):
        assert typed(command, project).code == 0, command


@pytest.mark.parametrize("today", [date(2026, 1, 5), date(2028, 2, 29), date(2031, 12, 30)])
def test_no_day_brings_a_warning(project: Path, today: date) -> None:
    catalog = load_catalog(next(project.glob("catalog*.toml")))
    loaded = load_rules([project / "rules"])
    assert not judged(loaded, Choice(Known(today, catalog=catalog), strict=True), None)


def test_every_file_of_it_is_used(project: Path, begun: Done) -> None:
    texts = {name: (project / name).read_text(encoding="utf-8") for name in files_of(project)}
    history, people, catalog = (
        next(name for name in texts if name.startswith(start)) for start in ("hist", "pe", "catalog")
    )
    assert {history, people} <= {word for command in commands_in(begun.out) for word in command.split()}
    assert f'catalog = "{catalog}"' in texts["planned.toml"]
    assert f'"people:{people}", "jsonl:{history}"' in texts["planned.toml"]
    assert set(texts) == {history, people, catalog, "planned.toml", "README.md", ".gitignore", rules_of(project)}
    assert all(f"`{name}`" in texts["README.md"] for name in texts if name not in ("README.md", ".gitignore"))


def rules_of(project: Path) -> str:
    return next((project / "rules").glob("*.rules")).relative_to(project).as_posix()


def test_the_catalogue_really_checks_the_names(project: Path) -> None:
    rules = project / rules_of(project)
    rules.write_text(rules.read_text(encoding="utf-8").replace("Quiz1", "Quiz7"), encoding="utf-8")
    done = typed("planned lint rules/", project)
    assert done.code == 1
    assert "[not-in-catalog" in done.out


def test_git_forgets_what_the_engine_writes(project: Path) -> None:
    before = set(files_of(project))
    assert typed("planned run --once", project).code == 0
    written = set(files_of(project)) - before
    assert written
    patterns = (project / ".gitignore").read_text(encoding="utf-8").split()
    assert all(any(Path(name).match(pattern) for pattern in patterns) for name in written)


def test_the_language_of_the_system_is_that_of_the_project(language: Language, tmp_path: Path) -> None:
    done = typed("planned init", tmp_path, LOCALES[language])
    assert ("Now type:" in done.out) == (language == "en")
    head = {"en": "language en\n", "fr": "langue fr\n"}[language]
    assert head in (tmp_path / rules_of(tmp_path)).read_text(encoding="utf-8")
    assert "  cd " not in done.out


def test_nothing_is_overwritten(language: Language, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    done = typed("planned init", tmp_path, LOCALES[language])
    assert done.code == 3
    assert "README.md" in done.err
    assert ("nothing was written" in done.err) == (language == "en")
    assert files_of(tmp_path) == ["README.md"]
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine"
    assert typed(done.err[done.err.rindex("planned init") :], tmp_path).code == 0


def test_a_place_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert typed("planned init file", tmp_path).code == 3


def test_a_folder_with_a_blank_in_its_name_can_be_typed(tmp_path: Path) -> None:
    assert "  cd 'mes messages'\n" in typed("planned init 'mes messages'", tmp_path).out
