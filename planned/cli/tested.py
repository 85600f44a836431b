"""The results of scenarios on their way to the screen: as text, or as JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from planned.check.scope import PlacedScenario, Survey
from planned.check.subject import LINE_END
from planned.cli.formats.json_list import as_json
from planned.cli.terminal import Look, plain, system_language, wants_color, width
from planned.diagnostics import Diagnostic, Language, Severity
from planned.engine.scenario.coverage import Coverage
from planned.engine.scenario.example import examples
from planned.engine.scenario.play import Played, Stage
from planned.runtime.files import WRONG_PATHS, LoadedRules
from planned.syntax.to_text import print_node

GREEN, RED, RESET = "\x1b[32m", "\x1b[1;31m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Timed:
    """A scenario that was played, and how many seconds that took."""

    played: Played
    seconds: float


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file; `not_run` has titles."""

    path: str
    language: Language
    played: tuple[Timed, ...]
    errors: tuple[Diagnostic, ...]
    not_run: tuple[str, ...]

    @property
    def failed(self) -> tuple[Played, ...]:
        return tuple(one.played for one in self.played if not one.played.holds)


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of all. `shown`: the errors of the files, and warnings about what stands in a scenario."""

    loaded: LoadedRules
    survey: Survey
    shown: tuple[Diagnostic, ...]
    played: tuple[Timed, ...]
    not_run: tuple[PlacedScenario, ...]
    coverage: Coverage

    @property
    def scenarios(self) -> int:
        return len(self.played) + len(self.not_run)

    @property
    def failed(self) -> int:
        return sum(not one.played.holds for one in self.played)

    @property
    def language(self) -> Language:
        return self.loaded.files[0].language if self.loaded.files else system_language()

    def languages(self) -> Mapping[str, Language]:
        return {file.path: file.language for file in (*self.loaded.files, *self.loaded.imports.values())}

    def look(self, *, color: bool) -> Look:
        return Look({path: LINE_END.split(text) for path, text in self.loaded.sources.items()}, color=color)

    def by_file(self) -> Iterator[FileResult]:
        """The files with scenarios or errors, in the order in which they were read."""
        played: dict[str, list[Timed]] = {}
        for one in self.played:
            played.setdefault(one.played.scenario.file.path, []).append(one)
        errors: dict[str, list[Diagnostic]] = {}
        for diagnostic in self.shown:
            if diagnostic.severity is Severity.ERROR and diagnostic.name not in WRONG_PATHS:
                errors.setdefault(diagnostic.span.file, []).append(diagnostic)
        not_run: dict[str, list[str]] = {}
        for scenario in self.not_run:
            not_run.setdefault(scenario.file.path, []).append(scenario.node.title.text)
        languages = self.languages()
        for path in dict.fromkeys((*languages, *errors)):
            if path in played or path in errors or path in not_run:
                yield FileResult(
                    path,
                    languages.get(path, self.language),
                    tuple(played.get(path, ())),
                    tuple(errors.get(path, ())),
                    tuple(not_run.get(path, ())),
                )


# --- text -------------------------------------------------------------------------------------------


def print_text(tested: Tested, language: Language | None, *, gaps: bool, minimum: int | None) -> None:
    """A line for each file, failures in full, and a last line that says how many hold."""
    color = wants_color(sys.stdout)
    look = tested.look(color=color)
    languages = tested.languages()
    main = language or tested.language
    for one in tested.shown:
        said = language or languages.get(one.span.file, main)
        if one.name in WRONG_PATHS:
            print(f"planned: {plain(one.text(said))}", file=sys.stderr)
        else:
            print(look.full(one, said) + "\n")
    files = list(tested.by_file())
    column = max((width(file.path) for file in files), default=0)
    for file in files:
        said = language or file.language
        print(f"{plain(file.path)}{' ' * (column - width(file.path))}  {_painted(_line(file, said), file, color)}")
        for played in file.failed:
            print(f"\n{_heading(played.scenario, said)}")
            print("\n\n".join(look.full(each, said) for each in played.found))
    if tested.scenarios:
        print(f"\n{_summary(tested, main)}")
    if gaps:
        _print_gaps(tested, look, language)
    if gaps or minimum is not None:
        print(_covered(tested.coverage, minimum, main))


def no_scenarios(stage: Stage, today: date, language: Language) -> str:
    """What is said where there are no scenarios: one for a rule of the author's own, to paste below it."""
    fr = language == "fr"
    found = list(examples(stage, today))
    if not found:
        return "Il n'y a pas encore de scénario." if fr else "There are no scenarios yet."
    path = plain(found[0].file.path)
    head = (
        f"Il n'y a pas encore de scénario. En voici pour commencer, à coller à la fin de {path}\u00a0:"
        if fr
        else f"There are no scenarios yet. To begin with, paste this at the end of {path}:"
    )
    return "\n\n".join([head, *(print_node(one.node, one.file.language) for one in found)])


def _line(file: FileResult, language: Language) -> str:
    fr = language == "fr"
    if file.errors:
        return "erreurs\u00a0: rien n'a été joué" if fr else "errors: nothing was played"
    if file.not_run:
        return "un fichier dont il dépend a des erreurs" if fr else "a file that it needs has errors"
    number, failed = len(file.played), len(file.failed)
    if not failed:
        return _count(number, language)
    if fr:
        return f"{failed} sur {_count(number, language)} en échec"
    return f"{failed} of {_count(number, language)} {'fails' if failed == 1 else 'fail'}"


def _painted(line: str, file: FileResult, color: bool) -> str:
    if not color:
        return line
    return f"{RED if file.failed or file.errors or file.not_run else GREEN}{line}{RESET}"


def _summary(tested: Tested, language: Language) -> str:
    fr = language == "fr"
    number, failed, not_run = len(tested.played), tested.failed, len(tested.not_run)
    held = number - failed
    if fr:
        said = [f"{_count(held, language)} {'tient' if held < 2 else 'tiennent'}"]
        said += [f"{failed} {'échoue' if failed < 2 else 'échouent'}"] if failed else []
        said += [f"{not_run} {'non joué' if not_run < 2 else 'non joués'}"] if not_run else []
    else:
        said = [f"{_count(held, language)} {'holds' if held == 1 else 'hold'}"]
        said += [f"{failed} {'fails' if failed == 1 else 'fail'}"] if failed else []
        said += [f"{not_run} not run"] if not_run else []
    return ", ".join(said) + "."


def _print_gaps(tested: Tested, look: Look, language: Language | None) -> None:
    languages = tested.languages()
    for gap in tested.coverage.gaps:
        print(look.concise(gap, language or languages.get(gap.span.file, tested.language)))


def _covered(coverage: Coverage, minimum: int | None, language: Language) -> str:
    tried, total, percent = coverage.tried, coverage.total, coverage.percent
    if not total:
        return "Aucune règle n'a pu être essayée." if language == "fr" else "No rule could be tried."
    if language == "fr":
        said = (
            f"Les scénarios essaient {percent}\u00a0% des règles, des messages et des conditions ({tried} sur {total})."
        )
        short = f" C'est moins que les {minimum}\u00a0% demandés."
    else:
        said = f"The scenarios try {percent}% of the rules, messages and conditions ({tried} of {total})."
        short = f" That is less than the {minimum}% asked for."
    return said + (short if minimum is not None and percent < minimum else "")


def _heading(scenario: PlacedScenario, language: Language) -> str:
    title = plain(scenario.node.title.text)
    return f"Scénario «\u00a0{title}\u00a0»\u00a0:" if language == "fr" else f"Scenario “{title}”:"


def _count(number: int, language: Language) -> str:
    """`1 scenario`, `0 scenarios`, `0 scénario`."""
    if language == "fr":
        return f"{number} scénario{'s' if number > 1 else ''}"
    return f"{number} scenario{'' if number == 1 else 's'}"


# --- JSON -------------------------------------------------------------------------------------------


def to_json(tested: Tested, language: Language | None) -> str:
    """One object: the scenarios, what is wrong with the files, and the coverage."""
    languages = tested.languages()

    def said(one: Diagnostic) -> dict[str, object]:
        return as_json(one, language or languages.get(one.span.file, tested.language))

    def scenario(node: PlacedScenario, outcome: str, found: tuple[Diagnostic, ...]) -> dict[str, object]:
        where = {"file": node.file.path, "line": node.node.span.line, "course": node.course}
        return {"title": node.node.title.text, **where, "outcome": outcome, "misses": [said(one) for one in found]}

    scenarios = [
        scenario(one.played.scenario, "passed" if one.played.holds else "failed", one.played.found)
        for one in tested.played
    ]
    scenarios += [scenario(one, "not-run", ()) for one in tested.not_run]
    covered = tested.coverage
    gaps = [said(one) for one in covered.gaps]
    result = {
        "scenarios": scenarios,
        "diagnostics": [said(one) for one in tested.shown],
        "coverage": {"percent": covered.percent, "tried": covered.tried, "total": covered.total, "gaps": gaps},
    }
    return json.dumps(result, ensure_ascii=False, indent=2)
