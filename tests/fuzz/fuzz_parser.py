"""Coverage-guided: `python -m tests.fuzz.fuzz_parser -max_total_time=60`, or `make fuzz`."""

import atheris

with atheris.instrument_imports(include=["planned"]):
    from tests.fuzz import parser, seeds
    from tests.fuzz.running import fuzz

if __name__ == "__main__":
    fuzz("parser", parser.check, [*seeds.rules(), *seeds.found("parser").values()], seeds.words_of_rules())
