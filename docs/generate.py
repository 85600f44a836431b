"""Writes what the pages take from the code: marked regions and the output of their commands (`make docs`).

A region stands between ``<!-- NAME: written by `make docs` -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from docs import consoles, editors
from planned.check.lints import covers
from planned.check.pages import ALLOW, in_language
from planned.check.pages import pages as lint_texts
from planned.cli.lint_page import sentences, severities_of, without_values
from planned.cli.main import COMMANDS
from planned.cli.messages import messages, messages_in
from planned.diagnostics import Language
from planned.engine import bad_event
from planned.syntax.words import keywords

ROOT = Path(__file__).resolve().parents[1]
REGION = re.compile(r"(?ms)(?P<open>^<!-- (?P<name>\w+): written by `make docs` -->\n).*?(?P<close>^<!-- end -->$)")


def pages() -> list[Path]:
    """All pages, the README first."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def keyword_table() -> str:
    """The keyword table in its own order."""
    rows = ["| English | Français |", "|---|---|"]
    return "\n".join([*rows, *(f"| {_phrases(one.en)} | {_phrases(one.fr)} |" for one in keywords())]) + "\n"


def _phrases(phrases: tuple[str, ...]) -> str:
    return ", ".join(f"`{phrase}`" for phrase in phrases) or "–"


def lint_pages() -> str:
    """The lints, each with its page; then the errors of reading, with their sentences."""
    rows = ["| Name | | |", "|---|---|---|"]
    for name, text in sorted(lint_texts().items()):
        rows.append(f"| [{name}](../lints/{name}.md) | *{_severity(name)}* | {_cell(text.partition(chr(10))[0])} |")
    parts = ["\n".join(rows) + "\n", "## Mistakes of reading\n"]
    for name, found in messages().items():
        if not any(covers(lint, name) for lint in lint_texts()):
            said = "\n".join(f"- {one}" for one in sentences(found, "en"))
            parts.append(f"### {name}\n\n*{_severity(name)}*\n\n{said}\n")
    return "\n".join(parts)


def lint_files() -> dict[Path, str]:
    """The page of each lint in both languages, by where it is kept."""
    folder = ROOT / "docs" / "lints"
    return {folder / f"{name}.md": _lint_page(name, text) for name, text in lint_texts().items()}


def _lint_page(name: str, text: str) -> str:
    english, french = _half(name, text, "en"), _half(name, text, "fr")
    return f"# {name}\n\n*{_severity(name)}*\n\n{english}\n\n---\n\n{french}\n"


def _half(name: str, text: str, language: Language) -> str:
    """A page in one language, with how to live with a warning."""
    allow = "" if _severity(name) == "error" else "\n" + ALLOW[language].format(name=name)
    return _page(in_language(text, language) + allow)


def _severity(name: str) -> str:
    found = [one for other, some in messages().items() if covers(name, other) for one in some]
    return " or ".join(severities_of(found))


def _page(docstring: str) -> str:
    """A docstring as Markdown: what is indented is an example."""
    lines = [line.removeprefix("    ") if line.startswith("    ") else line for line in docstring.strip().splitlines()]
    indented = [line.startswith("    ") for line in docstring.strip().splitlines()]
    out: list[str] = []
    for line, inside, before, after in zip(
        lines, indented, [False, *indented[:-1]], [*indented[1:], False], strict=True
    ):
        out += ["```text"] if inside and not before else []
        out.append(line)
        out += ["```"] if inside and not after else []
    return "\n".join(out)


def refusals() -> str:
    """Why an event cannot count."""
    rows = ["| Code | Reason | What to do |", "|---|---|---|"]
    found = sorted(messages_in(bad_event), key=lambda one: one.name)
    return (
        "\n".join(
            [
                *rows,
                *(
                    f"| `{one.name}` | {_cell(without_values(one.en))} | {_cell(without_values(one.help_en))} |"
                    for one in found
                ),
            ]
        )
        + "\n"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def commands() -> str:
    """Each command with its example, arguments and options, as its own help has them."""
    parts = []
    for name, home in COMMANDS.items():
        module = import_module(home)
        parser = argparse.ArgumentParser(prog=f"planned {name}", add_help=False)
        module.configure(parser)
        about = module.HELP[0].upper() + module.HELP[1:]
        parts.append(f"## planned {name}\n\n{about}.\n\n```sh\n{module.EXAMPLE}\n```\n")
        rows = ["| Argument | Meaning |", "|---|---|"]
        rows += [f"| {_argument(action)} | {_cell(_meaning(action))} |" for action in parser._actions]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _argument(action: argparse.Action) -> str:
    names = ", ".join(f"`{name}`" for name in action.option_strings)
    value = "" if action.nargs == 0 else str(action.metavar or "|".join(map(str, action.choices or ())))
    more = " …" if action.nargs in ("+", "*") or isinstance(action, argparse._AppendAction) else ""
    return " ".join(part for part in (names, f"`{_cell(value)}`" if value else "") if part) + more


def _meaning(action: argparse.Action) -> str:
    text = (action.help or "").replace("%%", "%")
    return text[:1].upper() + text[1:]


REGIONS: dict[str, Callable[[], str]] = {
    "keywords": keyword_table,
    "lints": lint_pages,
    "refusals": refusals,
    "commands": commands,
}


def with_regions(text: str) -> str:
    """The page with its regions as the code has them now."""
    return REGION.sub(lambda match: f"{match['open']}\n{REGIONS[match['name']]()}\n{match['close']}", text)


def write_lints() -> None:
    """Also without the pages of lints that are no more."""
    texts = lint_files()
    for path in (ROOT / "docs" / "lints").glob("*.md"):
        if path not in texts:
            path.unlink()
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main() -> None:
    write_lints()
    editors.GRAMMAR.write_text(editors.textmate(), encoding="utf-8")
    changed = 0
    for page in pages():
        before = page.read_text(encoding="utf-8")
        page.write_text(with_regions(before), encoding="utf-8")
        after = consoles.refreshed(page)
        page.write_text(after, encoding="utf-8")
        if after != before:
            changed += 1
            sys.stdout.write(f"{page.relative_to(ROOT)}\n")
    sys.stdout.write(f"{changed} pages changed\n")


if __name__ == "__main__":
    main()
