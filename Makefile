# The two commands: `make run` starts the app, `make test` proves it. `make` alone lists the rest.

PYTHON ?= python3
ARGS ?=
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

# What stands in .venv is remembered by these files; only a change of pyproject.toml installs again.
INSTALLED := $(VENV)/installed
INSTALLED_TEST := $(VENV)/installed-test

.DEFAULT_GOAL := help
.PHONY: help run test check bench browser clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

run: $(INSTALLED)  ## start the app and open a browser; ARGS="--port 9000 --no-browser"
	@$(BIN)/python -m explorer $(ARGS)

test: $(INSTALLED_TEST) browser  ## run all tests, those in Chromium too; PYTEST_ARGS="-k surface"
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(INSTALLED_TEST)  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(INSTALLED_TEST) browser  ## measure speeds, one thread
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench $(ARGS)

clean:  ## remove .venv and everything else that was made here
	rm -rf $(VENV) build dist test-report .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV) ..."
	@$(PIP) install --editable .
	@touch $@

$(INSTALLED_TEST): pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV), with what the tests need ..."
	@$(PIP) install --editable ".[test]"
	@touch $(INSTALLED) $@

# The browser tests need Debian's Chromium. Only root may install it, and only where there is apt-get.
BROWSER_PACKAGES := chromium chromium-driver
browser:
	@if command -v chromedriver && { command -v chromium || command -v chromium-browser || command -v google-chrome; }; \
	then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get; then \
		echo "Installing $(BROWSER_PACKAGES) ..." >&2; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -qq -y --no-install-recommends $(BROWSER_PACKAGES); \
	else \
		echo "The browser tests need Chromium and its driver. As root: apt-get update && apt-get install -y $(BROWSER_PACKAGES)" >&2; \
		exit 1; \
	fi >/dev/null
