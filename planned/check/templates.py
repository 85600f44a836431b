"""Texts of messages, checked before they are ever compiled: names, filters, and what the sandbox allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final

from jinja2 import Template, TemplateSyntaxError, nodes

from planned.check import everyday
from planned.check import template_problems as say
from planned.check.nearest import nearest
from planned.check.template_names import ANYTHING, LOOP, NUMBER, TEXT, Shape, TemplateNames
from planned.check.template_places import (
    PERCENT_NAMES,
    Places,
    misspelt_percents,
    percents,
    read_tokens,
    syntax_problem,
)
from planned.check.template_problems import TemplateProblem
from planned.check.template_sandbox import CONSTANT_LIMIT, FILTERS, SOURCE_LIMIT, TESTS, Sandbox
from planned.diagnostics import Message

__all__ = [
    "RefusedError",
    "Sandbox",
    "TemplateNames",
    "TemplateProblem",
    "check_template",
    "compile_template",
    "from_percent",
]


PROBLEMS_LIMIT: Final = 20


class RefusedError(Exception):
    """A text that must not be compiled; `problem` says why. For the engine only: authors get the problem as a value."""

    def __init__(self, problem: TemplateProblem) -> None:
        super().__init__(problem.text("en"))
        self.problem = problem


def from_percent(text: str) -> str:
    """The text with `%userfirstname%` and its like as Jinja expressions; any other `%` stays. Idempotent."""
    pieces: list[str] = []
    done = 0
    for start, end, replacement in percents(text):
        pieces += (text[done:start], replacement)
        done = end
    return "".join((*pieces, text[done:]))


@lru_cache(maxsize=1)
def _parser() -> Sandbox:
    return Sandbox()


def check_template(source: str, names: TemplateNames) -> list[TemplateProblem]:
    """All mistakes of one text, as written by its author (`%…%` or braces), in the order of the text."""
    found = _problems(source, names)
    problems = list(found) if isinstance(found, tuple) else []
    if "%" in source and len(source) <= SOURCE_LIMIT:
        places = Places(source, source)
        for start, name, meant in islice(misspelt_percents(source), PROBLEMS_LIMIT):
            replacement = f"%{meant}%"
            problems.append(
                places.problem_at(say.UNKNOWN_PERCENT, start, len(name) + 2, replacement, name=name, nearest=meant)
            )
    return sorted((*problems, *_placeholders(source, names, problems)), key=_place)


def _placeholders(source: str, names: TemplateNames, told: list[TemplateProblem]) -> Iterator[TemplateProblem]:
    """What other programs would fill in, and this one sends as it stands."""
    if len(source) > SOURCE_LIMIT or not ("{" in source or "[" in source or "%" in source):
        return
    places = Places(source, source)
    known = {_place(problem) for problem in told}
    for start, name, meant in islice(
        everyday.placeholders(source, frozenset(names.leaves()), frozenset(PERCENT_NAMES)), PROBLEMS_LIMIT
    ):
        problem = places.problem_at(say.PLACEHOLDER, start, len(name), "{{ " + meant + " }}", name=name, meant=meant)
        if _place(problem) not in known:
            yield problem


def _place(problem: TemplateProblem) -> tuple[int, int]:
    return problem.line, problem.column


def compile_template(env: Sandbox, source: str) -> Template:
    """The text, ready to be rendered by `env`. Raises RefusedError for what `check_template` calls an error."""
    found = _problems(source, TemplateNames(activities=None, learners=True))
    if isinstance(found, tuple):
        raise RefusedError(found[0])
    return env.from_string(found)


class _EnoughError(Exception):
    """Twenty mistakes in one text are told; the rest would only cost time."""


def _problems(source: str, names: TemplateNames) -> nodes.Template | tuple[TemplateProblem, ...]:
    """The tree of a text without mistakes, else its mistakes."""
    if len(source) > SOURCE_LIMIT:  # before anything else looks at it
        return (TemplateProblem(message=say.TOO_LONG, args={"limit": SOURCE_LIMIT // 1024}),)
    source = source.replace("\r\n", "\n")
    places = Places(source, from_percent(source))
    if spaced := tuple(_spaced(source)):
        return spaced
    tree = _read(places)
    if isinstance(tree, TemplateProblem):
        return (tree,)
    walk = _Walk(places, names)
    with suppress(_EnoughError):
        walk.body(tree.body, names.roots())
    return tuple(sorted(walk.problems, key=_place)) or tree


def _spaced(source: str) -> Iterator[TemplateProblem]:
    """`{{ first name }}`, which cannot even be read."""
    places = Places(source, source)
    for start, name, meant in islice(everyday.spaced_names(source), PROBLEMS_LIMIT):
        yield places.problem_at(say.UNKNOWN_NAME_NEAR, start, len(name), meant, name=name, nearest=meant)


def _read(places: Places) -> nodes.Template | TemplateProblem:
    """The tree, not compiled. Limits come first: the parser recurses."""
    env = _parser()
    if problem := read_tokens(env, places):
        return problem
    try:
        return env.parse(places.converted)
    except TemplateSyntaxError as error:
        return syntax_problem(places, error)


_TAGS: Mapping[type[nodes.Node], str] = {
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.With: "with",
    nodes.Scope: "autoescape",
}

_SIGNS: Mapping[type[nodes.Node], str] = {
    nodes.Mul: "*",
    nodes.Pow: "**",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Call: "(",
    nodes.Dict: "{",
    nodes.Slice: ":",
}

Scope = Mapping[str, Shape]


@dataclass(slots=True)
class _Walk:
    """Goes once through the tree; whatever it does not know is refused."""

    places: Places
    names: TemplateNames
    problems: list[TemplateProblem] = field(default_factory=list)

    def body(self, body: list[nodes.Node], scope: Scope) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for child in node.nodes:
                        self.output(child, scope)
                case nodes.If():
                    self.branch(node, scope)
                case nodes.For():
                    self.loop(node, scope)
                case _:
                    self.banned(node)

    def output(self, node: nodes.Expr, scope: Scope) -> None:
        if isinstance(node, nodes.TemplateData):
            return
        before = len(self.problems)
        shape = self.shape(node, scope)
        if shape.kind == "record" and len(self.problems) == before:
            path = _path(node)
            example = f"{path}.{next(iter(shape.fields or {'…': TEXT}))}"
            start = self.places.find(path.split(".")[0], node.lineno)
            self.add(say.NOT_TEXT, start, len(path), name=path, example=example)

    def branch(self, node: nodes.If, scope: Scope) -> None:
        self.shape(node.test, scope)
        self.body(node.body, scope)
        for other in node.elif_:
            self.branch(other, scope)
        self.body(node.else_, scope)

    def loop(self, node: nodes.For, scope: Scope) -> None:
        if node.recursive:
            self.add(say.BANNED, self.places.find("recursive", node.lineno), len("recursive"), what="`recursive`")
            return
        if not isinstance(node.target, nodes.Name):
            self.add(say.BANNED, self.places.line_start(node.lineno), 2, what="`,`")
            return
        before = len(self.problems)
        shape = self.shape(node.iter, scope)
        if shape.kind != "list":
            if len(self.problems) == before:
                path = _path(node.iter)
                start = self.places.find(path.rpartition(".")[2], node.iter.lineno)
                self.add(say.NOT_A_LIST, start, len(path.rpartition(".")[2]), name=path)
            shape = Shape("list", item=ANYTHING)
        inner = {**scope, node.target.name: shape.item or ANYTHING, "loop": LOOP}
        if node.test is not None:
            self.shape(node.test, {name: known for name, known in inner.items() if name != "loop"})
        self.body(node.body, inner)
        self.body(node.else_, scope)

    def shape(self, node: nodes.Node, scope: Scope) -> Shape:
        """What an expression gives; its mistakes are noted on the way."""
        match node:
            case nodes.Const():
                return self.constant(node)
            case nodes.Name():
                return self.root(node, scope)
            case nodes.Getattr():
                if self.everyday_path(node, scope):
                    return ANYTHING
                return self.attribute(node, self.shape(node.node, scope), node.attr)
            case nodes.Getitem():
                return self.item(node, scope)
            case nodes.Filter():
                return self.filter(node, scope)
            case nodes.Test():
                return self.test(node, scope)
            case nodes.CondExpr():
                parts = [self.shape(part, scope) for part in (node.test, node.expr1, node.expr2) if part is not None]
                return parts[1]
            case nodes.And() | nodes.Or():
                self.shape(node.left, scope)
                return self.shape(node.right, scope)
            case nodes.Not() | nodes.Neg() | nodes.Pos():
                self.shape(node.node, scope)
                return TEXT if isinstance(node, nodes.Not) else NUMBER
            case nodes.Add() | nodes.Sub():
                self.shape(node.left, scope)
                self.shape(node.right, scope)
                return NUMBER
            case nodes.Compare():
                self.shape(node.expr, scope)
                for operand in node.ops:
                    self.shape(operand.expr, scope)
                return TEXT
            case nodes.Concat():
                for part in node.nodes:
                    self.shape(part, scope)
                return TEXT
            case nodes.List() | nodes.Tuple():
                for part in node.items:
                    self.shape(part, scope)
                return Shape("list", item=TEXT)
            case _:
                self.banned(node)
                return ANYTHING

    def constant(self, node: nodes.Const) -> Shape:
        value = node.value
        if isinstance(value, str) and len(value) > CONSTANT_LIMIT:
            self.add(say.BANNED, self.places.find(value, node.lineno), 1, what=f"`{value[:10]}…`")
        elif isinstance(value, (int, float)) and not -(10**9) <= value <= 10**9:
            self.add(say.BANNED, self.places.line_start(node.lineno), 2, what="`10…`")
        return TEXT if isinstance(value, str) else NUMBER

    def root(self, node: nodes.Name, scope: Scope) -> Shape:
        if node.name in scope:
            return scope[node.name]
        start = self.places.find(node.name, node.lineno)
        leaves = [leaf for leaf in self.names.leaves() if leaf.partition(".")[0] != "activity"]
        meant = everyday.meant_root(node.name, scope, leaves)
        message = say.UNKNOWN_NAME_NEAR if meant else say.UNKNOWN_NAME
        self.add(message, start, len(node.name), meant, name=node.name, nearest=meant, known=", ".join(scope))
        return ANYTHING

    def everyday_path(self, node: nodes.Getattr, scope: Scope) -> bool:
        """Whether it was told of `apprenant.prénom`."""
        path = _path(node)
        if not isinstance(node.node, nodes.Name) or node.node.name in scope:
            return False
        meant = everyday.meant_path(node.node.name, node.attr)
        start = self.places.find(node.node.name, node.lineno) if meant else 0
        if meant is None or not self.places.converted.startswith(path, start):
            return False
        self.add(say.UNKNOWN_NAME_NEAR, start, len(path), meant, name=path, nearest=meant)
        return True

    def attribute(self, node: nodes.Getattr | nodes.Getitem, owner: Shape, name: str) -> Shape:
        if owner.kind == "any":
            return ANYTHING
        if owner.kind == "record":
            if owner.fields is None and not name.startswith("__"):
                return owner.item or ANYTHING
            if owner.fields and name in owner.fields:
                return owner.fields[name]
        before = "." if isinstance(node, nodes.Getattr) else "["
        start = self.places.find(name, node.lineno, before)
        path = _path(node.node)
        meant = everyday.meant_field(path, name) or nearest(name, owner.fields or ())
        if owner.kind != "record":
            self.add(say.NO_ATTRIBUTES, start, len(name), owner=path, name=name)
        elif meant:
            full = f"{path}.{meant}" if meant.isidentifier() else f'{path}["{meant}"]'
            self.add(say.UNKNOWN_ATTRIBUTE_NEAR, start, len(name), meant, owner=path, name=name, nearest=full)
        elif path == "activity" and not owner.fields:
            self.add(say.NO_ACTIVITY, start, len(name), name=name)
        else:
            known = ", ".join(owner.fields or ()) or "–"
            self.add(say.UNKNOWN_ATTRIBUTE, start, len(name), owner=path, name=name, known=known)
        return ANYTHING

    def item(self, node: nodes.Getitem, scope: Scope) -> Shape:
        owner = self.shape(node.node, scope)
        key = node.arg.value if isinstance(node.arg, nodes.Const) else None
        if isinstance(key, str):
            return self.attribute(node, owner, key)
        if isinstance(key, int) and owner.kind == "list":
            return owner.item or ANYTHING
        self.add(say.BANNED, self.places.find("[", node.lineno), 1, what="`[`")
        return ANYTHING

    def filter(self, node: nodes.Filter, scope: Scope) -> Shape:
        given = self.shape(node.node, scope) if node.node is not None else ANYTHING
        if node.name not in FILTERS:
            meant = nearest(node.name, FILTERS)
            message = say.UNKNOWN_FILTER_NEAR if meant else say.UNKNOWN_FILTER
            start = self.places.find(node.name, node.lineno, "|")
            known = ", ".join(FILTERS)
            self.add(message, start, len(node.name), meant, name=node.name, nearest=meant, known=known)
            return ANYTHING
        self.arguments(node, scope)
        match node.name:
            case "sort" | "unique":
                return Shape("list", item=TEXT)
            case "first" | "last":
                return given.item or TEXT
            case "length" | "count" | "round":
                return NUMBER
            case "default":
                return given
            case _:
                return TEXT

    def test(self, node: nodes.Test, scope: Scope) -> Shape:
        self.shape(node.node, scope)
        if node.name not in TESTS:
            start = self.places.find(node.name, node.lineno)
            self.add(say.UNKNOWN_TEST, start, len(node.name), name=node.name, known=", ".join(TESTS))
        self.arguments(node, scope)
        return TEXT

    def arguments(self, node: nodes.Filter | nodes.Test, scope: Scope) -> None:
        for argument in (*node.args, *(pair.value for pair in node.kwargs)):
            self.shape(argument, scope)
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self.add(say.BANNED, self.places.line_start(node.lineno), 2, what="`*`")

    def banned(self, node: nodes.Node) -> None:
        tag = _TAGS.get(type(node))
        word = tag or _SIGNS.get(type(node))
        line = node.lineno or 1  # some nodes have none
        start = self.places.find(word, line) if word else self.places.line_start(line)
        what = f"{{% {tag} %}}" if tag else f"`{word or type(node).__name__}`"
        self.add(say.BANNED, start, len(word or "{{"), what=what)

    def add(self, message: Message, start: int, length: int, replacement: str | None = None, **args: object) -> None:
        self.problems.append(self.places.problem(message, start, length, replacement, **args))
        if len(self.problems) >= PROBLEMS_LIMIT:
            raise _EnoughError


def _path(node: nodes.Node) -> str:
    """How an author would name an expression."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{_path(node.node)}.{node.attr}"
        case nodes.Getitem():
            key = node.arg.value if isinstance(node.arg, nodes.Const) else "…"
            return f'{_path(node.node)}["{key}"]'
        case nodes.Filter():
            return f"{_path(node.node) if node.node is not None else ''}|{node.name}"
        case nodes.Const():
            return f'"{node.value}"'
        case _:
            return "…"
