# xlad: `make help` lists the verbs. Objects of a mode stand in build/<mode>/; the release binary is build/xlad.
MODE ?= release
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
E2E_JOBS ?= 1
OUT := build/$(MODE)
ifeq ($(origin CC),default)
  CC := gcc
endif
ifeq ($(MODE),fuzz)
  override CC := clang
endif
export XLAD_SHARED ?= $(abspath ../shared)

# What is compiled
sources  := $(sort $(shell find service -name '*.c'))
objects  := $(patsubst %.c,$(OUT)/%.o,$(filter-out service/main.c,$(sources))) $(OUT)/embedded.o
archive  := $(OUT)/libxlad.a
binary   := $(if $(filter release,$(MODE)),build/xlad,$(OUT)/xlad)
migrations := $(sort $(wildcard migrations/*.sql))
embedded := $(migrations) $(OUT)/openapi.json
unit     := $(patsubst %.c,$(OUT)/%,$(sort $(shell find tests/unit -name 'test_*.c' 2>/dev/null)))
harness  := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/e2e/harness/*.c))
e2e      := $(patsubst %.c,$(OUT)/%,$(wildcard tests/e2e/test_*.c))
faults   := $(patsubst %.c,$(OUT)/%,$(wildcard tests/faults/test_*.c))
fuzzers  := $(patsubst %.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))
bench    := $(patsubst %.c,$(OUT)/%,$(wildcard tests/bench/*.c))

# How: pkg-config is asked once, and only when something is built, so that `make deps` works before it is there
once = $(eval $(1) := $(2))$($(1))
ask  = $(shell pkg-config $(1))$(if $(filter-out 0,$(.SHELLSTATUS)),$(error a library is missing: run `make deps`, for tests also `make deps-test`))
packages        := libmicrohttpd libpq libcjson uuid libcrypto zlib libcurl
library_flags    = $(call once,library_flags,$(patsubst -I%,-isystem %,$(call ask,--cflags $(packages))))
libraries        = $(call once,libraries,$(call ask,--libs $(packages)) -lm)
check_libraries  = $(call once,check_libraries,$(call ask,--libs check))

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wcast-qual -Wno-overlength-strings \
  $(if $(CI)$(DEVELOPER),-Werror)
optimise := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
optimise_asan     := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
optimise_tsan     := -O1 -fno-omit-frame-pointer -fsanitize=thread
optimise_fuzz     := $(optimise_asan) -fsanitize=fuzzer-no-link
optimise_coverage := -O0 --coverage -fprofile-update=atomic
mode_flags := $(or $(optimise_$(MODE)),$(optimise))
all_cflags  = -std=c17 -g -fPIE $(warnings) $(mode_flags) -D_GNU_SOURCE -Iinclude $(library_flags) $(CPPFLAGS) $(CFLAGS)
all_ldflags = $(mode_flags) -pie -Wl,-z,relro,-z,now $(LDFLAGS)
test_cflags := -Itests -Itests/unit -Itests/e2e

# V=1 shows the commands whole, QUIET=1 only what the compiler has to say
say = $(if $(V),,@$(if $(QUIET),,printf '  %-8s %s\n' $(1) $@;))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: FORCE all run test test-unit test-e2e test-faults test-contract test-browser test-readme test-oracle test-fuzz keys lint format asan tsan fuzz coverage bench soak \
  deps deps-test deps-bench install clean help programs

##@ Build and look
all: $(binary) ## build build/xlad (DEVELOPER=1: warnings are errors; MODE=asan|tsan|…, CC=clang)

run: ## everything for a first look: packages, build, a private database, demo data, and the service on XLAD_LISTEN
	@tests/tools/run

keys: ## print the demo's address and keys, for eval "$(make -s keys)"
	@tests/tools/run --keys

install: all ## install the binary (DESTDIR=, PREFIX=/usr/local)
	install -D -m 0755 $(binary) $(DESTDIR)$(PREFIX)/bin/xlad

clean: ## remove build/
	rm -rf build

##@ Test
test: deps deps-test ## everything that must pass; the last line counts
	@tests/tools/total "$(MAKE)" lint test-unit test-e2e test-faults test-fuzz test-contract test-browser test-readme test-oracle

test-unit: $(unit) ## the unit tests
	@tests/tools/check --jobs $(JOBS) --seconds 300 $(unit)

test-e2e: $(binary) $(e2e) ## the real binary against a private database
	@$(if $(e2e),tests/tools/cluster with) env XLAD_BINARY=$(abspath $(binary)) tests/tools/check --jobs $(E2E_JOBS) --seconds 900 $(e2e)

test-faults: $(binary) $(faults) ## kills, lost connections, full pools (make soak: with full counts)
	@XLAD_BINARY=$(abspath $(binary)) tests/tools/check --jobs 1 --seconds $(if $(XLAD_SOAK),14400,900) $(faults)

test-contract test-browser test-readme: test-%: $(binary) ## openapi.yaml against real traffic; the pages in a browser; README's lines as printed
	@if [ -x tests/$*/run ]; then XLAD_BINARY=$(abspath $(binary)) tests/$*/run; else echo '0 passed, 0 failed'; fi

test-oracle: $(binary) ## figures against a second implementation, and what an attacker learns from answers (XLAD_SEED=, ORACLE_SETS=, ATTACK_SETS=, YEAR_SETS=, YEAR_DAYS=)
	@XLAD_BINARY=$(abspath $(binary)) tests/oracle/run

test-fuzz: ## replay the fuzzers' corpora and former crashers
	@$(MAKE) --no-print-directory MODE=fuzz programs
	@tests/tools/fuzz replay $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

fuzz: ## let each fuzzer look for new crashers (FUZZ_SECONDS=60)
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=fuzz programs
	@tests/tools/fuzz search $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

asan tsan: ## the unit and end-to-end tests under AddressSanitizer and UBSan, or ThreadSanitizer
	@tests/tools/total "$(MAKE) MODE=$@" test-unit test-e2e

soak: ## the end-to-end tests, faults and oracle with full counts; takes long
	@XLAD_SOAK=1 tests/tools/total "$(MAKE)" test-e2e test-faults test-oracle

bench: $(binary) $(bench) ## measure beside peers and ceilings on this machine, about 9 minutes (BENCH_QUICK=1: 3; BENCH_ONLY=all: with cold lists and reads of 5,000,000 responses, 35)
	@XLAD_BINARY=$(abspath $(binary)) XLAD_BENCH_PROGRAMS=$(abspath $(OUT)/tests/bench) tests/bench/run

coverage: ## which lines the unit and end-to-end tests reach (build/coverage/index.html)
	@tests/tools/deps gcovr
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@tests/tools/total "$(MAKE) MODE=coverage" test-unit test-e2e
	@gcovr --root . --filter service/ --object-directory build/coverage --html-details build/coverage/index.html --print-summary

lint: ## format, layers, names, banned functions, lengths, shellcheck, warnings of clang, cppcheck, clang-tidy
	@tests/lint/run

format: ## rewrite the C files as clang-format wants them
	@find service include tests -name '*.[ch]' -not -path '*/node_modules/*' -print0 | xargs -0 -r clang-format -i

##@ Packages
deps: ## install the Debian packages that building and running need
	@tests/tools/deps ca-certificates gcc libc6-dev make pkg-config libmicrohttpd-dev libpq-dev libcjson-dev uuid-dev libssl-dev zlib1g-dev libcurl4-openssl-dev \
	  postgresql-15 python3-minimal python3-yaml curl

deps-test: ## install the Debian packages that tests and lint need
	@tests/tools/deps check libsubunit-dev python3 tzdata clang clang-tidy clang-format llvm libclang-rt-14-dev cppcheck shellcheck nodejs npm prometheus jq procps chromium

deps-bench: deps ## install the Debian packages that `make bench` needs; the Go peer takes part where golang-go and golang-github-jackc-pgx-v4-dev are
	@tests/tools/deps wrk nodejs npm

help: ## this list
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z0-9 -]+:.*## / {sub(/: test-%$$/, "", $$1); printf "  %-28s %s\n", $$1, $$2}' Makefile

# Rules
programs: $(if $(filter fuzz,$(MODE)),$(fuzzers),$(binary) $(unit) $(e2e) $(faults) $(bench))
	@:

$(binary): $(OUT)/service/main.o $(archive)
	$(call say,link)$(CC) $(all_ldflags) -o $@ $^ $(libraries)

# $(1) is written to the target only when it differs, so that what depends on it is made again when a list or a flag changes
keep = @mkdir -p $(@D) && printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(1))' > $@
$(OUT)/flags: FORCE
	$(call keep,$(CC) $(all_cflags) $(all_ldflags))
$(OUT)/objects: FORCE
	$(call keep,$(objects))
$(OUT)/embedded.list: FORCE
	$(call keep,$(embedded))

$(archive): $(objects) $(OUT)/objects
	@rm -f $@
	$(call say,archive)ar rcsD $@ $(objects)

$(OUT)/service/%.o: service/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,compile)$(CC) $(all_cflags) -MMD -MP -c -o $@ $<

$(OUT)/tests/%.o: tests/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,compile)$(CC) $(all_cflags) $(test_cflags) -MMD -MP -c -o $@ $<

$(OUT)/openapi.json: openapi/openapi.yaml tests/tools/yaml-to-json
	@mkdir -p $(@D)
	$(call say,convert)tests/tools/yaml-to-json $< > $@

$(OUT)/embedded.c: $(embedded) $(OUT)/embedded.list tests/tools/embed
	$(call say,embed)tests/tools/embed --list MIGRATIONS $(migrations) --one OPENAPI $(OUT)/openapi.json > $@

$(OUT)/embedded.o: $(OUT)/embedded.c $(embedded) $(OUT)/flags
	$(call say,compile)$(CC) $(all_cflags) -MMD -MP -c -o $@ $<

$(OUT)/tests/unit/%: $(OUT)/tests/unit/%.o $(archive)
	$(call say,link)$(CC) $(all_ldflags) -o $@ $^ $(check_libraries) $(libraries)

$(e2e) $(faults): %: %.o $(harness) $(archive)
	$(call say,link)$(CC) $(all_ldflags) -o $@ $^ $(check_libraries) $(libraries)

$(bench): %: %.o
	$(call say,link)$(CC) $(all_ldflags) -o $@ $< $(libraries)

$(fuzzers): %: %.o $(archive)
	$(call say,link)$(CC) $(all_ldflags) -fsanitize=fuzzer -o $@ $^ $(libraries)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
