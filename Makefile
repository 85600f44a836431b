# Every verb makes what it needs: Python 3.11 or newer, git and make are enough, and no root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PYTHONUTF8 := 1
# Where it is set, each of the many processes of the tests would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test soak fuzz check fmt bench docs tables new-lint lock clean

help:
	@echo "make demo   dry-run and live engine on the example course, one minute to read"
	@echo "make test   all tests"
	@echo "make soak   the random tests at full length (hours)"
	@echo "make fuzz   look for inputs that break the readers, a minute each (FUZZ_SECONDS=600)"
	@echo "make check  format, lint, types, layers, and the example rules with their scenarios"
	@echo "make fmt    lay out code and example rules"
	@echo "make docs   write the generated parts of docs/"
	@echo "make tables write the parser's tables, after a change of grammar/"
	@echo "make new-lint NAME=late-date   begin a lint, with its test"
	@echo "make bench  measure (about ten minutes)"
	@echo "make lock   write the lock files from pyproject.toml"

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("planned needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.12 …" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	@$(BIN)/python rules/demo.py

TEST_WORKERS ?= auto
test: $(READY)
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal

soak: $(READY)
	PLANNED_LONG=1 PLANNED_SEEDS=10000 PLANNED_KILLS=20 $(BIN)/python -m pytest tests/oracle tests/fmt tests/explain tests/check tests/runtime tests/faults tests/simulation tests/moodle

FUZZ_SECONDS ?= 60
fuzz: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-fuzz.lock
	@set -e; for target in tests/fuzz/fuzz_*.py; do \
	  echo "$$target"; $(BIN)/python -m tests.fuzz.$$(basename $$target .py) -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1; \
	done

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/planned fmt --check rules
	$(BIN)/planned lint --strict rules
	$(BIN)/planned test rules

fmt: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/planned fmt rules

bench: $(READY)
	$(BIN)/python -m tests.bench

docs: $(READY)
	$(BIN)/python -m docs.generate

tables: $(READY)
	$(BIN)/python -c 'from planned.syntax.from_text import packed; print(packed(), end="")' > grammar/tables.json.new
	mv grammar/tables.json.new grammar/tables.json

new-lint: $(READY)
	@$(BIN)/python docs/new_lint.py $(NAME)

lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --group fuzz -o requirements-fuzz.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
