"""`make new-lint NAME=late-date`: a lint and its test, ready to be written. The test fails until they are."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LINT = '''"""What is wrong, in one sentence.

Why that matters, and what happens if it stays.

Wrong:

    rule reminder after enrolment send "WRONG"

Right:

    rule reminder after enrolment send "Welcome!"

---
Ce qui ne va pas, en une phrase.

Pourquoi cela compte, et ce qui arrive si cela reste.

Faux :

    règle rappel après l'inscription envoyer "FAUX"

Juste :

    règle rappel après l'inscription envoyer "Bienvenue !"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity

NAME = "{name}"

FOUND = Message(
    NAME,
    Severity.WARNING,
    "What is wrong with {{quoted}}.",
    "Ce qui ne va pas avec {{cite}}.",
    "What to write instead, with an example.",
    "Ce qu'il faut écrire à la place, avec un exemple.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        if placed.name == "":  # what is wrong
            yield Diagnostic(FOUND, placed.node.span, {{"quoted": placed.name, "cite": placed.name}})
'''
TEST = '''"""The lint {name}."""

from __future__ import annotations

from tests.check.reading import file


def test_what_is_wrong_is_underlined() -> None:
    assert file('course A rule r after enrolment send "WRONG"').places("{name}") == ["WRONG"]
    assert file('cours A règle r après inscription envoyer "FAUX"').places("{name}") == ["FAUX"]


def test_what_is_right_is_not() -> None:
    assert file('course A rule r after enrolment send "x"').places("{name}") == []
'''


def write(name: str, root: Path = ROOT) -> list[Path]:
    """The two files of a new lint. Raises ValueError if its name is none or is taken."""
    if re.fullmatch(r"[a-z]+(-[a-z]+)*", name) is None:
        raise ValueError("a lint's name is small words with hyphens: make new-lint NAME=late-date")
    module = name.replace("-", "_")
    texts = {
        root / "planned/check/lints" / f"{module}.py": LINT.format(name=name),
        root / "tests/check/lints" / f"test_{module}.py": TEST.format(name=name),
    }
    if taken := [path.name for path in texts if path.exists()]:
        raise ValueError(f"there is already {taken[0]}")
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def main() -> int:
    try:
        written = write(sys.argv[1] if len(sys.argv) == 2 else "")
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("".join(f"{path.relative_to(ROOT)}\n" for path in written))
    return 0


if __name__ == "__main__":
    sys.exit(main())
