"""`planned graph --format svg`: everything is drawn, nothing lies over anything else, and it is one safe file."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planned.check.build import build
from planned.check.edges import NodeKind, edges
from planned.check.graph import Graph
from planned.cli.labels import label_of
from planned.cli.main import main
from planned.cli.picture.boxes import Box, Line, Link, boxes_and_links
from planned.cli.picture.layout import Layout, layers, layout
from planned.cli.picture.svg import svg
from planned.runtime.files import load_rules
from tests.check.reading import file

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
CHAIN = """
    language en
    course A "Basics"
    activity Q "Quiz 1"
    rule a after completion of Q wait 3 days at 09:00 if in group G unless Q passed send "x"
      notify tutor "y" repeat every 7 days up to 2 times
    rule b draft after completion of a wait up to 7 days for sending of c send "x"
    rule c after failing Q or enrolment send "x"
    rule d after completion of b and submission of Q send "x"
"""
CIRCLE = """
    course A
    rule a after enrolment send "x"
    rule b after completion of a or completion of c send "x"
    rule c after completion of b send "x"
"""


def texts(picture: str) -> list[str]:
    return [str(one.text) for one in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_every_line_of_every_rule_is_written() -> None:
    graph = file(CHAIN).graph()
    said = texts(svg(graph, "en"))
    nodes = {node.id: node for edge in edges(graph) for node in (edge.source, edge.target)}
    finished = {"A/a", "A/b"}  # only what another rule waits for is worth a line
    for node in nodes.values():
        if node.kind is not NodeKind.COMPLETE:
            assert label_of(node) in said, node.id
    assert said.count("complete") == len(finished)
    assert {"A – Basics", "Quiz 1", "a", "b", "c", "d", "draft"} <= set(said)


def test_a_rule_is_read_from_above() -> None:
    boxes, _ = boxes_and_links(file(CHAIN).graph().rules, edges(file(CHAIN).graph()))
    a = next(box for box in boxes if box.id == "A/a")
    kinds = [line.kind for line in sorted(a.lines, key=lambda line: line.y)]
    assert kinds == [
        NodeKind.TRIGGER,
        NodeKind.WAIT,
        NodeKind.GUARD,
        NodeKind.GUARD,
        NodeKind.SEND,
        NodeKind.NOTIFY,
        NodeKind.REPEAT,
        NodeKind.COMPLETE,
    ]


def test_facts_of_one_activity_share_a_box_and_others_have_their_own() -> None:
    graph = file(CHAIN).graph()
    boxes, _ = boxes_and_links(graph.rules, edges(graph))
    facts = {box.head: [line.text for line in box.lines] for box in boxes if box.rule is None}
    assert facts == {"Quiz 1": ["completion of Q", "failing Q", "submission of Q"], "": ["enrolment"]}


def test_what_follows_stands_to_the_right() -> None:
    graph = file(CHAIN).graph()
    found = layers(*boxes_and_links(graph.rules, edges(graph)))
    assert {name.removeprefix("A/"): layer for name, layer in found.items() if layer} == {
        "a": 1,
        "c": 1,
        "b": 2,
        "d": 3,
    }


def test_circles_are_marked_and_nothing_else_is() -> None:
    picture = svg(file(CIRCLE).graph(), "en")
    assert texts(picture).count("circle") == 2
    assert len(re.findall(r'class="link circle"', picture)) == 3  # two links and the line that explains them
    assert "rules start each other in a circle" in texts(picture)
    assert "circle" not in texts(svg(file(CHAIN).graph(), "en"))
    assert texts(svg(file(CIRCLE).graph(), "fr")).count("boucle") == 2


def test_texts_cannot_break_out() -> None:
    picture = svg(file('course A rule "</text><script>&\\"" after event "<b>&amp;\uffff" send "x"').graph(), "en")
    assert '</text><script>&"' in texts(picture)
    assert not list(ElementTree.fromstring(picture).iter(f"{SVG}script"))
    assert 'event "<b>&amp;�"' in " ".join(texts(picture))


def test_it_is_one_file_with_nothing_to_fetch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "a.rules"
    rules.write_text('langue fr\ncours C\nrègle r après l\'inscription envoyer "x"\n', encoding="utf-8")
    assert main(["graph", str(rules), "--format", "svg"]) == 0
    out = capsys.readouterr().out
    ElementTree.fromstring(out)
    assert not re.search(r"href|url\(|@import|<script|\son\w+=", out)
    assert 'lang="fr"' in out
    assert "une règle en déclenche une autre" in out
    assert main(["graph", str(rules), "--format", "svg", "--lang", "en"]) == 0
    assert "a rule starts another" in capsys.readouterr().out


def test_a_file_without_rules_is_an_empty_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "a.rules"
    rules.write_text("language en\ncourse C\n", encoding="utf-8")
    assert main(["graph", str(rules), "--format", "svg"]) == 0
    assert len(texts(capsys.readouterr().out)) == 2  # what the lines would mean


# --- the layout --------------------------------------------------------------------------------------


def check(placed: Layout, links: list[Link]) -> None:
    """No box on another, all within the picture, links from border to border and through no box."""
    boxes = [box for section in placed.sections for box in section.boxes]
    for place, one in enumerate(boxes):
        assert min(one.x, one.y) >= 0
        assert one.x + one.width <= placed.width
        assert one.y + one.box.height <= placed.height
        for other in boxes[place + 1 :]:
            apart_across = one.x + one.width <= other.x or other.x + other.width <= one.x
            apart_below = one.y + one.box.height <= other.y or other.y + other.box.height <= one.y
            assert apart_across or apart_below, (one.box.id, other.box.id)
    by_id = {one.box.id: one for one in boxes}
    routes = [route for section in placed.sections for route in section.routes]
    assert len(routes) == len(links)
    for route in routes:
        source, target = by_id[route.link.source.id], by_id[route.link.target.id]
        assert route.points[0] == (source.x + source.width, source.y + route.link.start)
        assert route.points[-1] == (target.x, target.y + route.link.end)
        for (x, y), (to_x, to_y) in list(zip(route.points, route.points[1:], strict=False))[1::2]:
            assert y == to_y
            assert not [b for b in boxes if b.y < y < b.y + b.box.height and b.x < to_x and x < b.x + b.width]
        if route.around is not None:
            assert route.around <= placed.height
            assert all(one.y + one.box.height < route.around for one in boxes if one.box.section == source.box.section)
            assert target.x <= source.x


def test_the_examples_lie_well() -> None:
    graph = graph_of(ROOT / "rules")
    boxes, links = boxes_and_links(graph.rules, edges(graph))
    assert len(boxes) > 25
    check(layout(boxes, links), links)


def graph_of(path: Path) -> Graph:
    loaded = load_rules([path])
    return build(loaded.files, loaded.imports, sources=loaded.sources)[0]


RULE = file('course A rule a after enrolment send "x"').graph().rules[0]


@st.composite
def pictures(draw: st.DrawFn) -> tuple[list[Box], list[Link]]:
    """Any boxes with any links between them, circles and several courses among them."""
    count = draw(st.integers(1, 9))
    boxes = []
    for number in range(count):
        lines = draw(st.integers(1, 5))
        rows = tuple(Line(f"{number}:{place}", NodeKind.SEND, "x", 40 + 22 * place) for place in range(lines))
        fact = number and draw(st.booleans())
        section = draw(st.sampled_from("AB"))
        boxes.append(Box(f"box{number}", section, "head", rows, 60 + 22 * lines, None if fact else RULE))
    links = []
    rules = [box for box in boxes if box.rule is not None]
    for _ in range(draw(st.integers(0, 14))):
        source, target = draw(st.sampled_from(boxes)), draw(st.sampled_from(rules))
        links.append(
            Link(
                source,
                target,
                draw(st.sampled_from(source.lines)).y,
                draw(st.sampled_from(target.lines)).y,
                True,
                False,
            )
        )
    return boxes, links


@given(pictures())
def test_any_picture_lies_well(picture: tuple[list[Box], list[Link]]) -> None:
    boxes, links = picture
    placed = layout(boxes, links)
    assert {one.box.id for section in placed.sections for one in section.boxes} == {box.id for box in boxes}
    check(placed, links)
