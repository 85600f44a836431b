"""Coverage-guided: `python -m tests.fuzz.fuzz_templates -max_total_time=60`, or `make fuzz`."""

import atheris

with atheris.instrument_imports(include=["planned"]):
    from tests.fuzz import seeds, templates
    from tests.fuzz.running import fuzz

if __name__ == "__main__":
    fuzz("templates", templates.check, [*seeds.texts(), *seeds.found("templates").values()], seeds.words_of_texts())
