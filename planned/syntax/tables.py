"""The parser's tables as a JSON text, so that no start of a program has to work them out from the grammar.

Both sides are plain data: what Lark's own serialisation gives and takes back. In the text all is in an order that
depends on the grammar alone, so that the same grammar makes the same text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

Data = dict[str, Any]
"""What Lark serialises: dicts by field, with the class in `__type__`, or `@` and a number for one in the memo."""

UNBOUNDED = 65535
"""In place of the largest width that a regular expression can have, which differs between versions of Python."""


def key(*made_from: object) -> str:
    """What tells the tables of one grammar, set of options and version of Lark from those of another."""
    return sha256(repr(made_from).encode()).hexdigest()


def pack(data: Data, memo: Mapping[int, Data], made_from: str) -> str:
    """The text of the tables that Lark serialised; one entry stands on a line."""
    parser, table = data["parser"], data["parser"]["parser"]
    rules = sorted((n for n, one in memo.items() if one["__type__"] == "Rule"), key=lambda n: _line(memo[n]))
    actions = _actions(table, {rule: -1 - place for place, rule in enumerate(rules)})
    number = _numbers(actions, table["start_states"].values())
    symbols = sorted({_line(one) for n in rules for one in (memo[n]["origin"], *memo[n]["expansion"])})
    options = sorted({_line(memo[n]["options"]) for n in rules})
    tokens = sorted(table["tokens"].values())
    return _text(
        {
            "made_from": made_from,
            "options": data["options"],
            "lexer": {**parser["lexer_conf"], "terminals": None},
            "parser": {**parser["parser_conf"], "rules": None},
            "start_states": {name: number[state] for name, state in table["start_states"].items()},
            "end_states": {name: number[state] for name, state in table["end_states"].items()},
            "tokens": tokens,
        },
        {
            "terminals": sorted(_line(_terminal(one)) for one in memo.values() if one["__type__"] == "TerminalDef"),
            "symbols": symbols,
            "rule_options": options,
            "rules": (_line(_rule(memo[rule], symbols, options)) for rule in rules),
            "states": (
                _line([[tokens.index(token), arg if arg < 0 else number[arg]] for token, arg in actions[state].items()])
                for state in number
            ),
        },
    )


def unpack(text: str, made_from: str) -> Data | None:
    """What Lark loads; None if the text was made from something else, or is empty."""
    stored = json.loads(text or "{}")
    if stored.get("made_from") != made_from:
        return None
    terminals, symbols, options = stored["terminals"], stored["symbols"], stored["rule_options"]
    rules = [
        {
            "origin": symbols[origin],
            "expansion": [symbols[one] for one in expansion],
            "order": order,
            "alias": alias,
            "options": options[chosen],
            "__type__": "Rule",
        }
        for origin, expansion, order, alias, chosen in stored["rules"]
    ]
    of_terminals = [{"@": n} for n in range(len(terminals))]
    of_rules = [{"@": len(terminals) + n} for n in range(len(rules))]
    reduce = [(1, rule) for rule in of_rules]
    states = [{token: reduce[-1 - arg] if arg < 0 else (0, arg) for token, arg in row} for row in stored["states"]]
    parser = {
        "lexer_conf": {**stored["lexer"], "terminals": of_terminals},
        "parser_conf": {**stored["parser"], "rules": of_rules},
        "parser": {
            "tokens": stored["tokens"],
            "states": dict(enumerate(states)),
            "start_states": stored["start_states"],
            "end_states": stored["end_states"],
        },
    }
    data = {"parser": parser, "rules": of_rules, "options": stored["options"]}
    return {"data": data, "memo": dict(enumerate([*terminals, *rules]))}


def _terminal(terminal: Data) -> Data:
    pattern = {**terminal["pattern"], "raw": None}
    if "_width" in pattern:
        pattern["_width"] = [min(width, UNBOUNDED) for width in pattern["_width"]]
    return {**terminal, "pattern": pattern}


def _rule(rule: Data, symbols: list[str], options: list[str]) -> list[object]:
    origin, *expansion = (symbols.index(_line(one)) for one in (rule["origin"], *rule["expansion"]))
    return [origin, expansion, rule["order"], rule["alias"], options.index(_line(rule["options"]))]


def _actions(table: Data, rules: Mapping[int, int]) -> dict[int, dict[str, int]]:
    """State → token → the state to go to or, as a negative number, the rule to reduce by."""
    return {
        state: dict(sorted((table["tokens"][token], rules[arg["@"]] if kind else arg) for token, (kind, arg) in row))
        for state, row in ((state, row.items()) for state, row in table["states"].items())
    }


def _numbers(actions: Mapping[int, Mapping[str, int]], starts: Iterable[int]) -> dict[int, int]:
    """The states in the order in which the sorted tokens lead to them, with their place in it."""
    number = {start: n for n, start in enumerate(starts)}
    waiting = list(number)
    for state in waiting:
        for arg in actions[state].values():
            if arg >= 0 and arg not in number:
                number[arg] = len(number)
                waiting.append(arg)
    return number


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _text(singles: Mapping[str, object], lists: Mapping[str, Iterable[str]]) -> str:
    entries = [f'"{name}":{_line(value)}' for name, value in singles.items()]
    entries += [f'"{name}":[\n' + ",\n".join(lines) + "\n]" for name, lines in lists.items()]
    return "{\n" + ",\n".join(entries) + "\n}\n"
