# Everything one does with this checkout. `make` alone lists it.
.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# One selection of packages and features for the app, the tests and the checks: another one would compile most of the
# dependencies a second time (docs/decisions/0003).
GRAPH := --workspace --features tracellm-explorer/custom-protocol
APP := target/debug/tracellm-explorer

# Folders stand for the files that were removed from them.
PAGE_SOURCES := ui/index.html ui/vite.config.ts ui/tsconfig.json \
  $(shell find ui/src -type d -o -type f ! -name '*.test.ts' ! -name '*.test.tsx' 2>/dev/null)
# The browser of the browser tests, under the names that it is installed by.
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome-stable)
PACKAGES := ui/node_modules/.package-lock.json
E2E_PACKAGES := $(if $(wildcard tests/e2e/package-lock.json),tests/e2e/node_modules/.package-lock.json)

.PHONY: help run test check bench crash soak bindings tables screenshots clean \
  tools system system-for-tests python-clients test-rust test-page test-browser test-window check-rust check-page check-scripts check-licences

help: ## Lists what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: tools system ui/dist/index.html ## Builds the app if need be and opens it; FILES="a.json b/" opens these in it
	@cargo build $(GRAPH) --bins
	@scripts/open-app $(APP) $(FILES)

test: test-rust test-page test-browser test-window ## Runs every test: engine, command line, page, browser, window

check: check-rust check-page check-scripts check-licences ## Checks formatting, lints, types and licences

bench: tools system-for-tests ui/dist/index.html ## Measures the engine, then the app's start, and its window under a flood and with large traces (release builds)
	cargo bench -p engine
	cargo build --release $(GRAPH) --bins
	node tests/smoke/start-time.mjs target/release/tracellm-explorer
	node tests/smoke/flood-frames.mjs target/release/tracellm-explorer
	node tests/smoke/open-frames.mjs target/release/tracellm-explorer

crash: tools system ## Kills the engine at 500 random moments and looks what is left; CRASH_ROUNDS=, CRASH_SEED= for others
	CRASH_ROUNDS="$(or $(CRASH_ROUNDS),500)" CRASH_SEED="$(or $(CRASH_SEED),$(shell date +%s))" cargo test $(GRAPH) --test crash -- --nocapture

soak: tools system-for-tests ui/dist/index.html ## Eight hours of receiving and looking in ten minutes, in the engine and in the window; SOAK_SECONDS= for less
	SOAK_SECONDS="$(or $(SOAK_SECONDS),600)" cargo test $(GRAPH) --test soak -- --ignored --nocapture
	cargo build $(GRAPH) --bins
	node tests/smoke/soak.mjs $(APP) "$(or $(SOAK_SECONDS),600)"

bindings: tools ## Writes ui/src/backend/bindings.ts from the Rust types
	UPDATE_BINDINGS=1 cargo test -p engine --test engine bindings

tables: tools ## Writes docs/files from what the files for tests give
	UPDATE_TABLES=1 cargo test -p engine --test engine ingest::

screenshots: tools system-for-tests ui/dist/index.html ## Takes pictures of the app into tests/smoke/output
	cargo build $(GRAPH) --bins
	node tests/smoke/screenshots.mjs $(APP)

clean: ## Removes all that was built or installed in this folder
	rm -rf target gen ui/dist ui/node_modules tests/e2e/node_modules tests/e2e/output tests/smoke/output
	find ui -name '*.tsbuildinfo' -not -path '*/node_modules/*' -delete

# --- set-up ---

tools:
	@scripts/tools

system:
	@scripts/system-packages build

system-for-tests:
	@scripts/system-packages build test

python-clients: system-for-tests
	@scripts/python-clients

$(PACKAGES): ui/package.json ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund
	@touch $@

tests/e2e/node_modules/.package-lock.json: tests/e2e/package.json tests/e2e/package-lock.json
	cd tests/e2e && npm ci --no-audit --no-fund
	@touch $@

ui/dist/index.html: $(PACKAGES) $(PAGE_SOURCES)
	cd ui && npm run build
	@touch $@

# --- tests, in the order of `make test` ---
# They run where there is no network, and fail if anything tries to reach one.

test-rust: tools system-for-tests python-clients ui/dist/index.html
	cargo test $(GRAPH) --no-run
	scripts/without-network cargo test --offline $(GRAPH)

test-page: tools $(PACKAGES)
	cd ui && npm run typecheck && npm run lint && npm test

test-browser: tools system-for-tests ui/dist/index.html $(E2E_PACKAGES)
	cargo build $(GRAPH) --bins
	cd tests/e2e && npm run typecheck && CHROMIUM="$(CHROMIUM)" ../../scripts/without-network --not-counted npm test

test-window: tools system-for-tests ui/dist/index.html
	cargo build $(GRAPH) --bins
	scripts/without-network node --test --test-concurrency=1 --test-reporter=spec tests/smoke/*.test.mjs

# --- checks ---

check-rust: tools system ui/dist/index.html
	cargo fmt --all --check
	cargo clippy $(GRAPH) --all-targets -- -D warnings

check-page: tools $(PACKAGES)
	cd ui && npm run typecheck && npm run lint && npm run format:check

check-scripts:
	@scripts/check-scripts

check-licences: tools
	@scripts/check-licences
