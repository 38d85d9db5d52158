# make run     environment, database, packs, editions; then serves       make test    all suites (fifteen minutes at most)
# make quick   the tests of a minute                                     make soak    kills, load, full matrices
# make check   all linters, every failure listed                         make bench   what it costs, beside what else one would take
.DEFAULT_GOAL := help
.PHONY: help setup run quick test soak bench check docs clean
SHELL := /bin/bash
PORT ?= 8000
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1	/' | expand -t 10

.venv/bin/python:
	@tools/make_venv

.venv/.run: .venv/bin/python requirements/web.txt pyproject.toml
	@echo "[1/2] installing what Eirene needs (pinned, with hashes)"
	@$(PY) -m pip install -q --require-hashes --only-binary :all: -r requirements/web.txt
	@echo "[2/2] installing Eirene itself"
	@$(PY) -m pip install -q --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@echo "installing what the workshop needs (pinned, with hashes)"
	@$(PY) -m pip install -q --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

setup: .venv/.run ## the environment alone; .venv/bin/eirene exists afterwards

run: .venv/.run ## portal and demonstration office on PORT (8000)
	@.venv/bin/eirene serve --demo --port $(PORT)

quick: .venv/.dev ## the tests of a minute
	@$(PY) -m pytest -q -n 2 --dist loadfile -m "not browser and not slow and not soak"

test: .venv/.dev ## all suites but soak
	@tools/install_for_tests
	@tools/in_turn \
	  "core, and platform on SQLite" "$(PY) -m pytest -q -n 2 --dist worksteal -m 'not soak and not browser'" \
	  "browser" "$(PY) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m 'browser and not soak' tests/browser" \
	  "platform on PostgreSQL" "tools/on_postgres $(PY) -m pytest -q -n 2 --dist worksteal -m 'not soak and not browser and not one_engine and not soak_on_postgresql' tests/web"
	@tools/skipped_suites

MATRICES = tests/soak/test_permissions.py tests/soak/test_planted_words_in_full.py
soak: .venv/.dev ## kills, load, full matrices
	@tools/install_for_tests
	@tools/in_turn \
	  "full matrices" "$(PY) -m pytest -q -n 2 --dist worksteal -m soak $(MATRICES)" \
	  "kills and load" "$(PY) -m pytest -q -m 'soak and not browser' $(addprefix --ignore ,$(MATRICES))" \
	  "browser, in every way" "$(PY) -m pytest -q -n 2 -m 'soak and browser' tests/browser" \
	  "kills and load on PostgreSQL" "tools/on_postgres $(PY) -m pytest -q -m 'soak and not one_engine' tests/web" \
	  "pages and matrices on PostgreSQL" "tools/on_postgres $(PY) -m pytest -q -n 2 --dist worksteal -m 'soak_on_postgresql and not soak and not one_engine' tests/web"

check: .venv/.dev ## ruff, mypy, import-linter, generated files; lists every failure
	@tools/check

bench: .venv/.dev ## every figure of benchmarks/, as ratios
	@for b in benchmarks/[!_]*.py; do echo "== $$b"; $(PY) $$b || exit 1; done

docs: .venv/.dev ## regenerate what docs/ makes from packs and code
	@$(PY) tools/make_docs.py

clean: ## forget the environment and everything built
	@rm -rf .venv var build dist
