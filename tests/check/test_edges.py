"""What follows what, and its pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planned.check.edges import Edge, NodeKind, edges
from planned.cli.graph import dot, mermaid
from planned.cli.main import main
from tests.check.reading import file, files

CHAIN = """
    language en
    course A
    rule a after completion of Q wait 3 days at 09:00 if in group G unless L complete send "x"
      notify tutor "y" repeat every 7 days up to 2 times
    rule b after completion of a wait up to 7 days for sending of c send "x"
    rule c after completion of Q send "x"
"""


def named(found: tuple[Edge, ...]) -> list[tuple[str, str]]:
    def name(edge_end: object) -> str:
        return re.sub(r"^A/(?!Atom)", "", str(edge_end))

    return [(name(edge.source.id), name(edge.target.id)) for edge in found if edge.source.kind is not NodeKind.FACT]


def test_nodes_and_edges_within_a_rule_and_across() -> None:
    assert named(edges(file(CHAIN).graph())) == [
        ("a:trigger", "a:1:wait"),
        ("a:1:wait", "a:1:guard:1"),
        ("a:1:guard:1", "a:1:guard:2"),
        ("a:1:guard:2", "a:1:send"),
        ("a:1:send", "a:1:notify:1"),
        ("a:1:send", "a:1:repeat"),
        ("a:1:repeat", "a:complete"),
        ("b:trigger", "b:1:wait"),
        ("b:1:wait", "b:1:send"),
        ("b:1:send", "b:complete"),
        ("a:complete", "b:trigger"),
        ("c:1:send", "b:1:wait"),
        ("c:trigger", "c:1:send"),
        ("c:1:send", "c:complete"),
    ]


def test_one_fact_is_one_node_in_a_course() -> None:
    found = edges(file(CHAIN).graph())
    starts = [edge for edge in found if edge.source.kind is NodeKind.FACT]
    assert len({edge.source.id for edge in starts}) == 1
    assert [edge.target.rule.name for edge in starts if edge.target.rule] == ["a", "c"]


def test_one_fact_in_two_languages_is_one_node() -> None:
    read = files(
        a='language en course A rule a after completion of Q send "x"',
        b='language fr course A rule b after completion of Q send "x"',
    )
    facts = {edge.source.id for edge in edges(read.graph()) if edge.source.kind is NodeKind.FACT}
    assert len(facts) == 1


def test_a_circle_is_marked_and_what_leads_into_it_is_not() -> None:
    read = file(
        """
        course A
        rule a after enrolment send "x"
        rule b after completion of a or completion of c send "x"
        rule c after completion of b send "x"
        """
    )
    assert [(edge.source.id, edge.target.id) for edge in edges(read.graph()) if edge.in_cycle] == [
        ("A/c:complete", "A/b:trigger"),
        ("A/b:complete", "A/c:trigger"),
    ]


def test_chains_stay_in_their_course() -> None:
    read = file(
        """
        every course rule all after enrolment send "x"
        course A rule a after completion of all send "x"
        course B rule b after completion of a send "x"
        """
    )
    assert [(edge.source.id, edge.target.id) for edge in edges(read.graph()) if edge.chain] == [
        ("*/all:complete", "A/a:trigger")
    ]


HOSTILE = 'course A rule "a ]] & <b>" after event "x\\"]; click" send "he said \\"no\\" <script> `x` #35; \\\\"'


def test_no_name_escapes_a_mermaid_label() -> None:
    for line in mermaid(file(HOSTILE).graph()).splitlines():
        label = re.fullmatch(r'[^"]*"(?P<text>[^"]*)"[^"]*', line)
        if label is None:
            assert '"' not in line
            continue
        assert not re.search(r"[<>`\\]|#(?!\d+;)|&", label["text"]), line


def test_no_name_escapes_a_dot_string() -> None:
    for line in dot(file(HOSTILE).graph()).splitlines():
        outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert '"' not in outside
        assert "script" not in outside
    assert "&lt;" not in dot(file(HOSTILE).graph())


def test_labels_are_short_and_in_the_language_of_the_file() -> None:
    text = """
        langue fr
        cours A
        activité Q "Quiz" est "cm9"
        règle r 3 jours avant l'échéance de Q à 9h sauf si Q est remise
          envoyer "Bonjour à toutes et à tous, et bienvenue à chacun !"
          avertir formateur "ok"
    """
    picture = mermaid(file(text).graph())
    for label in (
        "3 jours avant l'échéance de Q à 9h",
        "sauf si Q est remise",
        "avertir formateur : « ok »",
        "oui",
    ):
        assert label in picture
    labels = re.findall(r'"([^"]*)"', picture)
    assert max(len(re.sub(r"#\d+;", "x", label)) for label in labels) <= 40


@pytest.mark.parametrize("form", ["mermaid", "dot"])
def test_the_command_draws_and_marks_circles(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    path = tmp_path / "a.rules"
    path.write_text('course A rule a after sending of b send "x" rule b after sending of a send "x"')
    assert main(["graph", str(path), "--format", form]) == 1
    shown = capsys.readouterr().out
    assert ("stroke:#c00" if form == "mermaid" else "color=red") in shown


def test_what_cannot_be_drawn_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.rules"
    path.write_text("course A rule a after enrolment send nothing")
    assert main(["graph", str(path)]) == 1
    assert "unknown-name" in capsys.readouterr().out
