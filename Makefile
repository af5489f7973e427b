# Two commands set everything up on a machine that has Python and make:
#   make speak TEXT="Hello there."
#   make test

VENV := .venv
BIN := $(VENV)/bin

# Taken as typed: without `value`, make would expand a $ in them before the command sees it. They
# travel in the environment, where no quote or apostrophe can break a shell line.
TEXT ?= The quick brown fox jumps over the lazy dog.
OUT ?= out.wav
override TEXT := $(value TEXT)
override OUT := $(value OUT)
export KERAS_SPEECH_TEXT := $(TEXT)
export OUT

# Two processes: most of the time goes into tracing graphs, which keeps one core busy.
PYTEST_WORKERS ?= 2
PYTEST_ARGS ?=
PYTEST = $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile $(PYTEST_ARGS)

# The first Python that TensorFlow has wheels for; PYTHON=/path/to/python on the command line wins.
VERSIONS := 3.11, 3.12 or 3.13
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c '$(SUPPORTED)' >/dev/null 2>&1 && echo $$python && break; done)

# tensorflow-io wants TensorFlow 2.16, and both an environment of their own.
IO_VENV := .venv-io
IO_SUPPORTED := $(subst 14,13,$(SUPPORTED))

.PHONY: help speak test test-io test-page test-slow lint format addons-golden clean

help:
	@echo 'make speak TEXT="..."  speak a sentence into out.wav (OUT=... for another file)'
	@echo 'make test              check the style and run the tests'
	@echo 'make test-io           run the tests of data with tensorflow-io, in .venv-io'
	@echo 'make test-page         try the page of `keras-speech serve` in Chromium'
	@echo 'make test-slow         run the slow tests: training, other environments'
	@echo 'make lint              check the style only'
	@echo 'make format            put the code into the style'
	@echo 'make addons-golden     make the numbers of tensorflow-addons that tests compare with again'
	@echo 'make clean             remove the environment and everything built'

# Stamp files: pip runs again only when setup.py changes.
$(VENV)/.installed: setup.py
	@$(call install,-e .)

$(VENV)/.installed-test: setup.py
	@$(call install,-e '.[test]')
	@touch $(VENV)/.installed

$(VENV)/.installed-io: setup.py
	@$(call install,-e '.[io$(comma)test]')

comma := ,

define install
	set -e; \
	if [ -z "$(PYTHON)" ]; then \
		echo "keras_speech needs Python $(VERSIONS), and none is on the PATH" \
			"($$(python3 --version 2>&1 || echo no python3))." >&2; \
		echo "Install one, or name it: make $(or $(GOAL),$(MAKECMDGOALS)) PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
		echo "Making $(VENV) and installing TensorFlow into it: a few minutes, only this once."; \
		$(PYTHON) -m venv $(VENV) || { \
			echo "$(PYTHON) cannot make environments. On Debian and Ubuntu: apt install python3-venv" >&2; \
			exit 1; }; }; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); \
	touch $@
endef

speak: $(VENV)/.installed
	@$(BIN)/keras-speech speak --output "$$OUT"

# In processes of their own, one group after another, since TensorFlow keeps much of what it has
# compiled, and processes that grow become slow.
test: $(VENV)/.installed-test lint
	@status=0; \
	for group in tests/models 'tests/test_*.py' \
			'tests --ignore=tests/models --ignore-glob=tests/test_*.py'; do \
		echo "$(PYTEST) $$group"; \
		eval "$(PYTEST) $$group" || { code=$$?; [ $$code -eq 5 ] || status=$$code; }; \
	done; exit $$status

# Tests that need tensorflow-io, skipped elsewhere, fail here where it does not load.
test-io:
	@$(MAKE) --no-print-directory VENV=$(IO_VENV) GOAL=$@ VERSIONS="3.11 or 3.12" \
		SUPPORTED='$(IO_SUPPORTED)' $(IO_VENV)/.installed-io
	KERAS_SPEECH_TENSORFLOW_IO=required $(IO_VENV)/bin/python -m pytest -n $(PYTEST_WORKERS) \
		--dist loadfile $(PYTEST_ARGS) tests/data

# Skipped in `make test` where there is no Chromium; here that is an error.
test-page: $(VENV)/.installed-test
	KERAS_SPEECH_BROWSER=required $(BIN)/python -m pytest $(PYTEST_ARGS) tests/serving/test_browser.py

test-slow: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m slow $(PYTEST_ARGS)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# In an environment of its own, thrown away after: tensorflow-addons needs TensorFlow 2.15. No part
# of the package is needed. ADDONS_ENVIRONMENT=DIR keeps it for the next time.
addons-golden:
	$(PYTHON) tests/golden/make_addons_golden.py \
		$(if $(ADDONS_ENVIRONMENT),--environment "$(ADDONS_ENVIRONMENT)")

clean:
	rm -rf $(VENV) $(IO_VENV) build dist *.egg-info .pytest_cache .ruff_cache
	find keras_speech tests -name __pycache__ -type d -exec rm -rf {} +
