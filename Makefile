# Every target works from a fresh clone, in any order. CI calls the same ones.
PYTHON ?= python3
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test test-faults check bench bench-web format api build build-web lock clean python

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18

run: python ## install, build the web app, serve on http://127.0.0.1:8000
	@$(PYTHON) scripts/prepare.py run
	@exec .venv/bin/taskmanager serve

test: python ## the whole suite; ARGS='-k name' picks from it
	@$(PYTHON) scripts/prepare.py test
	@.venv/bin/python scripts/test.py $(ARGS)

test-faults: python ## what takes minutes: faults, histories, long loads; ARGS='-k name' picks from it
	@$(PYTHON) scripts/prepare.py test
	@.venv/bin/python -m pytest -m 'faults or control' --timeout=3600 $(ARGS)

check: python ## format, lint, types, imports, budgets, API drift, links
	@$(PYTHON) scripts/prepare.py check
	@.venv/bin/python scripts/check.py

bench: python ## how fast the API answers with 50,000 tasks; ARGS='--tasks 5000'
	@$(PYTHON) scripts/prepare.py run
	@.venv/bin/python bench/api.py $(ARGS)

bench-web: python ## how the web app loads and feels, in both builds; ARGS='--only hands'
	@$(PYTHON) scripts/prepare.py test
	@PYTHONPATH=scripts .venv/bin/python -m bench.web $(ARGS)

format: python ## format and sort imports
	@$(PYTHON) scripts/prepare.py check
	@.venv/bin/ruff check --select I --fix --quiet
	@.venv/bin/ruff format

api: python ## renew the web app's copy of the API document and its types
	@$(PYTHON) scripts/prepare.py check
	@.venv/bin/python scripts/api_document.py

build: python ## wheel and sdist with the web app inside, in dist/
	@$(PYTHON) scripts/prepare.py run
	@.venv/bin/hatchling build --clean

build-web: python ## the web app as a Node server, in web/standalone (docs/web-builds.md)
	@$(PYTHON) scripts/prepare.py check
	@.venv/bin/python scripts/web.py standalone

lock: python ## renew requirements/*.txt from pyproject.toml
	@$(PYTHON) scripts/lock.py

clean: ## everything that these targets made; data/ stays
	rm -rf .venv .make .cache .hypothesis dist src/taskmanager/static web/node_modules bench/web/node_modules web/.next web/out web/standalone

python:
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
