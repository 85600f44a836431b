"""Events a second through the core with few and with many rules, against looking (kind, activity) up in a dict."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from statistics import median

from planned.api import compile_rules
from planned.check.graph import Graph
from planned.engine.decode import decode_object
from planned.engine.event import Event
from planned.engine.plan import prepare
from planned.engine.simulate import simulate
from tests.bench import campus
from tests.bench.measure import Figure, Size, cpu

RULES: dict[Size, tuple[int, ...]] = {"full": (10, 1_000, 10_000), "quick": (10, 1_000), "tiny": (10, 100)}
EVENTS: dict[Size, int] = {"full": 100_000, "quick": 20_000, "tiny": 2_000}
TIMES: dict[Size, int] = {"full": 5, "quick": 3, "tiny": 1}
AIM = 1.2
COURSE = 0
NEAR = 10


def run(size: Size) -> Iterator[Figure]:
    graphs = {number: _graph(number) for number in RULES[size]}
    log = _log(EVENTS[size])
    seconds: dict[int, list[float]] = {number: [] for number in graphs}
    lookups: list[float] = []
    for _ in range(TIMES[size]):
        for number, graph in graphs.items():
            seconds[number].append(_through_core(graph, log))
        lookups.append(_looked_up(graphs[RULES[size][-1]], log))
    medians = {number: median(all_) for number, all_ in seconds.items()}
    bare = median(lookups)
    rates = ", ".join(f"{len(log) / one:,.0f}/s with {number:,} rules" for number, one in medians.items())
    slowest, fastest = max(medians.values()), min(medians.values())
    noise = max((max(all_) - min(all_)) / median(all_) for all_ in seconds.values())
    yield Figure("core, few rules and many", slowest / fastest, AIM, f"{rates}; spread {noise:.0%}")
    says = f"{len(log):,} events: {medians[RULES[size][-1]]:.2f} s; a dict look-up for each {bare:.3f} s"
    yield Figure("core against a bare dict", medians[RULES[size][-1]] / bare, None, says)


def _graph(number: int) -> Graph:
    """So many rules of one course: ten on activities of the events, the others on activities that nobody does."""
    far = (
        f"rule far{place}\n  after completion of Far{place}\n  wait 3 days at 09:00\n  unless Far{place + 1} complete\n"
        f'  send "Hello {{{{ user.firstname }}}}."\n'
        for place in range(number - NEAR)
    )
    compiled = compile_rules(campus.rules(COURSE, NEAR) + "\n" + "\n".join(far))
    assert compiled.ok, compiled.texts()[:3]
    assert len(compiled.graph.rules) == number
    return compiled.graph


def _log(number: int) -> Sequence[Event]:
    found = [decode_object(one, "") for one in campus.events(number, 1, number // 20)]
    return [one for one in found if isinstance(one, Event)]


def _through_core(graph: Graph, log: Sequence[Event]) -> float:
    gc.collect()
    gc.freeze()
    start = cpu()
    decided = sum(1 for _ in simulate(graph, log))
    spent = cpu() - start
    gc.unfreeze()
    assert decided
    return spent


def _looked_up(graph: Graph, log: Sequence[Event]) -> float:
    watched = dict(prepare(graph).course(f"C{COURSE:03}").watch)
    found = 0
    start = cpu()
    for event in log:
        if (event.kind, event.fields.get("activity", "")) in watched:
            found += 1
    spent = cpu() - start
    assert found
    return spent
