# One command each: `make run` shows the program, `make test` checks it. `make help` lists the rest.
PYTHON ?= python3
SIZE ?= 10000
LAUNCH = .venv/bin/python -m ops.launch
LOCK = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help run test check bench manage setup setup-tests lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: setup ## Set this machine up, then run the demo (PORT=8010 make run: at another port)
	@exec $(LAUNCH) --with-parent run

test: setup-tests ## Set this machine up, then check everything: style, types, layers, migrations, every test
	@exec $(LAUNCH) --with-parent --tests services -- python -m ops.check

check: setup-tests ## The quick part of the checks: everything but the tests
	@exec $(LAUNCH) --with-parent --tests --join services -- python -m ops.check --quick

bench: setup-tests ## Measure pages and jobs against floors of the same run: make bench SIZE=100000
	@exec $(LAUNCH) --with-parent --tests --join services -- python -m bench --size $(SIZE)

manage: setup ## Run a command of the program on the demo's data: make manage ARGS="verify_chain"
	@exec $(LAUNCH) --with-parent --join services -- python manage.py $(ARGS)

setup: ## Install what the program needs, without starting it
	@$(PYTHON) -m ops.setup

setup-tests: ## Install what the tests need, without starting them
	@$(PYTHON) -m ops.setup --tests

lock: setup ## Write the lock files again, with the newest versions that pyproject.toml allows
	$(LOCK) --upgrade pyproject.toml -o requirements.txt
	$(LOCK) --upgrade pyproject.toml --group local -o requirements-local.txt
	$(LOCK) --upgrade pyproject.toml --group dev -o requirements-dev.txt
	$(LOCK) --upgrade ops/installer.in -o ops/installer.txt

clean: ## Erase the data of the demo and of the tests, and the virtual environment
	@$(PYTHON) -m ops.launch clean
	@$(PYTHON) -m ops.launch --tests clean
	rm -rf .venv var
