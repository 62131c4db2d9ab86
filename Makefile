# What can be done with this tree; `make help` prints it. Everything lands in .venv.

PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check install --quiet --prefer-binary
OPTIONS ?=
ARGS ?=
SIZE ?= full

# The installation links to the files in this tree: it is made anew when files come or go.
PARTS := setup.py setup.cfg pyproject.toml \
	$(shell find kallithea_host plugins twisted -type d -not -name __pycache__)

.PHONY: help run test check bench docs clean

help: ## print this
	@sed -nE 's/^([a-z]+):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

run: $(VENV)/installed ## start the server on 127.0.0.1:5000; OPTIONS="..." are twistd kallithea's
	exec $(VENV)/bin/twistd --pidfile= -n kallithea $(OPTIONS)

test: $(VENV)/installed-test ## run the tests; ARGS="..." are pytest's
	$(VENV)/bin/python -m pytest $(ARGS)

check: $(VENV)/installed-test ## lint, type check, and see that the layers hold
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest -q tests/test_architecture.py

bench: $(VENV)/installed ## measure against a bare Twisted resource; SIZE=small takes seconds
	$(VENV)/bin/python -m bench --size $(SIZE)

docs: $(VENV)/installed ## write docs/methods.md and docs/settings.md anew
	$(VENV)/bin/python docs/generate.py

clean: ## remove what was built and installed; the data folder stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python $(PARTS)
	$(PIP) --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/bin/python $(PARTS)
	$(PIP) --editable '.[test]'
	touch $(VENV)/installed $@
