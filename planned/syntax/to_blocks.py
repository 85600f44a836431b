"""Which comment belongs to which line of which statement, and where its author left a blank line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import inf

from planned.diagnostics import Span
from planned.syntax import ast


@dataclass(slots=True)
class Block:
    """A statement with its comments. The lists have an item for each line that is written of it."""

    statement: ast.Statement
    places: Sequence[Span]
    """Where the author has what is written on each line; empty for a statement that nobody wrote."""
    above: list[list[ast.Comment]] = field(default_factory=list)
    beside: list[ast.Comment | None] = field(default_factory=list)
    below: list[ast.Comment] = field(default_factory=list)
    blanks: list[bool] = field(default_factory=list)
    """Whether the author left a blank line above each of the comments above the statement, and above itself."""

    @property
    def last_line(self) -> int:
        return self.below[-1].span.line if self.below else self.places[-1].end_line if self.places else 0


def blocks(file: ast.File) -> tuple[list[Block], list[ast.Comment]]:
    """The statements of a file in order, and the comments after the last one."""
    found = [Block(statement, _places(statement)) for statement in file.statements]
    for block in found:
        block.above = [[] for _ in block.places]
        block.beside = [None for _ in block.places]
    rest = _place(found, file.comments) if file.comments else []
    for block, following in zip_longest(found, found[1:]):
        if following is None:
            _take_below(block, rest, (inf, 0))
        else:
            _take_below(block, _above(following), _position(following.statement))
    line = None
    for block in found:
        above, own = _above(block), _position(block.statement)
        before = [comment for comment in above if _position(comment) < own]
        block.blanks = blank_lines(line, [*before, block.statement]) + [False] * (len(above) - len(before))
        line = block.last_line
    return found, rest


def blank_lines(line: int | None, nodes: Sequence[ast.Node]) -> list[bool]:
    """Whether a blank line stands above each of some nodes; what is before them, if anything, ends on `line`."""
    found = []
    for node in nodes:
        found.append(line is not None and node.span.line - line > 1)
        line = node.span.end_line
    return found


def _places(statement: ast.Statement) -> Sequence[Span]:
    if statement.span is ast.NOWHERE:
        return ()
    match statement:
        case ast.Rule(places=places):
            return tuple(place for _, place in places)
        case ast.Scenario(span=span, title=title, lines=lines):
            return (span.to(title.span), *(line.span for line in lines))
        case _:
            return (statement.span,)


def _place(found: Sequence[Block], comments: Sequence[ast.Comment]) -> list[ast.Comment]:
    """Puts each comment to its line: the one that it stands beside or in, else the one below; what is left."""
    rows = [(block, k) for block in found for k in range(len(block.places))]
    starts = [(block.places[k].line, block.places[k].column) for block, k in rows]
    rest = []
    for comment in comments:
        below = bisect_right(starts, _position(comment))
        if below:
            block, k = rows[below - 1]
            place = block.places[k]
            if _position(comment) < (
                place.end_line,
                place.end_column,
            ):  # it stands inside a clause, which is written on one line
                block.above[k].append(comment)
                continue
            if comment.span.line == place.end_line:
                block.beside[k] = comment
                continue
        if below < len(rows):
            block, k = rows[below]
            block.above[k].append(comment)
        else:
            rest.append(comment)
    return rest


def _take_below(block: Block, comments: list[ast.Comment], end: tuple[float, int]) -> None:
    """Comments that are indented below a rule or scenario end it rather than begin what follows."""
    match block.statement:
        case ast.Rule(name=ast.Name()) | ast.Scenario():
            own = block.statement.span.column
            while comments and comments[0].span.column > own and _position(comments[0]) < end:
                block.below.append(comments.pop(0))
        case _:
            pass


def _position(node: ast.Node) -> tuple[int, int]:
    return node.span.line, node.span.column


def _above(block: Block) -> list[ast.Comment]:
    return block.above[0] if block.above else []
