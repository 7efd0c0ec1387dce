# Python >= 3.11 and make are all this needs; `make help` says what there is. POSIX make and sh only.

.POSIX:
.SUFFIXES:
.PHONY: help install up test collected test-freqtrade extras lint format types bench bench-backtest crash soak pictures requirements clean tree

PYTHON =
ARGS =
# Processes that test side by side; not said, two for every core: most tests wait for processes of their own.
WORKERS =

BIN = .venv/bin
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check
# What an installation is made from: when nothing here is newer than the stamp, there is nothing to do.
SETUP = $(BIN)/python pyproject.toml requirements.txt layers/requirements.txt functions/feeder/requirements.txt

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make up ARGS='--port 9000'         options go through ARGS; \`.venv/bin/mockx up --help\` lists them"
	@echo "  make test ARGS='-k matcher'        so do pytest's"
	@echo "  make install PYTHON=python3.13     uses that Python (delete .venv to change it later)"

install: .venv/dev.stamp ## Set everything up in .venv, tools included
	@echo "Installed: $(BIN)/mockx, and the tools of \`make test\`."

up: ## Set up what is needed and run the exchange until Ctrl-C
	@if [ -e .venv/dev.stamp ]; then $(MAKE) -s .venv/dev.stamp; else $(MAKE) -s .venv/run.stamp; fi
	@exec $(BIN)/mockx up $(ARGS)

test: .venv/dev.stamp ## Style, types, import contracts, then all tests
	@$(MAKE) -s -j 2 lint types
	@workers='$(WORKERS)'; set -x; $(BIN)/python -m pytest -n $${workers:-$$(( $$(getconf _NPROCESSORS_ONLN) * 2 ))} \
		--maxprocesses 8 --dist worksteal $(ARGS)

# Compiles what every test process imports: side by side, each of them would do it for itself.
collected: .venv/dev.stamp
	@$(BIN)/python -m pytest --collect-only --quiet --quiet --quiet

test-freqtrade: .venv/dev.stamp .venv-freqtrade/stamp ## Install Freqtrade, and trade with it in live mode
	$(BIN)/python -m pytest tests/examples/test_freqtrade.py $(ARGS)

extras: .venv-freqtrade/stamp .venv-sam/stamp .venv-deploy/stamp examples/node_modules/ccxt ## Install what tests skip without: Freqtrade, SAM, linters, ccxt for Node.js

lint: .venv/dev.stamp tree ## Style, format and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYTHONPATH=.venv/tree $(BIN)/lint-imports --no-logo

format: .venv/dev.stamp ## Format the code, and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/dev.stamp tree ## Check all types (pyright, strict)
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: .venv/dev.stamp ## Measure, side by side with the ceilings
	$(BIN)/python -m tests.benchmarks.run $(ARGS)

bench-backtest: .venv/dev.stamp ## Back-tests beside nautilus_trader, backtrader, vectorbt (ARGS='--month FILE': a grid)
	$(BIN)/python -m tests.benchmarks.backtest.run $(ARGS)

crash: .venv/dev.stamp ## Kill everything, again and again, and look for what got lost
	$(BIN)/python -m tests.crash.run $(ARGS)

soak: .venv/dev.stamp ## Let it run for an hour (ARGS='--minutes 10'), and look whether memory stays flat
	$(BIN)/python -m tests.soak.run $(ARGS)

pictures: .venv/dev.stamp ## Take README's pictures of the deck anew (wants Chromium)
	$(BIN)/python -m tests.deck.pictures

requirements: .venv/dev.stamp ## Choose the pinned versions anew (ARGS=--upgrade: the newest)
	$(PIP) install 'pip-tools>=7.5,<8'
	$(BIN)/pip-compile --quiet --all-extras --allow-unsafe --strip-extras --no-annotate --no-header --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --no-emit-options $(ARGS) --output-file requirements.txt pyproject.toml

clean: ## Remove what was made: .venv and caches (never ./data)
	rm -rf .venv .venv-freqtrade .venv-sam .venv-deploy .venv-bench-* .aws-sam examples/node_modules build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find layers functions deck tests -name __pycache__ -prune -exec rm -rf {} +

.venv/dev.stamp: $(SETUP)
	@echo "Installing into .venv; the first time takes a minute or two."
	@$(PIP) install -c requirements.txt -e '.[local,live,deck,dev]'
	@touch .venv/run.stamp $@

.venv/run.stamp: $(SETUP)
	@echo "Installing into .venv; the first time takes a minute or so."
	@$(PIP) install -c requirements.txt -e '.[local,live,deck]'
	@touch $@

# In an environment of its own: it pins much of what is in ours.
.venv-freqtrade/stamp: $(BIN)/python examples/freqtrade/requirements.txt
	@echo "Installing Freqtrade into .venv-freqtrade; it takes a few minutes."
	@$(BIN)/python -m venv --clear .venv-freqtrade
	@.venv-freqtrade/bin/python -m pip --quiet --disable-pip-version-check install -r examples/freqtrade/requirements.txt
	@touch $@

# Likewise; and beside it what AWS Lambda's own Python environment holds, which no virtual environment of ours may touch.
.venv-sam/stamp: $(BIN)/python tests/sam/requirements-cli.txt tests/sam/requirements-runtime.txt
	@echo "Installing the SAM CLI into .venv-sam; it takes a minute or two."
	@$(BIN)/python -m venv --clear .venv-sam
	@.venv-sam/bin/python -m pip --quiet --disable-pip-version-check install -r tests/sam/requirements-cli.txt
	@$(BIN)/python -m venv --without-pip .venv-sam/runtime
	@.venv-sam/bin/python -m pip --python .venv-sam/runtime/bin/python --quiet --disable-pip-version-check install \
		-r tests/sam/requirements-runtime.txt
	@touch $@

# Linters of the Dockerfile, compose.yaml, scripts and the workflow: programs, none of them imported.
.venv-deploy/stamp: $(BIN)/python deploy/requirements.txt
	@$(BIN)/python -m venv --clear .venv-deploy
	@.venv-deploy/bin/python -m pip --quiet --disable-pip-version-check install -r deploy/requirements.txt
	@touch $@

# Without scripts: what its packages would compile is for streams.
examples/node_modules/ccxt: examples/package.json
	@npm install --prefix examples --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BIN)/python:
	@given='$(PYTHON)'; found=; \
	for python in $${given:-python3 python3.13 python3.12 python3.11}; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Python 3.11 or newer is needed; $${given:-python3} says: `$${given:-python3} --version 2>&1`" >&2; \
		echo "Install one, or name it: make install PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$found cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	"$$found" -m venv --clear .venv

# The package as it is installed, as links, for tools that do not run Python's import system: functions and deck are in it.
tree: .venv/dev.stamp
	@rm -rf .venv/tree && mkdir -p .venv/tree/mockexchange
	@for entry in layers/mockexchange/* functions deck; do ln -s "../../../$$entry" .venv/tree/mockexchange/; done
