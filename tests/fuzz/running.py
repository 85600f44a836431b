"""Coverage-guided runs (`make fuzz`): a check, first examples and the words of its language, handed to atheris.

What libFuzzer understands may follow on the command line, such as `-max_total_time=60`. The corpus grows in
`.fuzz/NAME`; an input on which a check fails is written to `.fuzz/` and belongs into `tests/fuzz/found/NAME`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
SLOWER = 5.0
"""How much slower the code runs while it is watched."""


def fuzz(name: str, check: Callable[[bytes, float], None], seeds: Iterable[bytes], words: Iterable[str]) -> None:
    """Runs until libFuzzer ends the process; it fails at the first input on which the check does."""
    home = ROOT / ".fuzz"
    corpus = home / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (corpus / blake2b(seed, digest_size=10).hexdigest()).write_bytes(seed)
    table = home / f"{name}.words"
    table.write_text("".join(f'"{_escaped(word)}"\n' for word in sorted(set(words))))
    options = [
        f"-dict={table}",
        f"-artifact_prefix={home}/{name}-",
        "-timeout=30",
        "-rss_limit_mb=2048",
        "-max_len=12000",
    ]
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:], str(corpus)], lambda data: check(data, SLOWER))
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word.encode())
