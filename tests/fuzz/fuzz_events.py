"""Coverage-guided: `python -m tests.fuzz.fuzz_events -max_total_time=60`, or `make fuzz`."""

import atheris

with atheris.instrument_imports(include=["planned"]):
    from tests.fuzz import events, seeds
    from tests.fuzz.running import fuzz

if __name__ == "__main__":
    fuzz("events", events.check, [*seeds.events(), *seeds.found("events").values()], seeds.words_of_events())
