"""Where boxes go: columns from what starts to what follows, each box near those that lead to it.

A small form of layered drawing (Sugiyama, Tagawa and Toda 1981): layers by the longest way, order and height by the
mean of the neighbours, room kept in the columns that a link only passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from planned.cli.picture.boxes import Box, Link

FACTS, CARD, GUTTER, GAP, WAY = 290, 320, 96, 20, 18
"""Widths of a column of facts and of rules, between columns; between boxes; the height that a passing link takes."""
MARGIN, TITLE = 28, 46
"""Around the picture; above a section, for its name."""


@dataclass(slots=True)
class Placed:
    """A box in its place."""

    box: Box
    x: float
    y: float
    width: float


@dataclass(slots=True)
class Route:
    """For each gutter that a link crosses where it enters and leaves it. `around`: it leads back, at that height."""

    link: Link
    points: list[tuple[float, float]]
    around: float | None = None


@dataclass(slots=True)
class Section:
    """A course, or courses that lead into each other."""

    names: list[str]
    y: float
    boxes: list[Placed] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    sections: list[Section]
    width: float
    height: float


def layout(boxes: Sequence[Box], links: Sequence[Link]) -> Layout:
    """All boxes placed, section below section; the same input gives the same picture."""
    sections, y, width = [], float(MARGIN), 0.0
    for names in _sections(boxes, links):
        inside = [box for box in boxes if box.section in names]
        placing = _Placing(inside, [link for link in links if link.source.section in names], y + TITLE)
        sections.append(Section(names, y, list(placing.placed.values()), placing.routes()))
        width = max(width, *(one.x + one.width for one in placing.placed.values()))
        y = placing.bottom + GAP * 2
    return Layout(sections, width + MARGIN * 2, y)


def _sections(boxes: Sequence[Box], links: Sequence[Link]) -> list[list[str]]:
    """Courses, those together that a link joins, in the order in which they come."""
    groups = {name: [name] for name in dict.fromkeys(box.section for box in boxes)}
    for link in links:
        one, other = groups[link.source.section], groups[link.target.section]
        if one is not other:
            one += other
            groups.update(dict.fromkeys(other, one))
    return list({id(group): group for group in groups.values()}.values())


def layers(boxes: Sequence[Box], links: Sequence[Link]) -> dict[str, int]:
    """A box's column: facts 0, a rule one after the last that leads to it. In a circle the first rule comes first."""
    before: dict[str, set[str]] = {box.id: set() for box in boxes}
    for link in links:
        if link.source is not link.target:
            before[link.target.id].add(link.source.id)
    found = {box.id: 0 for box in boxes if box.rule is None}
    rest = [box.id for box in boxes if box.rule is not None]
    while rest:
        ready = next((one for one in rest if before[one] <= found.keys()), rest[0])
        found[ready] = 1 + max((found[one] for one in before[ready] if one in found), default=0)
        rest.remove(ready)
    return found


@dataclass(slots=True)
class _Slot:
    """Room in a column: for a box, or for a link that passes."""

    height: float
    y: float = 0
    box: Box | None = None


class _Placing:
    """One section: `placed` by box, and the links' ways."""

    def __init__(self, boxes: Sequence[Box], links: Sequence[Link], top: float) -> None:
        self.top = top
        self.links = links
        self.layer = layers(boxes, links)
        self.slots = {box.id: _Slot(box.height, box=box) for box in boxes}
        self.columns: list[list[_Slot]] = [[] for _ in range(1 + max(self.layer.values(), default=0))]
        self.ways: dict[int, list[_Slot]] = {}
        for number, link in enumerate(links):
            first, last = self.layer[link.source.id], self.layer[link.target.id]
            self.ways[number] = [_Slot(WAY) for _ in range(first + 1, last)]
            for column, slot in enumerate(self.ways[number], first + 1):
                self.columns[column].append(slot)
        for box in boxes:
            self.columns[self.layer[box.id]].append(self.slots[box.id])
        self._place(boxes)
        backs = sum(self._back(link) for link in links)
        self.bottom = max((slot.y + slot.height for slot in self._all()), default=top) + WAY * backs
        self.placed = {box.id: self._placed(box) for box in boxes}

    def _all(self) -> list[_Slot]:
        return [slot for column in self.columns for slot in column]

    def _back(self, link: Link) -> bool:
        return self.layer[link.target.id] <= self.layer[link.source.id]

    def _place(self, boxes: Sequence[Box]) -> None:
        """The first column of rules as the facts come, what follows beside what leads to it, the facts last."""
        order = {box.id: number for number, box in enumerate(boxes)}
        group: dict[int, int] = {}  # of a slot of the first column, the fact that leads there
        for number, link in enumerate(self.links):
            if link.source.rule is None:
                first = (self.ways[number] or [self.slots[link.target.id]])[0]
                group.setdefault(id(first), order[link.source.id])
        if len(self.columns) > 1:
            column = sorted(self.columns[1], key=lambda slot: (group.get(id(slot), len(order)), slot.box is None))
            self._stack(column, {})
        for column in self.columns[2:]:
            self._stack(column, self._wishes(forward=True))
        self._stack(self.columns[0], self._wishes(forward=False))

    def _wishes(self, *, forward: bool) -> dict[int, float]:
        """For each slot the mean height of those beside it: of those before it, or of those after it."""
        found: dict[int, list[float]] = {}
        for number, link in enumerate(self.links):
            if self._back(link):
                continue
            chain = [self.slots[link.source.id], *self.ways[number], self.slots[link.target.id]]
            ports = [float(link.start), *(WAY / 2 for _ in self.ways[number]), float(link.end)]
            for place in range(len(chain) - 1):
                one, other = (place, place + 1) if forward else (place + 1, place)
                wish = chain[one].y + ports[one] - ports[other]
                found.setdefault(id(chain[other]), []).append(wish)
        return {slot: sum(wishes) / len(wishes) for slot, wishes in found.items()}

    def _stack(self, column: list[_Slot], wishes: dict[int, float]) -> None:
        """One below the other, none higher than it would like to be."""
        if wishes:
            column.sort(key=lambda slot: wishes.get(id(slot), 0))
        y = self.top
        for slot in column:
            slot.y = max(y, wishes.get(id(slot), y))
            y = slot.y + slot.height + (GAP if slot.box is not None else 0)

    def _placed(self, box: Box) -> Placed:
        layer = self.layer[box.id]
        return Placed(box, _left(layer), self.slots[box.id].y, _width(layer))

    def routes(self) -> list[Route]:
        found, lane = [], self.bottom
        for number, link in enumerate(self.links):
            source, target = self.placed[link.source.id], self.placed[link.target.id]
            points = [(source.x + source.width, source.y + link.start)]
            for column, slot in enumerate(self.ways[number], self.layer[link.source.id] + 1):
                points += [(_left(column), slot.y + WAY / 2), (_left(column) + _width(column), slot.y + WAY / 2)]
            points.append((target.x, target.y + link.end))
            around = None
            if self._back(link):
                around, lane = lane, lane - WAY
            found.append(Route(link, points, around))
        return found


def _left(layer: int) -> float:
    return MARGIN if layer == 0 else MARGIN + FACTS + GUTTER + (layer - 1) * (CARD + GUTTER)


def _width(layer: int) -> float:
    return CARD if layer else FACTS
