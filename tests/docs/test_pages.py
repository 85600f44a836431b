"""The pages say what is: commands print what they show, generated parts are up to date, nothing is missing."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from docs import consoles, generate
from planned.channels.table import KINDS as CHANNEL_KINDS
from planned.check.lints import covers
from planned.cli.main import COMMANDS
from planned.cli.messages import messages
from planned.engine.decision import Outcome, ReasonCode
from planned.engine.event import KINDS
from planned.engine.event_fields import USER_FIELDS
from planned.runtime.settings import ChannelSettings, DkimSettings, LintSettings, MailSettings, Settings
from planned.sources.table import SOURCES
from planned.syntax.from_text import parse
from planned.syntax.words import keywords

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = generate.pages()
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(#[^)\s]*)?\)")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def reference(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert generate.with_regions(text) == text, "run `make docs`"


SHOWING = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", SHOWING, ids=name_of)
def test_commands_print_what_a_page_shows(page: Path) -> None:
    assert not [str(miss) for miss in consoles.check(page)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_rules_on_a_page_can_be_read(page: Path) -> None:
    for body in consoles.rules_of(page):
        assert not parse(body, name_of(page))[1]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [match[1] for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in PAGES if page.is_relative_to(ROOT / "docs")]
    lints = [page for page in pages if page.startswith("lints/")]
    assert not [page for page in pages if page not in ("index.md", *lints) and f"({page})" not in index]
    assert not [page for page in lints if f"(../{page})" not in reference("lints")]


def test_every_command_and_option_is_there() -> None:
    page = reference("cli")
    assert not [name for name in COMMANDS if f"## planned {name}\n" not in page]
    assert "`--strict`" in page
    for home in COMMANDS.values():
        assert import_module(home).EXAMPLE in page


def test_every_keyword_is_there() -> None:
    page = reference("language")
    missing = [phrase for one in keywords() for phrase in (*one.en, *one.fr) if f"`{phrase}`" not in page]
    assert not missing


def test_every_lint_is_there() -> None:
    page = reference("lints")
    names = messages()
    assert len(names) > 20
    pages = generate.lint_texts()
    alone = [name for name in names if not any(covers(lint, name) for lint in pages)]
    assert not [name for name in alone if f"### {name}\n" not in page]
    assert not [name for name in pages if f"[{name}](../lints/{name}.md)" not in page]


def test_the_pages_of_the_lints_are_up_to_date_and_no_more() -> None:
    texts = generate.lint_files()
    assert {*(ROOT / "docs" / "lints").glob("*.md")} == {*texts}
    assert not [path.name for path, text in texts.items() if path.read_text("utf-8") != text], "run `make docs`"


def test_every_event_kind_and_field_of_a_person_is_there() -> None:
    page = reference("events")
    assert not [kind for kind in KINDS if f"| `{kind}` |" not in page]
    assert not [field for field in USER_FIELDS - {"id"} if f"`{field}`" not in page]


def test_every_outcome_and_reason_is_there() -> None:
    page = reference("decisions")
    assert not [word for word in (*Outcome, *ReasonCode) if f"| `{word}` |" not in page]


def test_every_setting_is_there() -> None:
    page = reference("settings")
    names = [*Settings.model_fields]
    names += [f"channels.NAME.{name}" for name in ChannelSettings.model_fields]
    names += [f"mail.{field.alias or name}" for name, field in MailSettings.model_fields.items()]
    names += [f"mail.dkim.{name}" for name in DkimSettings.model_fields]
    names += [f"lint.{name}" for name in LintSettings.model_fields]
    assert not [name for name in names if name not in ("mail", "mail.dkim", "lint") and f"| `{name}` |" not in page]


def test_every_source_and_channel_is_there() -> None:
    sources, channels = reference("sources"), reference("channels")
    assert not [name for name in SOURCES if f"| `{name}:" not in sources]
    assert not [kind for kind in CHANNEL_KINDS if f"| `{kind}" not in channels]
