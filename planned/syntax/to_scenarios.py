"""How scenarios are written (section 6)."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from planned.syntax import ast
from planned.syntax.to_phrases import Phrases


def scenario_lines(p: Phrases, node: ast.Scenario) -> list[str]:
    """The lines of a scenario, its title first."""
    lines = (given(p, line) if isinstance(line, ast.Given) else expect(p, line) for line in node.lines)
    return [f"{p.phrase('SCENARIO')} {p.text(node.title)}", *lines]


def given(p: Phrases, node: ast.Given) -> str:
    when = f"{p.phrase('ON')} {p.day(node.day)}{p.at(node.at)}"
    if node.person is None:
        subject = p.elided(p.phrase("GIVEN"), p.date(cast(ast.DateRef, node.args[0])))
    else:
        subject = p.of("GIVEN", node.person)
    return f"{subject} {_verb(p, node)} {when}"


def _verb(p: Phrases, node: ast.Given) -> str:
    args = node.args
    match node.verb:
        case "date":
            day, at = cast(ast.Day, args[1]), cast("ast.TimeOfDay | None", args[2] if len(args) > 2 else None)
            return f"{p.phrase('IS')} {'le ' if p.french else ''}{p.day(day)}{p.at(at)}"
        case "enrolled":
            role = f" {p.phrase('AS')} {p.text(cast(ast.Text, args[0]))}" if args else ""
            return p.inflected(node, "VERB_ENROLLED", "enrolled") + role
        case "visits":
            return p.phrase("VISITS")
        case "scores":
            number, activity = cast(Decimal, args[0]), cast(ast.Name, args[1])
            return f"{p.phrase('SCORES')} {p.number(number)} {p.elided(p.phrase('ON_ACTIVITY'), p.ref(activity))}"
        case "has":
            return f"{p.phrase('HAS')} {args[0]} {p.text(cast(ast.Text, args[1]))}"
        case "timezone":
            return f"{p.phrase('IS_IN_TIMEZONE')} {args[0]}"
        case "event":
            return f"{p.phrase('GIVEN_EVENT')} {p.text(cast(ast.Text, args[0]))}"
        case verb if args:
            return p.of("VERB_NAME", cast(ast.Name, args[0]), verb)
        case verb:
            return p.inflected(node, "VERB", verb)


def expect(p: Phrases, node: ast.Expect) -> str:
    rule = "" if node.rule is None else f" {p.name(node.rule)}"
    to = f" {p.phrase('FOR_PERSON')} "
    match node.outcome:
        case "sent":
            line = f"{p.phrase('EXPECT')}{rule}{to}{_who(p, node)}"
        case "notice":
            line = f"{p.phrase('EXPECT_NOTICE')}{rule}{to}{_who(p, node)}"
        case "suppressed":
            line = f"{p.phrase('EXPECT')}{rule} {p.inflected(node, 'SUPPRESSED')} {_who(p, node)}"
        case "none":
            line = f"{p.phrase('EXPECT_NO')}{rule}{to}{_who(p, node)}"
        case "no-message":
            line = f"{p.phrase('EXPECT_NO_MESSAGE')} {_who(p, node)}"
        case "nothing-else":
            line = p.phrase("EXPECT_NOTHING_ELSE")
    return line if node.day is None else f"{line} {p.phrase('ON')} {p.day(node.day)}{p.at(node.at)}"


def _who(p: Phrases, node: ast.Expect) -> str:
    if isinstance(node.who, ast.Who):
        return p.who_with_article(node.who)
    return "" if node.who is None else p.name(node.who)
