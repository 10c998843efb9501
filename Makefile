# Every target sets up what it needs in .venv. `make PYTHON=/path/to/python` chooses the interpreter.

.SUFFIXES:
.NOTPARALLEL:
.PHONY: help demo test check evidence evaluate bench clean setup setup-dev

BIN = .venv/bin
PYTHON ?=
ARGS ?=

help: ## List the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /\1	/p' Makefile | while IFS='	' read -r target what; do \
		printf '  make %-9s %s\n' "$$target" "$$what"; done

demo: setup ## Four commands on the built-in data: compare, classify, export, audit
	@rm -rf build/demo && mkdir -p build/demo
	@run() { printf '\n$$ chipclass %s\n' "$$*"; $(BIN)/chipclass "$$@"; } && \
	run compare H20 H200 B200 Rubin && \
	run classify 900-21010-0040-001 && \
	run export --out build/demo/specs.parquet && \
	run audit examples/catalogue.csv -o build/demo/catalogue.parquet

test: setup-dev ## Run the tests (ARGS="-k audit" is passed on)
	@$(BIN)/python -m pytest $(ARGS)

check: setup-dev ## Lint and type-check: ruff, mypy --strict
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m mypy

evidence: setup-dev ## Run the evidence: tests.evidence
	@$(BIN)/python -m tests.evidence $(ARGS)

evaluate: setup-dev ## Hold identification against the labelled sets
	@$(BIN)/python -m tests.evaluate $(ARGS)

bench: setup-dev ## Run the benchmarks
	@$(BIN)/python -m benchmarks $(ARGS)

clean: ## Remove all that make has made: .venv, build, dist and caches
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks *.egg-info
	@find . -name .git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

setup:
	@$(INSTALL_FUNCTION); install_chipclass run .

setup-dev:
	@$(INSTALL_FUNCTION); install_chipclass dev '.[dev]'

# A stamp in .venv holds this folder's path and a checksum of pyproject.toml: as long as both stay as they are, nothing
# is installed again. A .venv whose interpreter or pip is gone is made anew. An interpreter counts only if it really
# runs (version managers leave names that do not) and brings ensurepip, which Debian packs separately.
define INSTALL_FUNCTION
install_chipclass() { \
	set -e; \
	if ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		find_python; \
		echo "Setting up .venv with $$python" >&2; \
		rm -rf .venv; \
		"$$python" -m venv .venv; \
	fi; \
	key="$$(pwd -P) $$(cksum < pyproject.toml)"; \
	for stamp in ".venv/chipclass-$$1" .venv/chipclass-dev; do \
		if [ "$$(cat "$$stamp" 2>/dev/null)" = "$$key" ]; then return 0; fi; \
	done; \
	echo "Installing chipclass and its dependencies ($$1); this can take a few minutes" >&2; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable "$$2"; \
	printf '%s\n' "$$key" > ".venv/chipclass-$$1"; \
}; \
find_python() { \
	bare=; \
	for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then return 0; fi; \
		bare=$${bare:-$$python}; \
	done; \
	if [ -n "$$bare" ]; then \
		echo "$$bare cannot create virtual environments: its ensurepip module is missing." >&2; \
		package=python3-venv; \
		case "$${bare##*/}" in python3.*) package="python3-venv (for this one: $${bare##*/}-venv)";; esac; \
		echo "On Debian and Ubuntu: apt install $$package, then run make again." >&2; \
	else \
		echo "chipclass needs Python 3.11 or newer, and none was found. Install one, or name it: make PYTHON=/path/to/python" >&2; \
	fi; \
	exit 2; \
}
endef
