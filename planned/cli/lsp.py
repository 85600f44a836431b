"""`planned lsp`: the language server, for editors. They start it; nobody types it."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
from contextlib import closing

from planned.cli.exits import Exit
from planned.cli.terminal import system_language

HELP = "serve an editor: mistakes, completion and explanations while you write"
EXAMPLE = "planned lsp"
MISSING = {
    "en": 'planned: the language server is not installed. Try: pip install "planned[lsp]"',
    "fr": 'planned: le serveur pour éditeurs n\'est pas installé. Essayez\u00a0: pip install "planned[lsp]"',
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="speak over standard input and output, as it always does")


def run(args: argparse.Namespace) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    try:
        from planned.lsp.server import server  # noqa: PLC0415 – its libraries are an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        print(MISSING[system_language()], file=sys.stderr)
        return Exit.CANNOT
    # What is kept of large files makes a full collection take half a second, and nearly nothing of it is garbage.
    gc.set_threshold(50_000, 50, 1000)
    with closing(server.desk.apart), os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:  # the server closes it, too
        server.start_io(stdout=out)
    return Exit.FINE
