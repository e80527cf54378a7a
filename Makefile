# Everything is built with one profile, release, so that nothing builds twice. Needs cargo, and Python 3 for `make test`.

INPUT  ?= samples/dumps
OUT    ?= dataset
PYTHON ?= python3
# Milliseconds for each law in test-slow, and dumps of the corpus that it makes up.
LAWS_MS ?= 30000
CORPUS  ?= 3000
# Kills in test-slow, each resumed to the same bytes.
KILLS   ?= 5
# Seconds for each fuzz target, and which targets.
SECONDS ?= 60
FUZZ_TARGETS ?= $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs)))

TARGET   := $(or $(CARGO_TARGET_DIR),target)
COPYDESK := $(TARGET)/release/copydesk
LEARNING := src/judge/model
# The folder of WCXB, with dev/html and dev/ground-truth; PEERS=1 installs other extractors beside it for `quality`.
WCXB     ?=
PEERS    ?=
VENV     := $(TARGET)/venv
CARGO    := cargo
FLAGS    := --release --locked

.DEFAULT_GOAL := help
.PHONY: help dataset test test-slow check bench fuzz schemas readers features model quality

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

dataset: ## Clean INPUT (samples/dumps) into OUT (dataset), replacing the dataset that stands there
	@$(CARGO) build $(FLAGS)
	@$(COPYDESK) build "$(INPUT)" -o "$(OUT)" --overwrite || test $$? -eq 1

test: check readers ## Check, then all tests, the readers DuckDB and PyArrow among them
	@COPYDESK_PYTHON="$(abspath $(VENV))/bin/python" $(CARGO) test $(FLAGS)

test-slow: ## The laws over many more cases, the same bytes from a larger corpus, after kills and on a full disk
	@ARBTEST_BUDGET_MS=$(LAWS_MS) $(CARGO) test $(FLAGS) --test main laws
	@COPYDESK_CORPUS=$(CORPUS) $(CARGO) test $(FLAGS) --test main determinism
	@COPYDESK_KILLS=$(KILLS) $(CARGO) test $(FLAGS) --test main survival -- --ignored --nocapture --test-threads 1

check: ## Format, lint, documentation, rules and schemas
	@$(CARGO) fmt --check
	@if $(CARGO) clippy --version >/dev/null 2>&1; then $(CARGO) clippy $(FLAGS) --all-targets -- -D warnings; \
	else echo "clippy is not installed: lint left out" >&2; fi
	@RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(FLAGS) --no-deps --quiet
	@$(CARGO) test $(FLAGS) --no-run --quiet
	@$(COPYDESK) rules check
	@$(CARGO) test $(FLAGS) --quiet --test main architecture::schemas

bench: ## Throughput on the samples
	@$(CARGO) bench --profile release --locked --bench stages

# Fuzzing stands apart: a tool of its own, a build with coverage counters, corpora that grow. All of it
# lies under the target folder. Without a sanitizer the toolchain of the project does; SANITIZER=address needs a nightly
# one (CARGO="cargo +nightly").
FUZZ := $(abspath $(TARGET))/fuzz
FUZZ_VERSION := 0.13.2
SANITIZER ?= none
FUZZ_LIMITS := -rss_limit_mb=2048 -timeout=25 -max_len=65536 -print_final_stats=1 -verbosity=0

fuzz: $(FUZZ)/tool-$(FUZZ_VERSION) ## Run each fuzz target for SECONDS (60); needs Linux and a C++ compiler
	@COPYDESK_SEEDS="$(FUZZ)/seeds" $(CARGO) test $(FLAGS) --quiet --test main fuzz
	@for target in $(FUZZ_TARGETS); do \
		PATH="$(FUZZ)/tool/bin:$$PATH" $(CARGO) fuzz build --sanitizer $(SANITIZER) --target-dir "$(FUZZ)" $$target \
			|| exit 2; \
		echo "$$target:"; mkdir -p "$(FUZZ)/corpus/$$target" "$(FUZZ)/broken/$$target"; \
		$(FUZZ)/*/release/$$target "$(FUZZ)/corpus/$$target" "$(FUZZ)/seeds/$$target" $(FUZZ_LIMITS) \
			-max_total_time=$(SECONDS) -artifact_prefix="$(FUZZ)/broken/$$target/" 2>"$(FUZZ)/$$target.log" \
			|| { tail -n 40 "$(FUZZ)/$$target.log" >&2; echo "what broke it lies in $(FUZZ)/broken/$$target" >&2; exit 1; }; \
		grep number_of_executed_units "$(FUZZ)/$$target.log"; \
	done

$(FUZZ)/tool-$(FUZZ_VERSION):
	@command -v $(CXX) >/dev/null || { echo "fuzzing needs a C++ compiler ($(CXX)) for libFuzzer" >&2; exit 2; }
	@$(CARGO) install cargo-fuzz --version $(FUZZ_VERSION) --locked --quiet --root "$(FUZZ)/tool" \
		|| { echo "fuzzing needs cargo-fuzz $(FUZZ_VERSION)" >&2; exit 2; }
	@touch "$@"

schemas: ## Write schemas/ anew
	@UPDATE_EXPECT=1 $(CARGO) test $(FLAGS) --quiet --test main architecture::schemas

# The virtual environment of the reader checks, made anew when the versions change.
readers: $(VENV)/ready

$(VENV)/ready: tests/python/requirements.txt
	@rm -rf "$(VENV)" && $(PYTHON) -m venv "$(VENV)"
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement tests/python/requirements.txt
	@touch "$@"

# What `model` and `quality` need: their own virtual environment, and the features of all pages.
LEARN := $(TARGET)/model-venv
FEATURES := $(TARGET)/features

$(LEARN)/ready: $(LEARNING)/requirements.txt
	@rm -rf "$(LEARN)" && $(PYTHON) -m venv "$(LEARN)"
	@$(LEARN)/bin/pip install --quiet --disable-pip-version-check --requirement $(LEARNING)/requirements.txt
	@touch "$@"

features: $(LEARN)/ready
	@test -d "$(WCXB)/dev/html" || { echo "WCXB=DIR must name the folder that holds dev/html" >&2; exit 2; }
	@$(CARGO) build $(FLAGS)
	@rm -rf "$(FEATURES)" && $(COPYDESK) matrix "$(WCXB)/dev/html" -o "$(FEATURES)" --model off

model: features ## Train the model for pages on WCXB=DIR
	@$(LEARN)/bin/python $(LEARNING)/train.py final "$(FEATURES)" "$(WCXB)" $(LEARNING)/html.model

quality: features ## Measure on WCXB=DIR, cross-validated by registered domain (PEERS=1: other extractors too)
	@test -z "$(PEERS)" || $(LEARN)/bin/pip install --quiet --disable-pip-version-check --no-deps \
		--requirement $(LEARNING)/peers.txt
	@rm -rf "$(TARGET)/folds" && $(LEARN)/bin/python $(LEARNING)/train.py folds "$(FEATURES)" "$(WCXB)" "$(TARGET)/folds"
	@$(LEARN)/bin/python $(LEARNING)/quality.py $(COPYDESK) "$(TARGET)/folds" "$(WCXB)" "$(TARGET)/quality"
