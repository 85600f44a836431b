"""From text to the abstract syntax, statement by statement. The only importer of lark."""

from __future__ import annotations

import gc
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import resources
from typing import Any

from lark import Lark, Token, UnexpectedInput
from lark import __version__ as lark_version
from lark.exceptions import UnexpectedCharacters, UnexpectedToken
from lark.grammar import Rule
from lark.lexer import TerminalDef
from lark.parsers.lalr_interactive_parser import InteractiveParser
from lark.parsers.lalr_parser_state import ParserState
from lark.utils import TextSlice

from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast, clauses, declared, habits, mistakes, notions, tables, words
from planned.syntax.broken import Broken, Stop
from planned.syntax.build import Builder
from planned.syntax.comments import comment_in_phrase
from planned.syntax.facts import FACT_IN_CONDITION
from planned.syntax.lexemes import lexemes
from planned.syntax.likeness import nearest_terminals
from planned.syntax.recover import DECLARATIONS, STRONG, TRIGGERS, next_start, rule_above
from planned.syntax.row import Row
from planned.syntax.source import Source, decode, source
from planned.syntax.spoken import foreign_word, language_of
from planned.syntax.trial import Mended, Reading
from planned.syntax.values import KEYWORD_AS_NAME

TABLES = "tables.json"
OPTIONS: Mapping[str, Any] = {
    "parser": "lalr",
    "lexer": "contextual",
    "keep_all_tokens": True,
    "maybe_placeholders": True,
}
_UNKNOWN = "\x00"
"""What no terminal begins with."""
_QUOTES = ('"', "«", "“")
MAX_RULES = 2000
MAX_DEPTH = 50
MAX_MISTAKES = 1000
MAX_TRIED = 60
"""Mistakes of one text for which changes are tried."""
_BEYOND = 3
"""So many words of what follows on the same line are read, to see that a statement ends there."""
_KEYWORDS = frozenset(words.phrases_of_terminals()) - {"LANGUAGE"}
"""The terminals that tell in which language a file is written; `language fr` says it itself."""

TOO_MANY_RULES = Message(
    "too-many-rules",
    Severity.ERROR,
    "This file has {count} rules; {most} are possible.",
    "Ce fichier a {count} règles ; le maximum est de {most}.",
    "Split it into several files.",
    "Répartissez-le en plusieurs fichiers.",
)
TOO_MANY_MISTAKES = Message(
    "too-many-mistakes",
    Severity.ERROR,
    "More than {most} statements are wrong; the rest of the file was not read.",
    "Plus de {most} instructions contiennent des fautes ; la suite du fichier n'a pas été lue.",
    "Check that this is a file of rules.",
    "Vérifiez que c'est bien un fichier de règles.",
)


def _nothing() -> None:
    pass


def _no_names() -> declared.Names:
    return {}


def read(data: bytes, path: str, between: Callable[[], None] = _nothing) -> tuple[ast.File, list[Diagnostic]]:
    """What a file of rules says, from its bytes. Never raises; what cannot be read is in the diagnostics.

    `between` is called after each statement; what it raises ends the reading.
    """
    text, found = decode(data, path)
    if found:
        return ast.File(path=path, language="en", statements=()), found
    file, found = parse(text, path, between)
    rules = [statement for statement in file.statements if isinstance(statement, ast.Rule)]
    if len(rules) > MAX_RULES:
        span = rules[MAX_RULES].span
        found.append(Diagnostic(TOO_MANY_RULES, span, {"count": len(rules), "most": MAX_RULES}))
    return file, found


def parse(
    text: str, path: str, between: Callable[[], None] = _nothing, beyond: Callable[[], declared.Names] = _no_names
) -> tuple[ast.File, list[Diagnostic]]:
    """What a text says. Never raises; a statement that is wrong gives a diagnostic, the others are all there.

    `beyond` gives the names that are declared in the same file beyond the text; it is asked if something is wrong.
    """
    src, found = source(text, path)
    reader = _idle.pop() if _idle else _Reader()
    # Nearly nothing that a parse allocates is garbage: without the collector it takes a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        file, mistaken = reader.read(src, between, beyond)
    finally:
        if collecting:
            gc.enable()
        _idle.append(reader)
    return file, sorted(found + mistaken, key=lambda d: (d.span.line, d.span.column))


def prepare(readers: int, *, for_mistakes: bool = True) -> None:
    """So many threads can read at once from now on without waiting for a parser to be made, which takes long.

    With `for_mistakes`, the first mistake of each kind need not wait, either.
    """
    while len(_idle) < readers:
        _idle.append(_Reader())
    if for_mistakes:
        habits.prepare()
        notions.prepare()


def following(text: str) -> frozenset[str]:
    """The terminals that may come next where a text ends, mistakes before it passed over; none within a string."""
    src, _ = source(text, "")
    reader = _idle.pop() if _idle else _Reader()
    try:
        return reader.following(src)
    finally:
        _idle.append(reader)


class _Reader:
    """A parser with its builder. It reads one text at a time; each thread takes its own from the idle ones."""

    def __init__(self) -> None:
        self.builder = Builder()
        own: Mapping[str, Any] = {"transformer": self.builder, "lexer_callbacks": {"COMMENT": self._comment}}
        grammar = _grammar()
        stored = tables.unpack(_data(TABLES), _key(grammar))
        if stored is None:
            self.lark = Lark(grammar, **OPTIONS, **own)
        else:
            stored["data"]["options"].update(own)
            self.lark = Lark.load(stored)

        self._accepted: dict[tuple[int, ...], frozenset[str]] = {}
        """For the states in which something went wrong, the terminals that could follow: slow to find out."""
        self._tried = 0
        self._doubtful: list[tuple[int, Diagnostic]] = []
        """What was found in statements that could be read, and where they begin: they may say something else."""
        self._spoken: dict[str, tuple[int, int]] = {}
        """Every keyword as it is written, and where it stands first."""

    def _comment(self, token: Token) -> Token:
        self.builder.comments[token.start_pos or 0] = token.end_pos or 0
        return token

    def read(
        self, src: Source, between: Callable[[], None], beyond: Callable[[], declared.Names]
    ) -> tuple[ast.File, list[Diagnostic]]:
        builder = self.builder
        builder.begin(src)
        self._accepted.clear()
        self._spoken.clear()
        self._doubtful.clear()
        self._tried = 0
        position: int | None = 0
        row = Row(src, beyond)
        mistaken = 0
        while position is not None:
            stop = self._statements(src, position, between)
            if stop is None:
                break
            position = self._recover(row, stop)
            mistaken += 1
            if mistaken == MAX_MISTAKES and position is not None:
                builder.fail(TOO_MANY_MISTAKES, src.span(position, position), most=MAX_MISTAKES)
                break
        for begin, doubtful in self._doubtful[:MAX_TRIED]:
            self._doubt(row, begin, doubtful)
        comments = tuple(
            ast.Comment(span=src.span(start, end), text=src.text[start:end].rstrip("\r"))
            for start, end in sorted(builder.comments.items())
        )
        statements = tuple(builder.statements)
        language = row.language if mistaken or builder.meant else language_of(statements, self._spoken)
        foreign = foreign_word(src, self._spoken, language)
        file = ast.File(path=src.path, language=language, statements=statements, comments=comments, foreign=foreign)
        return file, builder.found

    def following(self, src: Source) -> frozenset[str]:
        self.builder.begin(src)
        self._accepted.clear()
        self._spoken.clear()
        end = len(src.folded)
        open_ended = replace(src, text=src.text + _UNKNOWN, folded=src.folded + _UNKNOWN)
        row, position = Row(src, _no_names), 0
        while (stop := self._statements(open_ended, position)) is not None and stop.at < end:
            if src.folded[stop.at] in _QUOTES or (goes_on := self._recover(row, stop)) is None:
                return frozenset()
            position = goes_on
        return stop.expected if stop is not None else frozenset()

    def _first(self, text: str) -> Reading:
        """Reads the first statement of a text by itself; what was read before stays as it was."""
        src, _ = source(text, "")
        with self.builder.aside(src):
            return self._first_of(src, self.lark.parse_interactive(TextSlice(src.folded, 0, len(src.folded))))

    def _first_of(self, src: Source, parser: InteractiveParser) -> Reading:
        builder, state, folded = self.builder, parser.parser_state, src.folded
        end, last, beyond, stop = -1, 0, 0, len(folded)
        found: list[Diagnostic] = []
        try:
            for token in parser.lexer_thread.lex(state):  # type: ignore[no-untyped-call]  # lark's, untyped
                state.feed_token(token)
                if builder.finished:
                    end, found = (last, builder.found[:]) if end < 0 else (end, found)
                    beyond += 1
                    if beyond > _BEYOND or "\n" in folded[end : token.start_pos]:
                        break
                last = token.end_pos
            else:
                state.feed_token(Token("$END", ""), True)
                end, found = (last, builder.found) if end < 0 else (end, found)
        except UnexpectedInput as error:
            stop = _position(error, len(folded))
            if end < 0 and "\n" in folded[last:stop] and _can_end(state) and not _is_clause(src, stop):
                end = last
            elif beyond:
                end = -1
            found = found or builder.found
        if found:
            where = found[0].span
            return Reading(-1, min(src.position(where.line, where.column), stop))
        return Reading(end, stop)

    def _statements(self, src: Source, position: int, between: Callable[[], None] = _nothing) -> Stop | None:
        """Reads on from a position; None at the end of the text, else where and why it stopped."""
        builder = self.builder
        parser = self.lark.parse_interactive(TextSlice(src.folded, position, len(src.folded)))
        state = parser.parser_state
        feed, stack = state.feed_token, state.state_stack
        finished, reported = builder.finished, builder.reported
        spoken = self._spoken
        start, last = -1, position
        token = None
        try:
            for token in parser.lexer_thread.lex(state):  # type: ignore[no-untyped-call]  # lark's, untyped
                if start < 0:
                    start = token.start_pos
                feed(token)
                if token.value not in spoken and token.type in _KEYWORDS:
                    spoken[token.value] = token.start_pos, token.end_pos
                if builder.finished != finished:
                    finished = builder.finished
                    if builder.reported != reported:
                        self._note_doubtful(start, reported)
                        reported = builder.reported
                    start = token.start_pos
                    between()
                last = token.end_pos
                if len(stack) > MAX_DEPTH and _depth(state.value_stack) > MAX_DEPTH:
                    return Stop(start, token.start_pos, last, frozenset(), too_deep=True)
            state.feed_token(Token.new_borrow_pos("$END", "", token) if token else Token("$END", ""), True)
            self._note_doubtful(start, reported)
        except UnexpectedInput as error:
            at = _position(error, len(src.folded))
            key = tuple(stack)
            if (expected := self._accepted.get(key)) is None:
                expected = self._accepted[key] = frozenset(
                    parser.accepts()  # type: ignore[no-untyped-call]  # lark's, untyped
                )
            ended = "$END" in expected and self._ends_before(src, start, at, expected)
            if ended and start >= 0:
                state.feed_token(Token("$END", ""), True)
                self._note_doubtful(start, reported)
                start = at
            return Stop(at if start < 0 else start, at, last, expected, fresh=start in (-1, at))
        return None

    def _note_doubtful(self, start: int, reported: int) -> None:
        """Keeps what was found since in a statement that could be read and began there."""
        src = self.builder.source
        for one in self.builder.found[reported : self.builder.reported]:
            texts = (
                one.message is FACT_IN_CONDITION and src.text[src.position(one.span.line, one.span.column)] in _QUOTES
            )
            if one.message is KEYWORD_AS_NAME or texts:
                self._doubtful.append((start, one))

    def _ends_before(self, src: Source, start: int, at: int, expected: frozenset[str]) -> bool:
        """Whether the statement that could end here does, so that what follows is a mistake by itself."""
        following = next(lexemes(src, at), None)
        if following is None or start < 0:
            return True
        line_start = src.folded.rfind("\n", 0, at) + 1
        least = 0.85 if src.folded[line_start:at].strip() else 0.7
        meant = nearest_terminals(following.text, expected, least) if following.kind == "word" else frozenset()
        if meant:
            return bool(meant & (STRONG | TRIGGERS))
        own_column = start - (src.folded.rfind("\n", 0, start) + 1)
        aligned = not src.folded[line_start:at].strip() and at - line_start <= own_column and line_start > start
        begun = next(lexemes(src, start), None)
        declared = begun is not None and bool(begun.terminals & DECLARATIONS)
        return aligned and (following.kind != "keyword" or declared)

    def _recover(self, row: Row, stop: Stop) -> int | None:
        """Reports what went wrong, and says where to go on."""
        src, builder = row.src, self.builder
        lexeme_row = row.lexemes()
        start, at = row.index(stop.start), row.index(stop.at)
        if start < len(lexeme_row) and mistakes.zone_is_missing(lexeme_row, start):
            at = start
        stopped = row.index(stop.at)
        cut = comment_in_phrase(src, lexeme_row, start, stopped, stop.expected)
        following = next_start(lexeme_row, start, at if cut is None else max(at, cut.following), row.columns())
        end = lexeme_row[following].start if following is not None else len(src.folded)
        place = Broken(src, lexeme_row, start, stopped, stop, row.language, row.declared)
        control = bisect_left(src.controls, stop.start)
        if not (control < len(src.controls) and src.controls[control] < end):
            found = self._said(place) if cut is None else Mended(cut.diagnostic)
            if found is not None:
                if mistakes.concerns_before(found.said, src.span(stop.start, stop.start)):
                    builder.take_back()
                builder.found.append(found.said)
                end = found.end if found.end >= 0 else end
        builder.give_up()
        self._spoken = {word: place for word, place in self._spoken.items() if place[0] < stop.start}
        builder.comments.update(row.comments(stop.at, end))
        return None if end >= len(src.folded) else end

    def _doubt(self, row: Row, begin: int, found: Diagnostic) -> None:
        """Says what an author means whose words can be read otherwise: `if Quiz1 complete or passed`."""
        src, builder = row.src, self.builder
        at = src.position(found.span.line, found.span.column)
        cut = replace(src, text=src.text[:at] + _UNKNOWN, folded=src.folded[:at] + _UNKNOWN)
        with builder.aside(cut):
            stop = self._statements(cut, begin)
        if stop is None or not any(one is found for one in builder.found):
            return
        place = Broken(src, row.lexemes(), row.index(begin), row.index(at), stop, row.language, row.declared)
        mended = mistakes.mended(place, self._first)
        if mended is not None:
            builder.found[:] = [mended.said if one is found else one for one in builder.found]

    def _said(self, place: Broken) -> Mended | None:
        """What is said of a statement; None if what is wrong with it was found already.

        A keyword that was taken for a name may only have been a part of what makes it unreadable.
        """
        builder = self.builder
        self._tried += 1
        read = self._first if self._tried <= MAX_TRIED else None
        found = builder.found[builder.reported :]
        if not found:
            above = rule_above(place.row, place.start) if place.stop.fresh and "THEN" in place.expected else None
            if read is not None and above is not None:
                gone_on = mistakes.going_on(replace(place, start=above), read)
                if gone_on is not None:
                    return gone_on
            return mistakes.diagnose(place, read)
        if read is None or any(one.message is not KEYWORD_AS_NAME for one in found):
            return None
        mended = mistakes.mended(place, read)
        if mended is not None:
            del builder.found[builder.reported :]
        return mended


_idle: list[_Reader] = []


def _data(name: str) -> str:
    """The text of a file of the grammar; an empty one if it is not there."""
    file = resources.files("planned.grammar").joinpath(name)
    return file.read_text("utf-8") if file.is_file() else ""


def _grammar() -> str:
    return _data("planned.lark") + words.terminals()


def _key(grammar: str) -> str:
    return tables.key(lark_version, OPTIONS, grammar)


def packed() -> str:
    """What belongs into the file of the tables, worked out from the grammar (`make tables`)."""
    grammar = _grammar()
    data, memo = Lark(grammar, **OPTIONS).memo_serialize([TerminalDef, Rule])
    data["options"] = OPTIONS
    return tables.pack(data, memo, _key(grammar))


def _depth(values: list[object]) -> int:
    """How many parentheses and `not` are open."""
    return sum(isinstance(value, Token) and value.type in ("LPAR", "NOT") for value in values)


def _is_clause(src: Source, at: int) -> bool:
    """Whether a clause of a rule begins there, which goes on with what stands above."""
    following = next(lexemes(src, at), None)
    if following is None or clauses.begins_statement(following.terminals):
        return False
    return clauses.help_of(following.terminals) is not None


def _can_end(state: ParserState[Token]) -> bool:
    """Whether the text could end where reading stopped."""
    try:
        state.copy(deepcopy_values=False).feed_token(Token("$END", ""), True)
    except UnexpectedInput:
        return False
    return True


def _position(error: UnexpectedInput, end: int) -> int:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return end
    if isinstance(error, UnexpectedToken):
        return error.token.start_pos or 0
    assert isinstance(error, UnexpectedCharacters)
    return error.pos_in_stream or 0
