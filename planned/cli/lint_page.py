"""The page of a lint or an error, as the terminal shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planned.check.pages import ALLOW, page
from planned.cli.messages import messages
from planned.cli.terminal import LABELS
from planned.diagnostics import Language, Message, Severity


def lint_page(name: str, language: Language) -> str | None:
    """The page by a lint's name or family, or the sentences of an error of reading; None if nothing is called so."""
    found, text = messages().get(name, []), page(name, language)
    if text is None and not found:
        return None
    severities = severities_of(found)
    head = f"{name} ({', '.join(LABELS[language][one] for one in severities)})" if severities else name
    parts = [head, text.rstrip() if text else "\n".join(sentences(found, language))]
    if text is not None and Severity.ERROR not in severities:
        parts.append(ALLOW[language].format(name=name).rstrip())
    return "\n\n".join(parts) + "\n"


def severities_of(found: Sequence[Message]) -> list[Severity]:
    """In which a lint speaks; a note beside an error or a warning is part of that one."""
    said = list(dict.fromkeys(one.severity for one in found))
    return [one for one in said if one is not Severity.INFO] or said


def sentences(found: Sequence[Message], language: Language) -> list[str]:
    """What is said, with an ellipsis for each value, in the order of the alphabet."""
    said = {
        " ".join(filter(None, (without_values(one.fr), without_values(one.help_fr))))
        if language == "fr"
        else " ".join(filter(None, (without_values(one.en), without_values(one.help_en))))
        for one in found
    }
    return sorted(said)


def without_values(text: str) -> str:
    """A sentence without its values; nothing if it is one value only."""
    said = re.sub(r"(?<!\{)“?\{\w+\}”?", "…", text).replace("{{", "{").replace("}}", "}")
    return "" if said == "…" else said
