"""The rules that a command is given, checked; what is wrong with them is shown where they stand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from planned.check.build import build
from planned.check.graph import Graph
from planned.check.subject import LINE_END
from planned.cli.exits import Exit
from planned.cli.lint import exit_code
from planned.cli.revision import NO_GIT, Version, other_version
from planned.cli.terminal import Look, plain, system_language, wants_color
from planned.diagnostics import Diagnostic, Language, Severity
from planned.runtime.files import WRONG_PATHS, LoadedRules


def built_rules(version: Version, args: argparse.Namespace) -> tuple[LoadedRules, Graph] | Exit:
    """The graph; what is wrong with the rules is shown."""
    loaded = version.loaded
    graph, found = build(loaded.files, loaded.imports, args.course, sources=loaded.sources, given=loaded.diagnostics)
    if errors := [one for one in found if one.severity is Severity.ERROR]:
        _show(errors, version, args.lang)
        return exit_code(errors, strict=False)
    return loaded, graph


def earlier_rules(args: argparse.Namespace, language: Language) -> Graph | Exit | None:
    """The rules of `--against`; None without it."""
    if args.against is None:
        return None
    version = other_version(args.against, args.paths)
    if isinstance(version, Diagnostic):
        print(f"planned: {plain(version.text(language))}", file=sys.stderr)
        return Exit.CANNOT if version.message is NO_GIT else Exit.WRONG_USE
    built = built_rules(version, args)
    return built if isinstance(built, Exit) else built[1]


def _show(errors: Sequence[Diagnostic], version: Version, language: Language | None) -> None:
    loaded, name = version.loaded, version.name
    languages = {name(file.path): file.language for file in (*loaded.files, *loaded.imports.values())}
    sources = {name(path): LINE_END.split(text) for path, text in loaded.sources.items()}
    look = Look(sources, color=wants_color(sys.stderr))
    for error in errors:
        one = replace(error, span=replace(error.span, file=name(error.span.file)))
        said = language or languages.get(one.span.file, system_language())
        shown = f"planned: {plain(one.text(said))}" if one.name in WRONG_PATHS else look.full(one, said) + "\n"
        print(shown, file=sys.stderr)
