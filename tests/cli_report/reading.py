"""A page as a strict reader sees it: balanced, its text, its attributes, and the decisions packed in it."""

from __future__ import annotations

import base64
import gzip
import json
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Read(HTMLParser):
    """Fails on a tag that is not closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        self.texts[self._open[-1] if self._open else ""] = (
            self.texts.get(self._open[-1] if self._open else "", "") + data
        )

    def attributes(self, name: str) -> list[str]:
        return [str(attributes[name]) for _, attributes in self.tags if name in attributes]

    @property
    def said(self) -> str:
        """What is read, without the script, the style and the data."""
        return " ".join(" ".join(text for tag, text in self.texts.items() if tag not in ("script", "style")).split())


def packed(page: str) -> dict[str, Any]:
    text = page.split('id="data">', 1)[1].split("</script>", 1)[0]
    found = json.loads(gzip.decompress(base64.b64decode(text)))
    assert isinstance(found, dict)
    return found


def rows(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The packed decisions one by one, by names instead of places."""
    columns = data["columns"]
    found = []
    for place in range(len(columns.get("learner", []))):
        row = {name: column[place] for name, column in columns.items()}
        row["learner"], row["name"] = data["learners"][row["learner"]]
        row["rule"], row["course"] = data["rules"][row["rule"]]
        row["outcome"] = data["outcomes"][row["outcome"]][0]
        row["guards"] = [(text, bool(value)) for text, value in data["guards"][row["guards"]]]
        for name in ("subject", "text", "reason", "to"):
            row[name] = data["texts"][row[name]] or None
        found.append(row)
    return found
