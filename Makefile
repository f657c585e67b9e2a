# The five commands of a contributor; CONTRIBUTING.md says when to use which.
# The tools of .venv are used if there is one, else those on the path.

BIN := $(if $(wildcard .venv/bin/python),.venv/bin/,)

.PHONY: check test-all bench golden site

check:  ## everything that a change must pass, without the slow tests
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy
	$(BIN)lint-imports
	$(BIN)pytest -q -n auto

test-all:  ## every test, the slow ones too
	$(BIN)pytest -q -n auto -m ""

bench:  ## the measurements of benchmarks/; writes docs/benchmarks.md
	$(BIN)python benchmarks/explicit.py
	$(BIN)python benchmarks/explicit.py --workers
	$(BIN)python benchmarks/explicit.py --growth

golden:  ## accept what the program prints now; read the diff before you commit it
	$(BIN)verify docs
	$(BIN)verify requirements --format markdown > docs/requirements.md
	$(BIN)python tools/command_line.py
	$(BIN)pytest -q -m "" --snapshot-update

site:  ## the pages of docs/ and the manual, in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)mkdocs build --strict
