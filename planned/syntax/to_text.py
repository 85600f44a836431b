"""The canonical text of any node: one layout, one spelling, in either language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import assert_never, cast

from planned.diagnostics import Language
from planned.syntax import ast
from planned.syntax.to_blocks import Block, blank_lines, blocks
from planned.syntax.to_phrases import Phrases
from planned.syntax.to_scenarios import scenario_lines

WIDTH = 100


def print_file(file: ast.File, language: Language | None = None) -> str:
    """A whole file with its comments, in the keywords of `language` (the file's own by default).

    A `language` declaration is printed as it stands: who rewrites a file into another language replaces it.
    """
    phrases = _phrases(language or file.language)
    found, rest = blocks(file)
    texts = _aligned(phrases, found, [_texts(phrases, block) for block in found])
    written: list[str] = []
    for i, (block, lines) in enumerate(zip(found, texts, strict=True)):
        if i and not any(block.blanks) and _apart(found[i - 1].statement, block.statement, texts[i - 1], lines):
            block.blanks[0] = True
        _write(written, block, lines)
    last = found[-1].last_line if found else None
    for blank, comment in zip(blank_lines(last, rest), rest, strict=True):
        written += [*([""] if blank else []), comment.text.rstrip()]
    return "".join(f"{text}\n" for text in written)


def print_node(node: ast.Node, language: Language) -> str:
    """One node by itself: a statement, a clause, a fact or condition, a word."""
    phrases = _phrases(language)
    if isinstance(node, _STATEMENTS):
        return "\n  ".join(_statement(phrases, node))
    if isinstance(node, ast.File):
        return print_file(node, language)
    for kinds, write in _CLAUSES:
        if isinstance(node, kinds):
            return write(phrases, node)
    return phrases.guard_expr(cast(ast.Expr, node))


@cache
def _phrases(language: Language) -> Phrases:
    return Phrases(language)


# --- layout ---------------------------------------------------------------------------------------------

_GROUPS: tuple[tuple[type[ast.Node], ...], ...] = (
    (ast.LanguageDecl, ast.Import, ast.Timezone),
    (ast.Course, ast.EveryCourse),
    (ast.Activity, ast.Group, ast.DateDecl),
    (ast.Template,),
    (ast.Contact, ast.Topic),
    (ast.QuietHours, ast.QuietWeekdays, ast.QuietHolidays, ast.QuietDates, ast.Limit, ast.Lateness, ast.StopAll),
    (ast.Rule,),
    (ast.Scenario,),
)


_ALIGNED = (ast.Activity, ast.Group, ast.Contact, ast.Topic)


def _apart(before: ast.Statement, after: ast.Statement, above: list[str], below: list[str]) -> bool:
    """Whether a blank line belongs between two statements."""
    if any(isinstance(before, group) and isinstance(after, group) for group in _GROUPS):
        return len(above) > 1 or len(below) > 1 or "\n" in above[0] or "\n" in below[0]
    return True


def _texts(p: Phrases, block: Block) -> list[str]:
    """The lines of a statement; of a rule without a name one line, if it is short and no comment stands in it."""
    lines = _statement(p, block.statement)
    if isinstance(block.statement, ast.Rule) and block.statement.name is None:
        line = " ".join(lines)
        if len(line) <= WIDTH and "\n" not in line and not any(block.above[1:]) and not any(block.beside[:-1]):
            block.above, block.beside = block.above[:1], block.beside[-1:]
            return [line]
    return lines


def _aligned(p: Phrases, found: Sequence[Block], texts: list[list[str]]) -> list[list[str]]:
    """What follows the names of declarations of a kind, one below the other, begins in the same column."""
    run: list[int] = []
    for i, block in enumerate(found):
        plain = isinstance(block.statement, _ALIGNED) and "\n" not in texts[i][0]
        if run and not (plain and type(block.statement) is type(found[i - 1].statement) and not any(block.blanks)):
            _align(p, [(found[k].statement, texts[k]) for k in run])
            run = []
        if plain:
            run.append(i)
    _align(p, [(found[k].statement, texts[k]) for k in run])
    return texts


def _align(p: Phrases, run: Sequence[tuple[ast.Statement, list[str]]]) -> None:
    heads = [len(_head(p, statement)) for statement, _ in run if isinstance(statement, _ALIGNED)]
    for head, (_, lines) in zip(heads, run, strict=True):
        lines[0] = f"{lines[0][:head].ljust(max(heads))}{lines[0][head:]}".rstrip()


def _write(written: list[str], block: Block, lines: list[str]) -> None:
    """A statement with its comments and blank lines; all but its first line are indented."""
    blanks = iter(block.blanks)
    for k, line in enumerate(lines):
        indent = "  " if k else ""
        for comment in block.above[k] if block.above else ():
            written += [*([""] if not k and next(blanks) else []), indent + comment.text.rstrip()]
        if not k and next(blanks):
            written.append("")
        beside = block.beside[k] if block.beside else None
        written.append(f"{indent}{line}" if beside is None else f"{indent}{line}  {beside.text.rstrip()}")
    written += [f"  {comment.text.rstrip()}" for comment in block.below]


# --- statements -----------------------------------------------------------------------------------------


def _statement(p: Phrases, node: ast.Statement) -> list[str]:
    """Its lines, none of them indented."""
    match node:
        case ast.Rule():
            return [*([] if node.name is None else [_header(p, node)]), *_clauses(p, node)]
        case ast.Scenario():
            return scenario_lines(p, node)
        case _:
            return [_declaration(p, node)]


def _head(p: Phrases, node: ast.Activity | ast.Group | ast.Contact | ast.Topic) -> str:
    """The beginning of a declaration, up to its name."""
    terminal = {ast.Activity: "ACTIVITY", ast.Group: "GROUP", ast.Contact: "CONTACT", ast.Topic: "TOPIC"}[type(node)]
    return f"{p.phrase(terminal)} {p.name(node.name)}"


def _given(phrases: Phrases, text: ast.Text | None) -> str:
    return "" if text is None else f" {phrases.text(text)}"


def _declaration(p: Phrases, node: ast.Statement) -> str:
    match node:
        case ast.LanguageDecl(language=language):
            return f"{p.phrase('LANGUAGE')} {language}"
        case ast.Import(path=path):
            return f"{p.phrase('IMPORT')} {p.text(path)}"
        case ast.Timezone(zone=zone, for_all=for_all):
            return f"{p.phrase('TIMEZONE')} {zone}" + (f" {p.phrase('FOR_ALL')}" if for_all else "")
        case ast.Course(id=name, title=title):
            return f"{p.phrase('COURSE')} {p.name(name)}{_given(p, title)}"
        case ast.EveryCourse():
            return p.phrase("EVERY_COURSE")
        case ast.Activity(title=title, source_id=source_id):
            source = "" if source_id is None else f" {p.phrase('IS')} {p.text(source_id)}"
            return f"{_head(p, node)}{_given(p, title)}{source}"
        case ast.Group(source_id=source_id):
            return f"{_head(p, node)} {p.phrase('IS')} {p.text(source_id)}"
        case ast.DateDecl():
            group = "" if node.group is None else f" {p.phrase('FOR_GROUP')} {p.name(node.group)}"
            start = f"{p.phrase('DATE')} {p.name(node.name)}{_given(p, node.title)}"
            return f"{start} {p.day(node.day)}{p.at(node.at)}{group}"
        case ast.Template():
            return f"{p.phrase('TEMPLATE')} {node.name.text}{_given(p, node.subject)} {p.text(node.text)}"
        case ast.Contact(display=text) | ast.Topic(title=text):
            return f"{_head(p, node)} {p.text(text)}"
        case ast.StopAll(condition=condition):
            return p.elided(p.phrase("STOP_ALL"), p.guard_expr(condition))
        case ast.Limit(number=number, per=per):
            return f"{p.phrase('LIMIT')} {number} {p.form('LIMIT_PER', per, int(number == 1))}"
        case ast.Lateness(duration=duration):
            return f"{p.phrase('LATENESS')} {p.duration(duration)}"
        case ast.QuietHours() | ast.QuietWeekdays() | ast.QuietHolidays() | ast.QuietDates():
            return f"{p.phrase('QUIET')} {_quiet(p, node)}"
        case ast.Rule() | ast.Scenario():
            return "\n  ".join(_statement(p, node))
        case _:
            assert_never(node)


def _quiet(p: Phrases, node: ast.QuietHours | ast.QuietWeekdays | ast.QuietHolidays | ast.QuietDates) -> str:
    match node:
        case ast.QuietHours(start=start, end=end):
            return f"{'de' if p.french else 'from'} {p.time(start)} {p.phrase('TO')} {p.time(end)}"
        case ast.QuietWeekdays(days=days):
            return f"{p.phrase('ON')} {p.weekdays(days)}"
        case ast.QuietHolidays(region=region):
            return f"{p.phrase('HOLIDAYS')} {region}"
        case ast.QuietDates(first=first, last=last):
            return f"{'du' if p.french else 'from'} {p.day(first)} {'au' if p.french else 'to'} {p.day(last)}"
        case _:
            assert_never(node)


# --- rules ----------------------------------------------------------------------------------------------


def _header(p: Phrases, rule: ast.Rule) -> str:
    assert rule.name is not None
    words = [p.phrase("RULE"), p.name(rule.name)]
    if rule.was is not None:
        words += [p.phrase("WAS"), p.name(rule.was)]
    if rule.title is not None:
        words.append(p.text(rule.title))
    if rule.topic is not None:
        words.append(p.of("ABOUT", rule.topic))
    if rule.mode is not None:
        words.append(p.phrase("MODE", rule.mode))
    first, last = rule.first_day, rule.last_day
    if first is not None:
        start = ("du" if last is not None else "à partir du") if p.french else p.phrase("FROM")
        words.append(f"{start} {p.day(first)}")
    if last is not None:
        end = ("au" if first is not None else "jusqu'au") if p.french else p.phrase("UNTIL")
        words.append(f"{end} {p.day(last)}")
    return " ".join(words)


def _clauses(p: Phrases, rule: ast.Rule) -> Iterator[str]:
    yield _trigger(p, rule.trigger)
    for i, step in enumerate(rule.steps):
        then = f"{p.phrase('THEN')} " if i else ""
        for clause in _step(p, step):
            yield then + clause
            then = ""
    if rule.stop_once is not None:
        yield p.elided(p.phrase("STOP"), p.guard_expr(rule.stop_once))
    if rule.complete_when is not None:
        yield p.phrase("COMPLETE_WHEN", rule.complete_when)
    if isinstance(rule.again, ast.AgainAfter):
        yield _again(p, rule.again)
    elif rule.again is not None:
        yield p.phrase("AGAIN_EACH_TIME")
    if rule.expires_after is not None:
        yield f"{p.phrase('EXPIRES')} {p.duration(rule.expires_after)}"
    if rule.even_when_unenrolled:
        yield p.phrase("EVEN_UNENROLLED")


def _again(p: Phrases, again: ast.AgainAfter) -> str:
    return f"{p.phrase('AGAIN_AFTER')} {p.duration(again.duration)}"


def _trigger(p: Phrases, trigger: ast.Trigger) -> str:
    match trigger:
        case ast.After(what=what):
            return f"{p.phrase('AFTER')} {p.trigger_expr(what)}"
        case ast.EveryWeekday(days=days, at=at):
            whole = days == tuple(ast.Weekday)
            named = p.unit(ast.Unit.DAY, 1) if whole else p.weekdays(days)
            return f"{p.phrase('EVERY')} {named}{p.at(at)}{_bounds(p, trigger)}"
        case ast.EveryPeriod(number=number, unit=unit, at=at):
            every = p.form("EVERY", "", 2 if unit is ast.Unit.WEEK else 1) if p.french else p.phrase("EVERY")
            plural = p.unit(unit, 2 if p.french else 1)
            counted = plural if number == 1 else f"{number} {p.unit(unit, number)}"
            return f"{every} {counted}{p.at(at)}{_bounds(p, trigger)}"
        case ast.OnDay(day=day, at=at):
            return f"{p.phrase('ON')} {p.day(day)}{p.at(at)}"
        case ast.BeforeDate(lead=None, date=date, at=at):
            return p.elided(p.phrase("ON_DAY_OF"), p.date(date)) + p.at(at)
        case ast.BeforeDate(lead=lead, date=date, at=at):
            assert lead is not None
            return f"{p.duration(lead)} {p.phrase('BEFORE')} {p.date(date)}{p.at(at)}"
        case _:
            assert_never(trigger)


def _bounds(p: Phrases, trigger: ast.EveryWeekday | ast.EveryPeriod) -> str:
    since = "" if trigger.since is None else " " + p.elided(p.phrase("FROM"), p.fact(trigger.since))
    until = "" if trigger.until is None else " " + p.elided(p.phrase("UNTIL"), p.fact(trigger.until))
    return since + until


def _step(p: Phrases, step: ast.Step) -> Iterator[str]:
    if step.wait is not None:
        yield _wait(p, step.wait)
    for guard in step.guards:
        yield _guard(p, guard)
    yield _send(p, step.send)
    for notice in step.notices:
        yield _notify(p, notice)
    if step.repeat is not None:
        yield _repeat(p, step.repeat)


def _wait(p: Phrases, wait: ast.Wait) -> str:
    start = p.phrase("WAIT")
    match wait:
        case ast.WaitFor(duration=duration, at=at, at_least=at_least):
            least = f" {p.phrase('AT_LEAST')}" if at_least else ""
            return f"{start}{least} {p.duration(duration)}{p.at(at)}"
        case ast.WaitUntil(day=ast.Day() as day, at=at):
            until = "jusqu'au" if p.french else p.phrase("UNTIL")
            return f"{start} {until} {p.day(day)}{p.at(at)}"
        case ast.WaitUntil(day=weekday, at=at):
            assert isinstance(weekday, ast.Weekday)
            return f"{start} {p.phrase('UNTIL')} {p.phrase('WEEKDAY', weekday.value)}{p.at(at)}"
        case ast.WaitUpTo(duration=duration, fact=fact):
            return f"{start} {p.phrase('UP_TO')} {p.duration(duration)} {p.phrase('FOR')} {p.fact(fact)}"
        case _:
            assert_never(wait)


def _guard(p: Phrases, guard: ast.Guard) -> str:
    return f"{p.phrase('IF' if guard.kind == 'if' else 'UNLESS')} {p.guard_expr(guard.condition)}"


def _message(p: Phrases, message: ast.MessageRef) -> str:
    return p.text(message, "    ") if isinstance(message, ast.Text) else message.text


def _send(p: Phrases, send: ast.Send) -> str:
    words = [p.phrase("SEND"), ", ".join(_message(p, message) for message in send.messages)]
    if send.subject is not None:
        words += [p.phrase("SUBJECT"), p.text(send.subject, "    ")]
    if send.to is not None:
        words.append(p.who_after(p.phrase("TO"), send.to))
    if send.sender is not None:
        words.append(p.who_after(p.phrase("SENDER"), send.sender))
    if send.via is not None:
        words += [p.phrase("VIA"), send.via.text]
    if send.urgent:
        words.append(p.phrase("URGENT"))
    return " ".join(words)


def _notify(p: Phrases, notice: ast.Notify) -> str:
    words = [p.phrase("NOTIFY"), p.who_with_article(notice.who)]
    if notice.daily_at is not None:
        words += [p.phrase("DAILY_AT"), p.time(notice.daily_at)]
    words.append(_message(p, notice.message))
    if notice.subject is not None:
        words += [p.phrase("SUBJECT"), p.text(notice.subject, "    ")]
    if notice.via is not None:
        words += [p.phrase("VIA"), notice.via.text]
    return " ".join(words)


def _repeat(p: Phrases, repeat: ast.Repeat) -> str:
    start = p.form("REPEAT", "", int(p.feminine(repeat.every))) if p.french else p.phrase("REPEAT")
    times = "" if repeat.up_to is None else f" {p.phrase('UP_TO')} {p.times(repeat.up_to)}"
    return f"{start} {p.duration(repeat.every)}{p.at(repeat.at)}{times}"


def _step_line(p: Phrases, step: ast.Step) -> str:
    return " ".join(_step(p, step))


_STATEMENTS = (
    ast.LanguageDecl,
    ast.Import,
    ast.Timezone,
    ast.Course,
    ast.EveryCourse,
    ast.Activity,
    ast.Group,
    ast.DateDecl,
    ast.Template,
    ast.Contact,
    ast.Topic,
    ast.QuietHours,
    ast.QuietWeekdays,
    ast.QuietHolidays,
    ast.QuietDates,
    ast.Limit,
    ast.Lateness,
    ast.StopAll,
    ast.Rule,
    ast.Scenario,
)
_Kinds = type[ast.Node] | tuple[type[ast.Node], ...]
_CLAUSES: tuple[tuple[_Kinds, Callable[[Phrases, object], str]], ...] = cast(
    "tuple[tuple[_Kinds, Callable[[Phrases, object], str]], ...]",
    (
        (ast.Guard, _guard),
        ((ast.After, ast.EveryWeekday, ast.EveryPeriod, ast.OnDay, ast.BeforeDate), _trigger),
        ((ast.WaitFor, ast.WaitUntil, ast.WaitUpTo), _wait),
        (ast.Send, _send),
        (ast.Notify, _notify),
        (ast.Repeat, _repeat),
        (ast.Step, _step_line),
        (ast.AgainAfter, _again),
        (ast.Name, Phrases.name),
        (ast.Text, Phrases.text),
        (ast.Duration, Phrases.duration),
        (ast.TimeOfDay, Phrases.time),
        (ast.Day, Phrases.day),
        (ast.Who, Phrases.who),
        ((ast.Deadline, ast.CourseDate, ast.DeclaredDate), Phrases.date),
    ),
)
