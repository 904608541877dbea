SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint unit e2e browser lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## fetch everything into .venv/ and .cache/ (the others call it first)
	@scripts/setup.sh

demo: setup  ## everything live: services, job, bets on real games, a table that moves
	@.venv/bin/betpnl demo

test: setup lint unit e2e browser  ## all checks and tests

lint: setup
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy

unit: setup  ## tests that need no services
	@.venv/bin/pytest -m "not e2e and not browser"

e2e: setup  ## tests on real MySQL, Kafka and Flink
	@.venv/bin/pytest -m e2e

browser: setup  ## tests of the board in Debian's Chromium (first time: 234 MB to fetch)
	@.venv/bin/python -m tests.browser.chromium
	@.venv/bin/pytest -m browser

COMPILE := .venv/bin/uv pip compile --quiet --python-version 3.11 \
	--python-platform x86_64-manylinux_2_28 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

lock: setup  ## requirements.lock from requirements.in, and the API's part of it
	@$(COMPILE) requirements.in --output-file requirements.lock
	@$(COMPILE) deploy/requirements-api.in --constraints requirements.lock --no-annotate \
		--output-file deploy/requirements-api.lock

clean: setup  ## stop the services and remove all data (.betpnl/); downloads stay
	@.venv/bin/betpnl down
	@rm -rf .betpnl
