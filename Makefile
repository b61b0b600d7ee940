# GNU make. `make help` lists the targets.
FLAVOUR ?= plain
PREFIX ?= /usr/local
B := build/$(FLAVOUR)
PACKAGES := build-essential pkg-config git libgit2-dev libjansson-dev zlib1g-dev libssl-dev libcurl4-openssl-dev libxml2-dev libgmime-3.0-dev ca-certificates tzdata
TEST_PACKAGES := jq libcmocka-dev openssl nghttp2-proxy

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wwrite-strings -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wundef -fno-common
LINKED := libgit2 jansson zlib libcrypto
# The others are loaded by the commands that need them (lib/source/late.h).
LIBS := $(LINKED) libcurl libxml-2.0 gmime-3.0
CFLAGS ?= -O2 -g
FLAGS_plain :=
# The program is optimized as a whole; what else is linked with the library is not, which would take long.
WHOLE_plain := -flto=auto -ffat-lto-objects
PARTS := -fno-lto
# gcc 12 warns falsely of truncation once the sanitizers have rewritten the code.
FLAGS_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -Wno-format-truncation
FLAGS_cover := --coverage -O0
OUR_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -Iinclude $(WARN) $(WERROR) \
	-ffile-prefix-map=$(CURDIR)=. $(FLAGS_$(FLAVOUR)) $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
OUR_LIBS = $(shell pkg-config --libs $(LINKED) 2>/dev/null)

LIB_SRC := $(sort $(wildcard lib/*/*.c))
CMD_SRC := $(sort $(wildcard cmd/*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
BUILTIN := $(B)/gen/builtin.c
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(B)/gen/builtin.o
UNIT := $(UNIT_SRC:%.c=$(B)/%)
FUZZ := $(FUZZ_SRC:%.c=$(B)/%)
BENCH := $(BENCH_SRC:%.c=$(B)/%)
HTTPD_SRC := $(addprefix tests/http/,server.c rules.c bugzilla.c query.c state.c)
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/lapse ## build the program (build/plain/lapse)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: ## install what is missing to build (asks before it uses sudo)
	@sh tests/check/setup.sh $(PACKAGES)

demo: ## set up, build, and show the main job on bundled real data
	@$(MAKE) --no-print-directory setup
	@echo 'building …'
	@$(MAKE) --no-print-directory --silent all
	@sh tests/demo/demo.sh $(B)/lapse

check: ## set up, then run every test, once plain and once under the sanitizers
	@sh tests/check/setup.sh $(PACKAGES) $(TEST_PACKAGES)
	@sh tests/check/run.sh

asan: ## build with the address and undefined-behaviour sanitizers
	$(MAKE) FLAVOUR=asan all tests

tests: $(B)/lapse $(UNIT) $(FUZZ) $(B)/fault.so $(B)/httpd $(B)/httpget

bench: $(B)/lapse $(BENCH) $(B)/httpd ## measure speed and memory against the stated targets
	@sh tests/bench/bench.sh $(B)

$(B)/liblapse.a: $(LIB_OBJ)
	@rm -f $@
	ar rcD $@ $^

$(B)/lapse: $(CMD_SRC:%.c=$(B)/%.o) $(B)/liblapse.a
	$(CC) $(CFLAGS) $(OUR_CFLAGS) $(WHOLE_$(FLAVOUR)) $(LDFLAGS) -o $@ $^ $(OUR_LIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OUR_CFLAGS) $(WHOLE_$(FLAVOUR)) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CFLAGS) $(OUR_CFLAGS) -c -o $@ $<

# The built-in documents, as bytes: a string literal of their length is more than C11 promises to take.
$(BUILTIN): lib/clock/builtin/ccadb.json lib/clock/builtin/parties.json
	@mkdir -p $(@D)
	@{ echo '#include "lapse/party.h"'; echo '#include "lapse/policy.h"'; \
	for f in ccadb parties; do echo "const char lapse_builtin_$$f[] = {"; \
	od -An -v -tu1 lib/clock/builtin/$$f.json | sed 's/[0-9][0-9]*/&,/g'; echo '0 };'; done; } > $@

$(B)/tests/unit/%: tests/unit/%.c $(B)/liblapse.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OUR_CFLAGS) -Itests -MMD -MP $(PARTS) $(LDFLAGS) -o $@ $< $(B)/liblapse.a $$(pkg-config --cflags --libs cmocka) $(OUR_LIBS) -lm

# A fuzz target, with a driver that replays its corpus.
$(B)/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h tests/fuzz/replay.c $(B)/liblapse.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OUR_CFLAGS) -Itests $(PARTS) $(LDFLAGS) -o $@ $< tests/fuzz/replay.c $(B)/liblapse.a $(OUR_LIBS)

fuzz: ## hunt with libFuzzer: make fuzz F=json T=60 (needs clang)
	@sh tests/fuzz/hunt.sh "$(F)" "$(T)"

$(B)/tests/bench/%: tests/bench/%.c $(B)/liblapse.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OUR_CFLAGS) $(PARTS) $(LDFLAGS) -o $@ $< $(B)/liblapse.a $(OUR_LIBS)

# The HTTP server of the tests, and a client.
$(B)/httpd: $(HTTPD_SRC:%.c=$(B)/%.o) $(B)/liblapse.a
	$(CC) $(CFLAGS) $(OUR_CFLAGS) $(PARTS) $(LDFLAGS) -o $@ $^ $(OUR_LIBS) $$(pkg-config --libs libssl) -lpthread

$(B)/httpget: $(B)/tests/http/get.o $(B)/liblapse.a
	$(CC) $(CFLAGS) $(OUR_CFLAGS) $(PARTS) $(LDFLAGS) -o $@ $^ $(OUR_LIBS)

$(B)/fault.so: tests/fault/fault.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -g -Wall -Wextra -shared -fPIC -o $@ $< -ldl

repro: ## build in two folders and compare the programs' bytes
	@sh tests/check/repro.sh

install: all ## install into $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/lapse $(DESTDIR)$(PREFIX)/bin/lapse

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/lapse

clean: ## remove what was built
	rm -rf build

.PHONY: all help setup demo check asan tests bench fuzz repro install uninstall clean
-include $(LIB_SRC:%.c=$(B)/%.d) $(CMD_SRC:%.c=$(B)/%.d) $(UNIT_SRC:%.c=$(B)/%.d) $(HTTPD_SRC:%.c=$(B)/%.d) $(B)/tests/http/get.d
