# Bare `make` lists the targets. Each target brings the environment up to date first; that costs nothing when the lock has not changed.
PORT  ?= 8000
SCALE ?= 0.01
FRESH ?=
UPGRADE ?=
PYTHON ?= python3
ARGS ?=

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Compiled modules are kept, whatever the shell says: without them every process compiles Django, the engines and itself anew.
unexport PYTHONDONTWRITEBYTECODE
UV_VERSION := 0.13.8
UV := .venv-uv/bin/uv
BIN := .venv/bin
MESSAGES := $(wildcard src/guildhall/*/locale/*/LC_MESSAGES/*.po)
CHECKS := check-ruff check-types check-imports check-house check-templates check-migrations check-messages

.PHONY: help demo setup setup-dev test test-slow test-postgres browser check $(CHECKS) bench docs lock

help:  ## list these targets
	@echo "make TARGET [NAME=value …]"
	@grep -hE '^[a-z-]+:.*## ' Makefile | grep -v '^help' | sed -E 's/^([a-z-]+):[^#]*## (.*)/  \1|\2/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

demo: setup  ## build the demonstration city and serve it on loopback (PORT=8000 SCALE=0.01 FRESH=1)
	@$(BIN)/guildhall demo --port $(PORT) --scale $(SCALE) $(if $(filter-out 0,$(FRESH)),--fresh)

setup: .venv-uv/ready  ## make the environment alone: .venv/bin/guildhall
	@$(call environment,run)
	@$(MAKE) -s .venv/messages

setup-dev: .venv-uv/ready  ## the same with what tests and checks need
	@$(call environment,dev)
	@$(MAKE) -s .venv/messages

test: setup-dev  ## the suite on SQLite, both cores, without slow trials and house tests (ARGS="-k word" for a part)
	@$(BIN)/pytest -n auto --dist worksteal -m "not slow and not browser and not postgres" --ignore=tests/house $(ARGS)

test-slow: setup-dev  ## the slow trials on SQLite: processes killed half-way, cities of full size
	@$(BIN)/pytest -n auto --dist worksteal -m "slow and not browser and not postgres" $(ARGS)

test-postgres: setup-dev  ## what asks for a database, the slow trials too, on a private PostgreSQL started for it
	@$(BIN)/python -m tests.postgres $(BIN)/pytest -n auto --dist worksteal -m "(database or postgres) and not browser" --ignore=tests/house $(ARGS)

browser: setup-dev  ## journeys in headless Chromium
	@found=0; $(BIN)/python -m tests.parts chromium || found=$$?
	@case $$found in 0) $(BIN)/pytest -m browser $(ARGS);; 3) ;; *) exit 1;; esac

check: setup-dev  ## lint, types, import contracts, house tests, templates, migrations, translations, docs against code
	@$(MAKE) -k $(CHECKS)

bench: setup-dev  ## speed and memory side by side with peers; one table
	@$(BIN)/python -m bench $(ARGS)

docs: setup-dev  ## write the reference pages under docs/reference/ from the code
	@$(BIN)/python -m tests.house.reference

lock: .venv-uv/ready  ## write the locks again from pyproject.toml (UPGRADE=1 takes newer versions)
	@compile="$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 $(if $(UPGRADE),--upgrade)"
	@export UV_CUSTOM_COMPILE_COMMAND="make lock"
	@$$compile pyproject.toml -o requirements.lock
	@$$compile --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@echo "uv==$(UV_VERSION)" | $$compile --no-annotate - -o requirements-uv.lock

# What a check makes while it reads the settings stays out of the way.
$(CHECKS): export GUILDHALL_VAR := $(CURDIR)/.venv/var

check-ruff:
	@echo "── ruff"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
check-types:
	@echo "── mypy"; $(BIN)/mypy
check-imports:
	@echo "── import contracts"; $(BIN)/lint-imports --no-logo
check-house:
	@echo "── house tests, docs against code"; $(BIN)/pytest -q -p no:randomly -n auto --dist worksteal tests/house
check-templates:
	@echo "── templates"; $(BIN)/djlint src --lint --quiet
check-migrations:
	@echo "── migrations"; DJANGO_SETTINGS_MODULE=guildhall.project.settings $(BIN)/django-admin makemigrations --check --dry-run
check-messages:
	@echo "── translations"; $(BIN)/guildhall messages check

.venv/messages: $(MESSAGES)
	@$(if $(MESSAGES),$(BIN)/guildhall messages compile)
	@touch $@

# uv comes through pip into an environment of its own, so that nothing is asked of the machine but python3 with venv.
.venv-uv/ready: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Guildhall needs python3 of version 3.11 or newer. Next: install it, or name another: make PYTHON=/path/to/python3 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Guildhall needs Python's venv module, which Debian packages apart. Next: apt install python3-venv" >&2; exit 1; }
	@rm -rf .venv-uv && $(PYTHON) -m venv .venv-uv
	@.venv-uv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

# $(call environment,run|dev): bring .venv up to date with the lock, unless the stamp of that lock says it is. The dev lock holds
# everything the run lock does, so an environment made for development serves the demo as it is and is never stripped by it.
# The package itself is put on the path by one line instead of a build: nothing to fetch, and the sources are what runs.
define environment
	kind=$(1); [ ! -e .venv/dev ] || kind=dev
	lock=requirements.lock; [ $$kind = run ] || lock=requirements-dev.lock
	stamp=$$(cat $$lock Makefile | $(PYTHON) -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
	if [ "$$(cat .venv/$$kind 2>/dev/null)" != "$$stamp" ] || ! $(BIN)/python -c '' 2>/dev/null; then
	  index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null || true)}}
	  [ -z "$$index" ] || export UV_DEFAULT_INDEX=$$index
	  $(BIN)/python -c '' 2>/dev/null || $(UV) venv -q --clear --no-python-downloads --python "$$(command -v $(PYTHON))" .venv
	  echo ../../../../src > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/guildhall.pth"
	  $(UV) pip sync -q --require-hashes --python $(BIN)/python $$lock
	  printf '%s\n' "#!/bin/sh" "'''exec' \"\$$(dirname \"\$$0\")/python\" \"\$$0\" \"\$$@\"" "' '''" "import sys" "from guildhall.cli import main" "sys.exit(main())" > $(BIN)/guildhall
	  chmod +x $(BIN)/guildhall
	  echo $$stamp > .venv/$$kind
	fi
endef
