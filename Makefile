# What can be done with this tree; `make help` prints it. Everything lands in .venv.

PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check install --quiet --prefer-binary
OPTIONS ?=
ARGS ?=
SIZE ?= full

# The installation links to the files of this tree: it is made anew when some come or go.
FILES := $(shell find kallithea_host plugins twisted -type f ! -name '*.pyc' | sort | cksum | cut -d ' ' -f 1)
INSTALLED := $(VENV)/installed-$(FILES)
METADATA := setup.py setup.cfg pyproject.toml

.PHONY: help run test check bench docs clients clean

help: ## print this
	@sed -nE 's/^([a-z]+):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

run: $(INSTALLED) ## start the server on 127.0.0.1:5000; OPTIONS="..." are twistd kallithea's
	exec $(VENV)/bin/twistd --pidfile= -n kallithea $(OPTIONS)

test: $(INSTALLED)-test ## run the tests; ARGS="tests/users -k create" are pytest's
	$(VENV)/bin/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

check: $(INSTALLED)-test ## lint, type check, and see that the layers hold
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest -q tests/test_architecture.py tests/docs/test_site.py

bench: $(INSTALLED) ## measure against a bare Twisted resource; SIZE=small takes half a minute
	$(VENV)/bin/python -m bench --size $(SIZE)

docs: $(INSTALLED)-test ## build the documentation into docs/_build, after writing anew what the code says
	$(VENV)/bin/python docs/generate.py
	$(VENV)/bin/sphinx-build --quiet --fail-on-warning docs docs/_build

clients: $(INSTALLED) ## write the typed clients anew, from what rpc.discover tells
	$(VENV)/bin/python -m kallithea_host.discovery kallithea-host | \
		$(VENV)/bin/python -m kallithea_host.client.generator - kallithea_host/client kallithea_host.client

clean: ## remove what was built and installed; the data folder stays
	rm -rf $(VENV) build dist docs/_build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(VENV)/bin/pip $(METADATA)
	$(PIP) --editable .
	touch $@

$(INSTALLED)-test: $(VENV)/bin/pip $(METADATA)
	$(PIP) --editable '.[docs,test]'
	touch $(INSTALLED) $@
