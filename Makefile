# Two commands for a newcomer: `make demo` and `make test`. Everything sets itself up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
.DEFAULT_GOAL := help

.PHONY: help setup demo test test-detoxify test-clients check format eval scales bench fuzz docs sample-hashes clean

help:
	@echo 'make demo    install into .venv, load the sample pages, open the review desk'
	@echo 'make test    all tests (browser and PostgreSQL tests skip where those are missing)'
	@echo 'make test-detoxify   the tests that run the Detoxify library, or train an encoder; installs torch'
	@echo 'make test-clients   clients of the Perspective API against our server; installs them'
	@echo 'make check   formatting, lint, types, architecture, spelling, dependencies'
	@echo 'make format  let ruff put right what it can'
	@echo 'make eval    measure scorers, spans, extraction; needs MODERATION_DATASETS, MODERATION_PAGES;'
	@echo '             ARGS="--only extraction" for one of them'
	@echo 'make scales  fit the toxicity scores to the Perspective API'"'"'s again, after training; needs'
	@echo '             MODERATION_DATASETS; renews docs/perspective.md'
	@echo 'make bench   how fast extraction, scoring and the HTTP API are on this machine;'
	@echo '             ARGS=--api for the last alone, ARGS="--desk 1000" for the desk on a store of that size'
	@echo 'make fuzz    mutate pages and archives for five minutes, or ARGS="--minutes 60"'
	@echo 'make docs    rebuild docs/cli.md and the figures in README.md and docs/extraction.md'
	@echo 'make clean   remove .venv and caches'

setup: .setup-core

# The marker lies in the environment: a new environment is set up anew.
.setup-core: $(VENV)/.core
$(VENV)/.core: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed; choose one with: make PYTHON=python3.12 …' >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

.setup-dev: $(VENV)/.dev
$(VENV)/.dev: $(VENV)/.core
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test,check]'
	@touch $@

.setup-detoxify: $(VENV)/.detoxify
$(VENV)/.detoxify: $(VENV)/.dev
	$(PIP) install --quiet --constraint constraints.txt --editable '.[detoxify,train]'
	@touch $@

.PHONY: .setup-core .setup-dev .setup-detoxify

demo: setup
	$(BIN)/moderation demo $(ARGS)

test: .setup-dev
	$(BIN)/pytest -n 2 $(ARGS)

test-detoxify: .setup-detoxify
	$(BIN)/pytest -m detoxify $(ARGS)

# What other people wrote for the Perspective API, each in a folder of its own: two Python clients
# are imported under one name.
CLIENTS := build/clients
test-clients: .setup-dev $(CLIENTS)/.installed
	$(BIN)/pytest -m clients $(ARGS)

$(CLIENTS)/.installed: Makefile
	$(PIP) install --quiet --upgrade --target $(CLIENTS)/google google-api-python-client==2.202.0
	$(PIP) install --quiet --upgrade --no-deps --target $(CLIENTS)/perspective perspective==1.0.3
	$(PIP) install --quiet --upgrade --no-deps --target $(CLIENTS)/perspectiveapi perspectiveapi==1.1.0
	$(PIP) install --quiet --upgrade --no-deps --target $(CLIENTS)/PyPerspective PyPerspective==1.0.4
	$(PIP) install --quiet --upgrade --target $(CLIENTS)/schemathesis schemathesis==4.32.5
	command -v npm >/dev/null || { echo 'no npm: the clients for node are not tried' >&2; touch $@; exit 0; }; \
	  npm install --silent --no-audit --no-fund --prefix $(CLIENTS)/node \
	    perspective-api-client@3.1.0 googleapis@39
	@touch $@

check: .setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/deptry moderation

format: .setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: .setup-dev
	$(PIP) install --quiet --constraint constraints.txt --editable '.[peers]'
	$(BIN)/moderation evaluate --output docs/evaluation $(ARGS)
	$(BIN)/python docs/build.py

scales: .setup-dev
	$(BIN)/moderation train --recipe scales --output moderation/models $(ARGS)
	$(BIN)/python docs/build.py

bench: .setup-dev
	$(PIP) install --quiet --constraint constraints.txt --editable '.[peers]'
	$(BIN)/python tests/bench.py $(ARGS)

fuzz: .setup-dev
	$(PIP) install --quiet --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python tests/fuzz.py $(ARGS)

docs: .setup-dev
	$(BIN)/python docs/build.py

sample-hashes:
	cd data && sha256sum sample/* sample-expected.json > sample.sha256

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
