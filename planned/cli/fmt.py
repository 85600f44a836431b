"""`planned fmt`: rule files in their canonical layout, every comment where its author put it."""

from __future__ import annotations

import argparse
import difflib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import mkstemp

from planned.check.subject import LINE_END
from planned.cli.exits import Exit
from planned.cli.lint import exit_code
from planned.cli.terminal import Look, plain, system_language, wants_color
from planned.diagnostics import Language
from planned.runtime.files import WRONG_PATHS, find_rules
from planned.syntax.format import Formatted, format_text
from planned.syntax.source import decode

HELP = "lay out rule files, and translate their keywords"
EXAMPLE = "planned fmt rules/ --check"
STDIN = "-"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, or a folder with *.rules in it; - for standard input"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; list the files that would change")
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change, line by line")
    parser.add_argument("--to", choices=("en", "fr"), help="write the keywords in this language")


def run(args: argparse.Namespace) -> int:
    if STDIN in args.paths and len(args.paths) > 1:
        print("planned: - (standard input) cannot be combined with files", file=sys.stderr)
        return Exit.WRONG_USE
    if args.paths == [STDIN]:
        return _standard_input(args)
    found_paths, found = find_rules(args.paths)
    for one in found:
        print(f"planned: {plain(one.text(args.to or system_language()))}", file=sys.stderr)
    if {one.name for one in found} & WRONG_PATHS:
        return Exit.WRONG_USE
    return _files(found_paths, args)


def _standard_input(args: argparse.Namespace) -> int:
    data = sys.stdin.buffer.read()
    before, done = _formatted(data, "<stdin>", args.to)
    if done.text is None:
        return _refuse("<stdin>", before, done)
    changed = done.text.encode() != data
    if args.diff:
        sys.stdout.writelines(_diff("<stdin>", before, done.text))
    elif not args.check:
        sys.stdout.write(done.text)
    return Exit.FINDINGS if args.check and changed else Exit.FINE


def _files(paths: Sequence[Path], args: argparse.Namespace) -> int:
    """Each file by itself: one that cannot be read or written does not keep the others from being laid out."""
    codes = [Exit.FINE]
    changed = refused = 0
    language: Language | None = None
    for path in paths:
        name = path.as_posix()
        try:
            data = path.read_bytes()
            before, done = _formatted(data, name, args.to)
            language = language or done.language
            if done.text is None:
                codes.append(_refuse(name, before, done))
                refused += 1
                continue
            if done.text.encode() == data:
                continue
            changed += 1
            if args.diff:
                sys.stdout.writelines(_diff(name, before, done.text))
            elif not args.check:
                _write(path, done.text)
        except OSError as error:
            print(f"planned: {plain(name)}: {error.strerror or error}", file=sys.stderr)
            codes.append(Exit.CANNOT)
            continue
        if not args.diff:
            print(plain(name))
    if args.check and changed:
        codes.append(Exit.FINDINGS)
    if not args.diff:
        print(_summary(changed, refused, len(paths), args.to or language or system_language(), would=args.check))
    return max(codes)


def _formatted(data: bytes, name: str, to: Language | None) -> tuple[str, Formatted]:
    """The text of a file, and what becomes of it."""
    text, found = decode(data, name)
    return text, Formatted(text=None, language=to or "en", diagnostics=found) if found else format_text(text, name, to)


def _refuse(name: str, text: str, done: Formatted) -> Exit:
    """Shows what is wrong in a file, which is left as it is."""
    look = Look({name: LINE_END.split(text.removeprefix("\ufeff"))}, color=wants_color(sys.stderr))
    for one in done.diagnostics:
        print(look.full(one, done.language) + "\n", file=sys.stderr)
    return exit_code(done.diagnostics, strict=True)


def _diff(name: str, before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    return (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _write(path: Path, text: str) -> None:
    """All or nothing: another file is written beside it, which then takes its place with the same permissions."""
    real = path.resolve()
    if not os.access(real, os.W_OK):
        raise PermissionError(None, "this file may not be written")
    handle, beside = mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, stat.S_IMODE(real.stat().st_mode))
        os.replace(beside, real)
    except BaseException:
        os.unlink(beside)
        raise


def _summary(changed: int, refused: int, files: int, language: Language, *, would: bool) -> str:
    """One line: how many files were to be changed, and how many could not be read."""
    if language == "fr":
        done = "à mettre en forme" if would else "mis en forme"
        said = f"{_fichiers(changed)} sur {files} {done}" if changed else "Rien à changer"
        wrong = f", {_fichiers(refused)} à corriger d'abord" if refused else ""
    else:
        done = "would be laid out" if would else "laid out"
        said = f"{changed} of {_files_of(files)} {done}" if changed else "Nothing to change"
        wrong = f", {_files_of(refused)} to be mended first" if refused else ""
    return f"{said}{wrong}."


def _files_of(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def _fichiers(count: int) -> str:
    return f"{count} fichier{'s' if count > 1 else ''}"
