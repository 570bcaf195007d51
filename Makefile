# The tasks of developers and operators in a checkout; `make help` lists them.
# Works with GNU make 3.81 and later (macOS ships that one) and a POSIX shell.

BIN := .venv/bin
ARGS ?=

# The newest Python with ensurepip and venv, or else the newest one with venv.
PYTHON ?= $(shell \
  for needs in 'import ensurepip, venv' 'import venv'; do \
    for python in python3.14 python3.13 python3.12 python3.11 python3 python; do \
      if $$python -c "import sys; $$needs; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1; then \
        command -v $$python; exit; \
      fi; \
    done; \
  done)

.DEFAULT_GOAL := help
.PHONY: help run setup test lint lock audit bench demo screenshots python environment environment-dev

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1@\2/p' Makefile | while IFS=@ read -r name text; do \
	  printf '%-18s %s\n' "$$name" "$$text"; done

run: environment ## Serve Watchwright on http://127.0.0.1:8080 (the first run installs it)
	@$(BIN)/python -m core.debugging.provision --once || true
	@$(BIN)/watchwright serve

setup: environment-dev ## Create .venv, install the locked packages and a browser
	@$(BIN)/python -m core.debugging.provision

test: environment-dev ## Run all tests (some: ARGS='-k name')
	@$(BIN)/python -m core.debugging.provision
	@$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

lint: environment-dev ## Check format, style, types and import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lock: environment-dev ## Lock the newest dependencies that pyproject.toml allows
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@$(COMPILE) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(COMPILE) --group build --constraint requirements-dev.lock --output-file requirements-build.lock

COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --custom-compile-command 'make lock'

audit: environment-dev ## Look up known vulnerabilities of the locked packages (needs a network)
	@$(BIN)/python tools/audit.py $(ARGS)

bench: environment-dev ## Run the benchmarks and print their tables
	@$(BIN)/python -m core.debugging.provision
	@$(BIN)/python -m benchmarks $(ARGS)

demo: environment ## Serve a demo with 90 days of history, from its own store
	@$(BIN)/python -m core.debugging.provision --once || true
	@$(BIN)/python -m dashboard.demo $(ARGS)

screenshots: environment-dev ## Take the README's screenshots from the demo
	@$(BIN)/python -m core.debugging.provision
	@$(BIN)/python docs/screenshots.py $(ARGS)

environment: python
	@"$(PYTHON)" tools/environment.py run

environment-dev: python
	@"$(PYTHON)" tools/environment.py dev

python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo 'Watchwright needs Python 3.11 or newer, and there is none $(if $(PYTHON),at $(PYTHON),on PATH).' \
	    'Install it (Debian, Ubuntu: sudo apt-get install python3 python3-venv), or name one: make run PYTHON=/path/to/python3' >&2; \
	  exit 3; }
