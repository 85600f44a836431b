"""Where things stand in a text: Jinja knows lines only, an author wants to see the word underlined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

from jinja2 import TemplateSyntaxError

from planned.check import template_problems as say
from planned.check.nearest import nearest
from planned.check.template_problems import TemplateProblem
from planned.check.template_sandbox import (
    BLOCK_DEPTH,
    EXPRESSION_TOKENS,
    LOOP_DEPTH,
    NUMBER_LENGTH,
    PARENTHESES,
    SOURCE_LIMIT,
    TAGS_LIMIT,
    Sandbox,
)
from planned.diagnostics import Message

# --- %…% -------------------------------------------------------------------------------------------

_PERCENT = {
    "courseshortname": "course.shortname",
    "coursefullname": "course.fullname",
    "courseid": "course.id",
    "userfirstname": "user.firstname",
    "userlastname": "user.lastname",
    "date": "date",
    "time": "time",
    "userid": "user.id",
    "usercity": "user.city",
    "userinstitution": "user.institution",
    "userdepartment": "user.department",
    "usergroups": "user.groups",
}

_PIECES = re.compile(
    r"(?P<open>\{\{|\{%|\{#)|(?P<close>\}\}|%\}|#\})"
    rf"|%(?:(?P<name>{'|'.join(_PERCENT)})|profilefield_(?P<field>\w+))%"
    r"|%(?=(?P<other>[A-Za-z_]{4,40})%)"
)
PERCENT_NAMES = tuple(_PERCENT)
"""What may stand between two `%`, of fields of a profile apart."""
_CLOSER = {"{{": "}}", "{%": "%}", "{#": "#}"}


def _outside_braces(text: str) -> Iterator[re.Match[str]]:
    closer = ""
    for piece in _PIECES.finditer(text):
        if closer:
            closer = "" if piece["close"] == closer else closer
        elif piece["open"]:
            closer = _CLOSER[piece["open"]]
        elif not piece["close"]:
            yield piece


def percents(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and replacement of each `%…%` variable that stands outside braces."""
    for piece in _outside_braces(text):
        if piece["name"]:
            yield piece.start(), piece.end(), "{{ " + _PERCENT[piece["name"]] + " }}"
        elif piece["field"]:
            name = piece["field"]
            path = f"user.profile.{name}" if name.isidentifier() else f'user.profile["{name}"]'
            yield piece.start(), piece.end(), "{{ " + path + " }}"


def misspelt_percents(text: str) -> Iterator[tuple[int, str, str]]:
    """Start, name and probable name of what looks much like a `%…%` variable."""
    for piece in _outside_braces(text):
        meant = nearest(piece["other"], _PERCENT) if piece["other"] else None
        if meant is not None and SequenceMatcher(None, piece["other"].lower(), meant).ratio() > ALIKE:
            yield piece.start(), piece["other"], meant


ALIKE = 0.8


# --- places ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    offset: int
    line: int


@dataclass(slots=True)
class Places:
    """The words of one text with their offsets; `original` is what the author wrote, `%…%` and all."""

    original: str
    converted: str
    tokens: list[Token] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def problem(
        self, message: Message, start: int, length: int, replacement: str | None = None, **args: object
    ) -> TemplateProblem:
        """A problem at an offset of the converted text, said at its place in the author's."""
        return self.problem_at(message, self._original_offset(start), length, replacement, **args)

    def problem_at(
        self, message: Message, offset: int, length: int, replacement: str | None = None, **args: object
    ) -> TemplateProblem:
        """A problem at an offset of the author's text."""
        line = self.original.count("\n", 0, offset) + 1
        column = offset - (self.original.rfind("\n", 0, offset) + 1) + 1
        return TemplateProblem(
            message=message, args=args, line=line, column=column, length=max(length, 1), replacement=replacement
        )

    def find(self, word: str, line: int, after: str = "") -> int:
        """Offset of the next such word from `line` on that was not found before; `after` is the sign before it."""
        before = ""
        for token in self.tokens:
            if token.kind == "whitespace":
                continue
            matches = token.text == word or token.text[1:-1] == word
            if matches and token.line >= line and token.offset not in self.used and (not after or before == after):
                self.used.add(token.offset)
                return token.offset + (token.text != word)  # of a string, what is between its quotes
            before = token.text
        return self.line_start(line)

    def line_start(self, line: int) -> int:
        """Offset of the first tag on a line, else of the line itself."""
        for token in self.tokens:
            if token.line == line and token.kind.endswith("_begin"):
                return token.offset
        offset = 0
        for _ in range(line - 1):
            offset = self.converted.find("\n", offset) + 1
        return offset

    def _original_offset(self, offset: int) -> int:
        """Back through the replacements: a place inside one is that of its `%…%`."""
        shift = 0
        for start, end, replacement in percents(self.original):
            if start + shift >= offset:
                break
            if offset < start + shift + len(replacement):
                return start
            shift += len(replacement) - (end - start)
        return offset - shift


def read_tokens(env: Sandbox, places: Places) -> TemplateProblem | None:
    """Fill in the tokens; the first thing that is too long, too deep or not closed ends it."""
    if len(places.converted) > SOURCE_LIMIT:
        return places.problem(say.TOO_LONG, SOURCE_LIMIT, 1, limit=SOURCE_LIMIT // 1024)
    offset = 0
    try:
        for line, kind, text in env.lexer.tokeniter(places.converted, None):
            found = places.converted.find(text, offset)
            offset = found if found >= 0 else offset
            places.tokens.append(Token(kind, text, offset, line))
            offset += len(text)
    except TemplateSyntaxError as error:
        return _lexical(places, error)
    return _limits(places)


_OPENERS = {"(": ")", "[": "]", "{": "}"}


def _limits(places: Places) -> TemplateProblem | None:
    """Bounds that make `Environment.parse` safe: it recurses into parentheses and blocks."""
    blocks: list[Token] = []
    parentheses = words = tags = 0
    previous = ""
    for token in places.tokens:
        if token.kind.endswith("_begin"):
            parentheses, words, tags = 0, 0, tags + 1
        elif token.kind in ("data", "whitespace"):
            continue
        words += 1
        if token.text in _OPENERS:
            parentheses += 1
        elif token.text in _OPENERS.values():
            parentheses -= 1
        if previous.startswith("{%"):
            _nest(blocks, token)
        previous = token.text
        loops = sum(block.text == "for" for block in blocks)
        if token.kind in ("integer", "float") and len(token.text) > NUMBER_LENGTH:
            return places.problem(say.BANNED, token.offset, len(token.text), what=f"`{token.text[:10]}…`")
        if parentheses > PARENTHESES:
            return places.problem(say.TOO_DEEP, token.offset, 1, limit=PARENTHESES)
        if words > EXPRESSION_TOKENS:
            return places.problem(say.TOO_COMPLEX, token.offset, len(token.text), limit=EXPRESSION_TOKENS)
        if tags > TAGS_LIMIT:
            return places.problem(say.TOO_MANY, token.offset, 2, limit=TAGS_LIMIT)
        if loops > LOOP_DEPTH or len(blocks) > BLOCK_DEPTH:
            limit = LOOP_DEPTH if loops > LOOP_DEPTH else BLOCK_DEPTH
            return places.problem(say.TOO_DEEP, blocks[-1].offset, len(blocks[-1].text), limit=limit)
    return None


def _nest(blocks: list[Token], token: Token) -> None:
    if token.kind != "name":
        return
    if token.text.startswith("end"):
        if blocks:
            blocks.pop()
    elif token.text not in ("else", "elif"):
        blocks.append(token)


# --- syntax errors in plain words ---------------------------------------------------------------------


def _lexical(places: Places, error: TemplateSyntaxError) -> TemplateProblem:
    """What the lexer stumbled over: a sign that belongs nowhere, a text or a comment that does not end."""
    text = places.converted
    char = re.search(r"unexpected char .+ at (\d+)", error.message or "")
    if char:
        at = int(char[1])
        if text[at] in "'\"":
            return places.problem(say.NOT_CLOSED, at, 1, tag=text[at], closing=text[at])
        return places.problem(say.UNEXPECTED, at, 1, what=f"`{text[at]}`")
    if "comment" in (error.message or ""):
        at = text.rfind("{#")
        return places.problem(say.NOT_CLOSED, max(at, 0), 2, tag="{#", closing="#}")
    unexpected = re.search(r"unexpected '(.+?)'(?:, expected '(.+)')?", error.message or "")
    last = places.tokens[-1] if places.tokens else Token("data", "", 0, 1)
    what = unexpected[1] if unexpected else "{"
    at = max(text.find(what, last.offset + len(last.text)), 0)
    if unexpected and unexpected[2]:
        opening = {closing: opener for opener, closing in _OPENERS.items()}[unexpected[2]]
        return places.problem(say.NOT_CLOSED, text.rfind(opening, 0, at), 1, tag=opening, closing=unexpected[2])
    begin = _last_open(places)[1]
    if what == "}" and begin is not None:
        opening = begin.text[:2]
        return places.problem(say.NOT_CLOSED, at, 1, tag=opening, closing=_CLOSER.get(opening, "}}"))
    return places.problem(say.UNEXPECTED, at, len(what), what=f"`{what}`")


def syntax_problem(places: Places, error: TemplateSyntaxError) -> TemplateProblem:
    """What `Environment.parse` says, in words that help."""
    message = error.message or ""
    if tag := re.search(r"Encountered unknown tag '(\w+)'", message):
        return _unknown_tag(places, tag[1], error.lineno)
    opened, begin = _last_open(places)
    if re.search(r"unexpected end of template|Unexpected end of template", message):
        if opened is not None:
            return places.problem(
                say.NOT_CLOSED,
                opened.offset,
                len(opened.text),
                tag=f"{{% {opened.text} %}}",
                closing=f"{{% end{opened.text} %}}",
            )
        if begin is not None:
            closing = _CLOSER.get(begin.text[:2], "}}")
            return places.problem(say.NOT_CLOSED, begin.offset, 2, tag=begin.text[:2], closing=closing)
    at = _token_before_error(places, message, error.lineno)
    if at is None or at.kind.endswith("_end"):
        offset = at.offset if at else places.line_start(error.lineno)
        return places.problem(say.EMPTY, offset, 2)
    return places.problem(say.UNEXPECTED, at.offset, len(at.text), what=f"`{at.text}`")


def _unknown_tag(places: Places, name: str, line: int) -> TemplateProblem:
    start = places.find(name, line)
    if name.startswith("end") or name in ("else", "elif"):
        return places.problem(say.NOT_OPEN, start, len(name), tag=f"{{% {name} %}}")
    close = nearest(name, ("if", "elif", "else", "endif", "for", "endfor"))
    return places.problem(say.UNKNOWN_TAG, start, len(name), close, name=name)


def _last_open(places: Places) -> tuple[Token | None, Token | None]:
    """The innermost block without its end, and the last brace without its end."""
    blocks: list[Token] = []
    begin: Token | None = None
    previous = ""
    for token in places.tokens:
        if token.kind == "whitespace":
            continue
        if token.kind.endswith("_begin"):
            begin = token
        elif token.kind.endswith("_end"):
            begin = None
        if previous.startswith("{%"):
            _nest(blocks, token)
        previous = token.text
    return (None if begin else blocks[-1] if blocks else None), begin


def _token_before_error(places: Places, message: str, line: int) -> Token | None:
    """The token that Jinja names in its message, on its line."""
    named = re.search(r"got '(.+?)'$", message) or re.search(r"unexpected '(.+?)'$", message)
    wanted = named[1] if named else None
    ends = {"end of print statement": "variable_end", "end of statement block": "block_end"}
    candidates = [token for token in places.tokens if token.line >= line and token.kind not in ("data", "whitespace")]
    for before, token in pairwise(candidates):
        if wanted is None and before.text == "." and token.kind in ends.values():  # `user.` and nothing
            return token
    for token in candidates:
        if wanted in ends and token.kind == ends[wanted]:
            return token
        if token.text == wanted or (token.kind == "string" and token.text[1:-1] == wanted):
            return token
    return None
