# helhedsplan: every verb of the project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Python may keep its bytecode (starting without it takes twice as long), and finds packages in .venv alone.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH VIRTUAL_ENV
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# Compiled while installing, not at each first start; no downloads but packages.
export UV_COMPILE_BYTECODE := 1
export UV_NO_PROGRESS := 1
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# uv trusts its own list of authorities; a network with one of its own has put it into Debian's.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := 1
endif

READY := .venv/.ready
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --extra dev --generate-hashes \
           --no-emit-index-url --no-header --quiet --output-file requirements.lock

.PHONY: help
help: ## list these verbs
	@awk -F ':.*## ' '/^[a-z_]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml tools/bootstrap.sh
	@PYTHON="$(PYTHON)" tools/bootstrap.sh
	@touch $@

.PHONY: environment
environment: $(READY) ## make the environment in .venv (a second time: at once)

.PHONY: refresh
refresh: $(READY) ## run the nightly job over samples/: warehouse, board page, summary
	@helhedsplan refresh --samples
	@echo '  first       . .venv/bin/activate'

.PHONY: test
test: $(READY) ## run every test (installs Debian's Chromium if there is none and you are root)
	@tools/install_chromium.sh
	@pytest --numprocesses 3 --dist loadfile

.PHONY: lint
lint: $(READY) ## rules, form, types and layers: ruff, pyright, import-linter
	@failed=0; \
	ruff check --quiet --output-format concise || failed=1; \
	ruff format --check --quiet --output-format concise || { echo "What to do: make format"; failed=1; }; \
	pyright || failed=1; \
	lint-imports --no-logo || failed=1; \
	exit $$failed

.PHONY: format
format: $(READY) ## put every Python file in form and mend what ruff can mend
	@ruff format
	@ruff check --fix

.PHONY: bench
bench: $(READY) ## measure speed and memory; print the table that the README quotes
	@python -m benchmarks

.PHONY: faults
faults: $(READY) ## kill, fill, mutate, cut off; write benchmarks/faults.md (about an hour)
	@python -m benchmarks.faults

.PHONY: samples
samples: $(READY) ## make the synthetic deliveries of samples/ again (seeded: the same bytes)
	@python tools/make_samples.py

.PHONY: picture
picture: $(READY) ## make docs/images/page.png again from the samples
	@python tools/picture_page.py

.PHONY: serve
serve: $(READY) ## keep the nightly schedule running (02:00 Europe/Copenhagen)
	@helhedsplan serve

.PHONY: lock
lock: $(READY) ## write requirements.lock from pyproject.toml; UPGRADE=1 takes newer releases
	@$(COMPILE) $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## remove the environment and the tools' caches; data/ is never touched
	@rm -rf .venv dist build .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -path ./data -prune -o -type d -name __pycache__ -print0 | xargs -0 rm -rf
