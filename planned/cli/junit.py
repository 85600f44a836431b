"""The results of scenarios as JUnit XML, as Jenkins, GitLab and GitHub Actions read it."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from planned.cli.terminal import plain
from planned.cli.tested import FileResult, Tested, Timed
from planned.diagnostics import Diagnostic, Language


def as_junit(tested: Tested, language: Language | None) -> bytes:
    """One suite for each file and one case for each scenario; what is wrong with a file is a case with an error."""
    suites = [_suite(tested, one, language) for one in tested.by_file()]
    root = Xml.Element("testsuites", {"name": "planned test", **_totals(suites)})
    root.extend(suites)
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _suite(tested: Tested, file: FileResult, given: Language | None) -> Xml.Element:
    language = given or file.language
    cases = [_case(tested, one, file, language) for one in file.played]
    cases += [_error(one, file, language) for one in file.errors]
    cases += [_skipped(title, file) for title in file.not_run]
    seconds = sum(one.seconds for one in file.played)
    suite = Xml.Element("testsuite", {"name": plain(file.path), **_counts(cases), "time": f"{seconds:.3f}"})
    suite.extend(cases)
    return suite


def _case(tested: Tested, one: Timed, file: FileResult, language: Language) -> Xml.Element:
    node = one.played.scenario.node
    case = _element(file, node.title.text, node.span.line, one.seconds)
    if found := one.played.found:
        failure = Xml.SubElement(case, "failure", message=plain(found[0].text(language)), type=found[0].name)
        failure.text = "\n\n".join(tested.look(color=False).full(each, language) for each in found)
    return case


def _error(one: Diagnostic, file: FileResult, language: Language) -> Xml.Element:
    case = _element(file, one.name, one.span.line, 0)
    error = Xml.SubElement(case, "error", message=plain(one.text(language)), type=one.name)
    error.text = plain(f"{one.span.file}:{one.span.line}:{one.span.column}: {one.help(language)}")
    return case


def _skipped(title: str, file: FileResult) -> Xml.Element:
    case = _element(file, title, 0, 0)
    Xml.SubElement(case, "skipped")
    return case


def _element(file: FileResult, name: str, line: int, seconds: float) -> Xml.Element:
    where = {"classname": plain(file.path), "file": plain(file.path)} | ({"line": str(line)} if line else {})
    return Xml.Element("testcase", {"name": plain(name), **where, "time": f"{seconds:.3f}"})


def _counts(cases: list[Xml.Element]) -> dict[str, str]:
    def having(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    counted = {"failures": having("failure"), "errors": having("error"), "skipped": having("skipped")}
    return {"tests": str(len(cases)), **counted}


def _totals(suites: list[Xml.Element]) -> dict[str, str]:
    def total(name: str) -> str:
        return str(sum(int(suite.get(name, "0")) for suite in suites))

    seconds = sum(float(suite.get("time", "0")) for suite in suites)
    return {name: total(name) for name in ("tests", "failures", "errors", "skipped")} | {"time": f"{seconds:.3f}"}
