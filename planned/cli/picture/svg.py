"""The rules of a deployment as one SVG file with nothing to fetch, for a browser, a page or a printer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from planned.check.edges import NodeKind, edges
from planned.check.graph import Graph
from planned.cli.picture.boxes import Line, boxes_and_links
from planned.cli.picture.layout import GUTTER, MARGIN, Layout, Placed, Route, Section, layout
from planned.cli.terminal import plain, width
from planned.diagnostics import Language

INDENT, LETTER, HEAD_LETTER = 30, 6.6, 7.6
"""From a box's edge to its text; the width of a letter, on the safe side."""

STYLE = """
svg { font: 12.5px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
text { fill: #1d2126; } .quiet, .fact .kind { fill: #595f67; }
.paper { fill: #fcfbf8; } .card { fill: #fff; stroke: #a8a59b; } .fact .card { fill: #f1efe8; }
.course { font-size: 17px; font-weight: 600; } .head { font-weight: 600; font-size: 13.5px; }
.sign { fill: none; stroke: #595f67; stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }
.solid { fill: #1c6a3c; stroke: #1c6a3c; }
.link { fill: none; stroke: #8b8f94; stroke-width: 1.4; } .tip { fill: #8b8f94; }
.chain { stroke: #1b5583; stroke-width: 2.2; } .tip.chain { fill: #1b5583; stroke: none; }
.circle { stroke: #b0122c; stroke-width: 2.6; stroke-dasharray: 7 4; }
.tip.circle, text.circle { fill: #b0122c; stroke: none; }
text.circle { font-weight: 600; }
@media (prefers-color-scheme: dark) {
text { fill: #e8e6e1; } .quiet { fill: #a9afb7; }
.paper { fill: #16191c; } .card { fill: #22262a; stroke: #5c636b; } .fact .card { fill: #1b1e21; }
.sign { stroke: #a9afb7; } .solid { fill: #7fcf9b; stroke: #7fcf9b; }
.link { stroke: #7d848c; } .tip { fill: #7d848c; } .chain { stroke: #8dbde6; } .tip.chain { fill: #8dbde6; }
.circle { stroke: #ff909b; } .tip.circle, text.circle { fill: #ff909b; }
}
"""

SIGNS: Mapping[NodeKind, str] = {
    NodeKind.TRIGGER: '<path class="sign solid" d="M-4-5 5 0-4 5Z"/>',
    NodeKind.WAIT: '<circle class="sign" r="5.5"/><path class="sign" d="M0-3V0H2.5"/>',
    NodeKind.GUARD: '<path class="sign" d="M0-6 6 0 0 6-6 0Z"/>',
    NodeKind.SEND: '<path class="sign solid" d="M-6-4.5H6V4.5H-6Z"/><path class="card" d="M-6-4.5 0 .5 6-4.5Z"/>',
    NodeKind.NOTIFY: '<path class="sign" d="M-6-4.5H6V4.5H-6ZL0 .5 6-4.5"/>',
    NodeKind.REPEAT: '<path class="sign" d="M4.5-2.5A5 5 0 1 0 5 1M5-5.5V-2H1.5"/>',
    NodeKind.COMPLETE: '<path class="sign" d="M-5 0-1.5 4 5-4"/>',
    NodeKind.FACT: '<circle class="sign" r="2.5"/>',
}
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Rules and what starts them", "Les règles et ce qui les déclenche"),
    "every": ("Every course", "Chaque cours"),
    "circle": ("circle", "boucle"),
    "draft": ("draft", "brouillon"),
    "paused": ("paused", "en pause"),
    "fact": (
        "what happens starts a rule, or ends a wait",
        "ce qui arrive déclenche une règle, ou met fin à une attente",
    ),
    "chain": ("a rule starts another", "une règle en déclenche une autre"),
    "loop": ("rules start each other in a circle", "des règles se déclenchent en boucle"),
}


def svg(built: Graph, language: Language) -> str:
    """The picture; words of its own in `language`, labels in that of each rule's file."""
    boxes, links = boxes_and_links(built.rules, edges(built))
    return "\n".join(_Drawing(layout(boxes, links), built, language).lines()) + "\n"


class _Drawing:
    def __init__(self, placed: Layout, built: Graph, language: Language) -> None:
        self._layout = placed
        self._language = language
        self._titles = {rule.course or "": rule.context.course_title for rule in built.rules}
        self._circles = any(route.link.in_cycle for section in placed.sections for route in section.routes)

    def _word(self, name: str) -> str:
        return WORDS[name][self._language == "fr"]

    def lines(self) -> Iterator[str]:
        wide, high = max(self._layout.width, 620), self._layout.height + 24 * (2 + self._circles)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
            f'viewBox="0 0 {wide:.0f} {high:.0f}" lang="{self._language}">'
        )
        yield f"<title>{self._word('title')}</title>"
        yield f"<style>{STYLE}</style>"
        yield f'<rect class="paper" width="{wide:.0f}" height="{high:.0f}"/>'
        for section in self._layout.sections:
            yield self._text(MARGIN, section.y + 20, self._name(section), "course")
            for route in section.routes:
                yield from self._link(route)
            for placed in section.boxes:
                yield from self._box(placed)
        yield from self._legend(self._layout.height)
        yield "</svg>"

    def _name(self, section: Section) -> str:
        named = [f"{name} – {title}" if (title := self._titles.get(name)) else name for name in section.names if name]
        return ", ".join([*named, *([self._word("every")] if "" in section.names else [])])

    # --- boxes --------------------------------------------------------------------------------------

    def _box(self, placed: Placed) -> Iterator[str]:
        box = placed.box
        kind = "fact" if box.rule is None else "rule"
        yield f'<g class="{kind}" transform="translate({placed.x:.0f} {placed.y:.1f})">'
        yield f'<rect class="card" width="{placed.width:.0f}" height="{box.height}" rx="6"/>'
        if box.head:
            yield self._text(
                12, 20, box.head, "head", placed.width - 24 - (80 if self._mode(placed) else 0), HEAD_LETTER
            )
        if mode := self._mode(placed):
            yield self._text(placed.width - 12, 20, self._word(mode), "quiet end")
        for line in box.lines:
            yield from self._line(line, placed.width)
        yield "</g>"

    def _mode(self, placed: Placed) -> str:
        rule = placed.box.rule
        return rule.mode if rule is not None and rule.mode != "running" else ""

    def _line(self, line: Line, wide: float) -> Iterator[str]:
        inset = 14 if line.kind is NodeKind.NOTIFY else 0
        yield f'<g transform="translate({18 + inset} {line.y})">{SIGNS[line.kind]}</g>'
        yield self._text(INDENT + inset, line.y + 4.5, line.text, "", wide - INDENT - inset - 8)

    def _text(self, x: float, y: float, text: str, look: str, room: float = 0, letter: float = LETTER) -> str:
        """A line of text, squeezed where it might be wider than its room."""
        text = plain(text).replace("\ufffe", "�").replace("\uffff", "�")
        marks = f' class="{look}"' if look else ""
        marks += ' text-anchor="end"' if "end" in look.split() else ""
        if room and width(text) * letter > room:
            marks += f' textLength="{room:.0f}" lengthAdjust="spacingAndGlyphs"'
        return f'<text x="{x:.0f}" y="{y:.1f}"{marks}>{escape(text)}</text>'

    # --- links --------------------------------------------------------------------------------------

    def _link(self, route: Route) -> Iterator[str]:
        link = route.link
        look = " circle" if link.in_cycle else " chain" if link.chain else ""
        (x, y), far = route.points[0], route.points[-1]
        if route.around is not None:
            yield f'<path class="link{look}" d="{self._back(route, route.around)}"/>'
        else:
            parts = [f"M{x:.0f} {y:.1f}"]
            for place, (here, there) in enumerate(zip(route.points, route.points[1:], strict=False)):
                crossing = place % 2 == 0
                parts.append(_curve(here, there) if crossing else f"H{there[0]:.0f}")
            yield f'<path class="link{look}" d="{" ".join(parts)}"/>'
        yield f'<path class="tip{look}" d="M{far[0]:.0f} {far[1]:.1f}l-9-4.5v9Z"/>'
        if link.in_cycle:
            if route.around is None:
                beside = 17 if y < far[1] else -8  # where the curve does not come from
                yield self._text(far[0] - 12, far[1] + beside, self._word("circle"), "circle end")
            else:
                yield self._text(far[0], route.around - 5, self._word("circle"), "circle")

    def _back(self, route: Route, lane: float) -> str:
        """Out to the right, down below all boxes, back, and in from the left."""
        (x, y), (to_x, to_y) = route.points[0], route.points[-1]
        out, home, r = x + GUTTER / 3, to_x - GUTTER / 3, 8
        return (
            f"M{x:.0f} {y:.1f}H{out - r:.0f}q{r} 0 {r} {r}V{lane - r:.1f}q0 {r} -{r} {r}"
            f"H{home + r:.0f}q-{r} 0 -{r} -{r}V{to_y + r:.1f}q0 -{r} {r} -{r}H{to_x - 8:.0f}"
        )

    # --- what the lines mean --------------------------------------------------------------------------

    def _legend(self, y: float) -> Iterator[str]:
        looks = [("fact", ""), ("chain", " chain"), *([("loop", " circle")] if self._circles else [])]
        for place, (name, look) in enumerate(looks):
            middle = y + 24 * place
            yield f'<path class="link{look}" d="M{MARGIN} {middle:.1f}h40"/>'
            yield f'<path class="tip{look}" d="M{MARGIN + 48} {middle:.1f}l-9-4.5v9Z"/>'
            yield self._text(MARGIN + 60, middle + 4.5, self._word(name), "quiet")


def _curve(here: tuple[float, float], there: tuple[float, float]) -> str:
    middle = (here[0] + there[0]) / 2
    return f"C{middle:.0f} {here[1]:.1f} {middle:.0f} {there[1]:.1f} {there[0]:.0f} {there[1]:.1f}"
