# `make help` lists what can be made.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python

.PHONY: help demo demo-reset test check audit parts bench canary kills

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/installed: requirements/dev.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("Commonwell needs Python 3.11 or later; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12 demo" % v[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch .venv/installed

demo: .venv/installed ## start the demonstration; PORT=8001 make demo for another port
	@$(RUN) manage.py demo

demo-reset: .venv/installed ## start the demonstration over, with new data
	@$(RUN) manage.py demo --reset

test: .venv/installed ## run the whole suite
	$(RUN) -m pytest -n 2 --dist loadscope --no-loadscope-reorder

check: .venv/installed ## lint, types, storeys, templates, migrations, deployment, known holes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit -q -r -ll -c pyproject.toml .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(RUN) tools/check_project.py
	$(RUN) tools/audit.py --if-reachable

audit: .venv/installed ## ask an advisory service about what the product runs on; needs the internet
	$(RUN) tools/audit.py

parts: .venv/installed ## the parts of the product with versions, licences and hashes: build/parts.cdx.json
	@mkdir -p build
	$(RUN) tools/list_parts.py > build/parts.cdx.json

bench: .venv/installed ## measure the bulk work against COPY; writes build/bench.json
	$(RUN) tools/bench.py

canary: .venv/installed ## 100,000 requests of several organisations, searched for words of others
	$(RUN) tools/canary_load.py

kills: .venv/installed ## a worker, PostgreSQL or Redis killed at 30 moments of a pay run
	KILLS=30 $(RUN) -m pytest -n 0 tests/payroll/test_pay_killed.py
