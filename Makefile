# kmodwatch: one Makefile, not recursive. What users type is listed by `make help`.
# Everything that is built, downloaded or tested goes under build/. V=1 shows the commands.

VERSION := 0.1.0
ARCH := $(shell uname -m | sed -e s/x86_64/x86/ -e s/aarch64/arm64/)
B := build

CLANG ?= clang
BPFTOOL ?= $(or $(shell command -v bpftool),/usr/sbin/bpftool)
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
# Warnings fail a developer's build (check, test), but not that of a user whose compiler is newer than ours.
WARNINGS := -Wall -Wextra $(if $(WERROR),-Werror)

# What the targets need on a Debian machine. run, test and the targets that boot guests install what is missing, and say
# so. gcc-multilib: a guest makes 32-bit calls too.
PACKAGES_BUILD := bpftool clang gcc libaudit-dev libbpf-dev libcap-ng-dev libelf-dev libjson-c-dev libssl-dev libsystemd-dev make pkg-config zlib1g-dev
PACKAGES_VM := btrfs-progs busybox-static ca-certificates cpio gcc gcc-multilib kmod libc6-dev python3 qemu-system-x86 xz-utils zstd
PACKAGES_UNIT := $(PACKAGES_BUILD) bash-completion jq libcmocka-dev python3 python3-jsonschema zsh
PACKAGES_CROSS := $(PACKAGES_BUILD) $(PACKAGES_VM) binutils-aarch64-linux-gnu lld qemu-system-arm
PACKAGES_PRISTINE := mmdebstrap util-linux
PACKAGES_DIST := $(PACKAGES_BUILD) build-essential busybox-static debhelper elfutils file lintian rpm rpmlint xz-utils
PACKAGES_TEST := $(PACKAGES_UNIT) $(PACKAGES_VM) $(PACKAGES_PRISTINE) clang-format clang-tidy clang-tools cppcheck libclang-rt-dev mandoc shellcheck strace valgrind

# SAY: lines (one for each file), line (one that changes, on a terminal) or nothing.
SAY ?= lines
ifeq ($(V),1)
Q :=
say = @:
else
Q := @
# On stderr: stdout belongs to the events of `make run`.
ifeq ($(SAY),lines)
say = @printf '  %-8s %s\n' '$(1)' '$(patsubst $(B)/%,%,$(2))' >&2
else ifeq ($(SAY),line)
say = @printf '\r\033[K    %-8s %s\r' '$(1)' '$(patsubst $(B)/%,%,$(2))' >&2
else
say = @:
endif
endif

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all run test check lint format unit matrix vm check-vmlinux check-arm64 judge native bench bench-profile bench-short bench-baseline clean help packages-build packages-unit packages-vm packages-cross packages-pristine packages-dist packages-test pristine run-here run-vm

all: $(B)/kmodwatch $(B)/kmodwatch.schema.json

help:
	@echo 'make               build $(B)/kmodwatch'
	@echo 'make run           install what is missing, build, and show events (in a VM if this kernel cannot load modules)'
	@echo 'make install       install the program, its man pages and its service; make uninstall removes them'
	@echo 'make dist          make a tarball of the sources that builds without git, in $(PACKAGED)'
	@echo 'make deb           make Debian packages for the suite that this machine is of, in $(PACKAGED)'
	@echo 'make rpm           make an RPM package, in $(PACKAGED)'
	@echo 'make static        make one program that needs no library, in $(PACKAGED)'
	@echo 'make test          install what is missing, and run the tests on $(words $(KERNELS)) kernels'
	@echo 'make check         run lint, the unit tests and the quick cases on one kernel: the loop while developing'
	@echo 'make packages-test install what make check and the other targets need'
	@echo 'make pristine      make run and make test in a Debian root made from scratch (SUITE=trixie for another suite)'
	@echo 'make bench         measure what watching costs, compared with auditd and bpftrace (a few minutes)'
	@echo 'make bench-profile show where the instructions go (needs perf, from linux-perf)'
	@echo 'make vm KERNEL=6.12  start a shell in a guest with that kernel: $(KERNELS)'
	@echo 'make docs-check    run the examples of the documents in a guest; make docs-record records them again'
	@echo 'make consumers     give lines to rsyslog, syslog-ng, lnav, jq and SQLite, as user/dist/consumers sets them up'
	@echo 'make rows          run all cases on all rows of tests/vm/kernels.list, other architectures too (hours)'
	@echo 'make cross         build $(B)/cross/$(CROSS)/kmodwatch, for $(CROSS)'
	@echo 'make watch-kernels compare the newest kernels of all Debian suites with what is known of the tested ones'
	@echo 'make check-vmlinux compare vmlinux/ with the BTF of each kernel'
	@echo 'make vm-asan       run everything that runs in guests, on $(SANITIZED_KERNELS), with the user side built for ASan and UBSan'
	@echo 'make fuzz T=3600   run each fuzzer for that many seconds'
	@echo 'make format        format the C files as .clang-format says'

# --- the kernel side: one object per source, joined, and made into a header ---

# maps.bpf.c first: bookworm's bpftool joins wrongly where an extern map comes before its definition.
BPF_SOURCES := bpf/maps.bpf.c $(filter-out bpf/maps.bpf.c,$(wildcard bpf/*.bpf.c))
BPF_CPU := v2
# Every program has a context, wanted or not. BTF names the sources: not with the folder in which they happen to lie.
BPF_CFLAGS = -target bpf -mcpu=$(BPF_CPU) -O2 -g '-ffile-prefix-map=$(CURDIR)=.' $(WARNINGS) -Wno-unused-parameter -Ivmlinux -Ibpf $(BPF_DEFINES)
BPF_OBJECTS := $(BPF_SOURCES:%.bpf.c=$(B)/$(ARCH)/%.bpf.o)

define bpf_rule
$(B)/$(1)/bpf/%.bpf.o: bpf/%.bpf.c | $(B)/tools
	$$(call say,BPF,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(BPF_CFLAGS) -D__TARGET_ARCH_$(1) -MMD -MP -MF $$(@:.o=.d) -c $$< -o $$@
endef
$(eval $(call bpf_rule,x86))
$(eval $(call bpf_rule,arm64))

$(B)/kmodwatch.bpf.o: $(BPF_OBJECTS) Makefile
	$(call say,JOIN,$@)
	$(Q)$(BPFTOOL) gen object $@ $(filter %.o,$^)

$(B)/include/kmodwatch.skel.h: $(B)/kmodwatch.bpf.o
	$(call say,SKEL,$@)
	@mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen skeleton $< name kmodwatch_bpf > $@

# --- the user side ---

LIBRARIES := libbpf libcap-ng audit libsystemd libcrypto
# user/dist/ is not linked in: it makes what is installed beside the program.
USER_SOURCES := $(filter-out user/dist/%,$(wildcard user/*.c user/*/*.c))
USER_OBJECTS := $(USER_SOURCES:%.c=$(B)/%.o)
USER_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DKMODWATCH_VERSION='"$(VERSION)"' $(WARNINGS) -Wshadow -Wstrict-prototypes \
	$(BPF_DEFINES) -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -I$(B)/include $(CFLAGS)
USER_LIBS = $(shell $(PKG_CONFIG) --libs $(LIBRARIES))

$(B)/%.o: %.c | $(B)/tools
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) -MMD -MP -c $< -o $@

$(B)/kmodwatch: $(USER_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,now $(LDFLAGS) $^ -o $@ $(USER_LIBS)

$(B)/user/kernel/object.o: | $(B)/include/kmodwatch.skel.h

# The built-in profiles are taken in as they are.
$(addsuffix user/audit/profile.o,$(B)/ $(B)/asan/ $(B)/fuzz/): $(wildcard user/audit/profiles/*.rules)

-include $(BPF_SOURCES:%.c=$(B)/x86/%.d) $(BPF_SOURCES:%.c=$(B)/arm64/%.d) $(USER_OBJECTS:.o=.d)

# --- for another architecture, by clang, with Debian's libraries unpacked under build/vm ---

CROSS := arm64
CROSS_TRIPLE_arm64 := aarch64-linux-gnu
CROSS_ROOT := $(abspath $(B)/vm/foreign/$(CROSS))
.PHONY: cross
cross: packages-cross
	@tests/vm/run unpack $(CROSS) >/dev/null
	@PKG_CONFIG_SYSROOT_DIR=$(CROSS_ROOT) PKG_CONFIG_LIBDIR=$(CROSS_ROOT)/usr/lib/$(CROSS_TRIPLE_$(CROSS))/pkgconfig \
		$(MAKE) --no-print-directory B=$(B)/cross/$(CROSS) ARCH=$(CROSS) \
		CC='$(CLANG) --target=$(CROSS_TRIPLE_$(CROSS)) --sysroot=$(CROSS_ROOT)' LDFLAGS='-fuse-ld=lld' $(B)/cross/$(CROSS)/kmodwatch

# --- packages: what is missing is named and installed ---

packages-build:
	@tests/setup/packages 'the build' $(PACKAGES_BUILD)
packages-unit:
	@tests/setup/packages 'the build and the unit tests' $(PACKAGES_UNIT)
packages-vm:
	@tests/setup/packages 'virtual machines' $(PACKAGES_VM)
packages-cross:
	@tests/setup/packages 'another architecture' $(PACKAGES_CROSS)
packages-pristine:
	@tests/setup/packages 'pristine roots' $(PACKAGES_PRISTINE)
packages-dist:
	@tests/setup/packages 'making packages' $(PACKAGES_DIST)
packages-test:
	@tests/setup/packages 'all tests' $(PACKAGES_TEST)

# Where nobody installed them: which are missing, and the fix.
$(B)/tools: Makefile
	@tests/setup/tools '$(CC)' '$(CLANG)' '$(BPFTOOL)' '$(PKG_CONFIG)' $(LIBRARIES) libelf zlib json-c
	@mkdir -p $(@D)
	@touch $@

include user/dist/install.mk
include user/dist/packages.mk

# --- running it ---

KERNEL ?= 6.1

# On a terminal a line may change while a step lasts.
quiet_make = if [ -t 2 ]; then say=line; else say=nothing; fi; $(MAKE) -s --no-print-directory SAY=$$say

# The packages first: the build's own variables ask pkg-config and bpftool. stdout belongs to the events.
run: $(if $(wildcard /proc/modules),run-here,run-vm)
run-here:
	@STEP=1/3 $(MAKE) --no-print-directory packages-build >&2
	@STEP=2/3 tests/setup/step 'kmodwatch: compiling'
	@$(quiet_make) -j2 all >&2
	@STEP=3/3 tests/setup/step 'kmodwatch: watching this machine until you press Ctrl-C'
	@exec $(B)/kmodwatch
run-vm:
	@echo "This machine's kernel cannot load modules (CONFIG_MODULES is not set), so kmodwatch runs in a VM with Debian's $(KERNEL) kernel." >&2
	@STEP=1/4 tests/setup/packages 'the build and virtual machines' $(sort $(PACKAGES_BUILD) $(PACKAGES_VM)) >&2
	@STEP=2/4 tests/setup/step 'kmodwatch: compiling'
	@$(quiet_make) -j2 all >&2
	@STEP=3/4 tests/vm/run scene --kernel $(KERNEL)

# The README's two commands in a Debian root made from scratch, with nothing installed but make.
SUITE ?= bookworm
pristine: packages-pristine
	@tests/pristine/run $(SUITE) tests/pristine/readme

vm: packages-vm all
	@tests/vm/run shell --kernel $(KERNEL)

# --- unit tests ---

# The user side without the rooms that need libbpf, and so root: a program for each noun.
UNIT_OBJECTS := $(filter-out user/main.o user/kernel/% user/monitor/%,$(USER_SOURCES:.c=.o))
UNIT_SHARED := $(UNIT_OBJECTS) $(patsubst %.c,%.o,$(filter-out tests/unit/test_%.c,$(wildcard tests/unit/*.c)))
UNIT_PROGRAMS := $(patsubst %.c,%,$(wildcard tests/unit/test_*.c))
UNIT_LIBS = $(shell $(PKG_CONFIG) --libs cmocka json-c audit libsystemd libcrypto)

# Every test has a state, wanted or not.
$(B)/tests/unit/%.o $(B)/asan/tests/unit/%.o: USER_CFLAGS += -Wno-unused-parameter
# _FORTIFY_SOURCE hides from the sanitizers what it catches itself.
SANITIZE := -O1 -U_FORTIFY_SOURCE -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

$(B)/asan/%.o: %.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@

# The program itself, for `make vm-asan`.
$(B)/asan/kmodwatch: $(USER_SOURCES:%.c=$(B)/asan/%.o)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -pie $(LDFLAGS) $^ -o $@ $(USER_LIBS)

$(B)/asan/user/kernel/object.o: | $(B)/include/kmodwatch.skel.h

$(addprefix $(B)/,$(UNIT_PROGRAMS)): %: %.o $(addprefix $(B)/,$(UNIT_SHARED))
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie $(LDFLAGS) $^ -o $@ $(UNIT_LIBS)

$(addprefix $(B)/asan/,$(UNIT_PROGRAMS)): %: %.o $(addprefix $(B)/asan/,$(UNIT_SHARED))
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -pie $(LDFLAGS) $^ -o $@ $(UNIT_LIBS)

# What needs no libbpf in the kernel's room. What the self-test asks of the kernel side its test answers.
UNIT_SELFTEST := $(addprefix user/kernel/,faults.o file_id.o test_calls.o maps.o programs.o ring_faults.o selftest.o traced.o)
$(B)/tests/unit/test_selftest: $(addprefix $(B)/,$(UNIT_SELFTEST))
$(B)/asan/tests/unit/test_selftest: $(addprefix $(B)/asan/,$(UNIT_SELFTEST))
$(B)/tests/unit/test_symbol: $(B)/user/kernel/symbol.o
$(B)/asan/tests/unit/test_symbol: $(B)/asan/user/kernel/symbol.o
$(B)/tests/unit/test_tasks: $(B)/user/monitor/tasks.o
$(B)/asan/tests/unit/test_tasks: $(B)/asan/user/monitor/tasks.o
$(B)/tests/unit/test_ring_memory: $(B)/user/kernel/ring_memory.o
$(B)/asan/tests/unit/test_ring_memory: $(B)/asan/user/kernel/ring_memory.o
$(B)/tests/unit/test_traced: $(B)/user/kernel/traced.o
$(B)/asan/tests/unit/test_traced: $(B)/asan/user/kernel/traced.o

.PHONY: unit-asan unit-valgrind
unit: $(addprefix $(B)/,$(UNIT_PROGRAMS)) | dist-check
	@tests/unit/run $^
unit-asan: $(addprefix $(B)/asan/,$(UNIT_PROGRAMS))
	@tests/unit/run $^
# Not test_audit_root: valgrind 3.19 (Debian 12's) does not know openat2(). The sanitizers look at it.
unit-valgrind: $(addprefix $(B)/,$(filter-out %/test_audit_root,$(UNIT_PROGRAMS)))
	@TIMEOUT=600 WRAPPER='valgrind --error-exitcode=1 --leak-check=full -q' tests/unit/run $^

-include $(USER_SOURCES:%.c=$(B)/asan/%.d) $(UNIT_PROGRAMS:%=$(B)/%.d) $(UNIT_PROGRAMS:%=$(B)/asan/%.d)
-include $(UNIT_SHARED:%.o=$(B)/%.d) $(UNIT_SHARED:%.o=$(B)/asan/%.d)

# A day's worth of events through the user side: figures, and 1 where memory grew.
$(B)/tests/replay/replay: $(B)/tests/replay/replay.o $(addprefix $(B)/,$(UNIT_OBJECTS)) $(B)/tests/unit/records.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie $(LDFLAGS) $^ -o $@ $(UNIT_LIBS)

.PHONY: replay
replay: $(B)/tests/replay/replay
	@$<

-include $(B)/tests/replay/replay.d

# --- fuzzing: make fuzz T=SECONDS for each target ---

T ?= 20
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZ_FLAGS := -std=gnu11 -D_GNU_SOURCE -DKMODWATCH_VERSION='"fuzz"' -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

$(B)/fuzz/%.o: %.c
	$(call say,FUZZ-CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -MMD -MP -c $< -o $@

$(FUZZ_TARGETS:%=$(B)/fuzz/%): $(B)/fuzz/%: $(B)/fuzz/tests/fuzz/%.o $(B)/fuzz/tests/fuzz/check/rendered.o $(B)/fuzz/tests/unit/strict.o \
		$(UNIT_OBJECTS:%=$(B)/fuzz/%)
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer $^ -o $@ $(shell $(PKG_CONFIG) --libs json-c audit libsystemd libcrypto)

.PRECIOUS: $(B)/fuzz/%.o
.PHONY: fuzz
# What is found stays under build/fuzz; the corpus is only read. Two at a time.
fuzz: $(FUZZ_TARGETS:%=$(B)/fuzz/%)
	@printf '%s\n' $(FUZZ_TARGETS) | xargs -P2 -I TARGET tests/fuzz/run $(B)/fuzz TARGET $(T)

-include $(UNIT_OBJECTS:%.o=$(B)/fuzz/%.d) $(FUZZ_TARGETS:%=$(B)/fuzz/tests/fuzz/%.d) $(B)/fuzz/tests/fuzz/check/rendered.d $(B)/fuzz/tests/unit/strict.d

# --- tests ---

# The usual rows of the list, and those with a mark. By awk, since this is read where nothing is installed yet.
KERNELS := $(shell awk '/^[0-9a-z]/ && $$6 !~ /more/ { print $$1 }' tests/vm/kernels.list)
kernels_with = $(shell awk '/^[0-9a-z]/ && $$6 ~ /$(1)/ { print $$1 }' tests/vm/kernels.list)

# Random rule sets a kernel in `make test`; `make audit-matrix` alone takes 500 (some 20 minutes).
QUICK_SETS ?= 10

# Builds what a newcomer's first `make test` builds. The packages come first, since the build asks them. Targets on one
# line do not disturb each other, not even native, which watches this machine.
test: export WERROR := 1
test:
	@STEP=1/10 $(MAKE) --no-print-directory packages-test
	@STEP=2/10 tests/setup/step 'kmodwatch: compiling'
	@$(quiet_make) -j2 all
	@STEP=3/10 tests/setup/step 'lint, the analyzer, unit tests (also with sanitizers and valgrind)'
	@$(quiet_make) -j2 --output-sync=target lint scan werror unit unit-asan unit-valgrind replay check-arm64 judge
	@STEP=4/10 tests/vm/run fetch
	@tests/setup/check
	@STEP=5/10 tests/setup/step 'types and verifier budget on all kernels, signatures, the native kernel, instruction counts'
	@$(quiet_make) -j2 --output-sync=target check-vmlinux signatures native bench-short
	@STEP=6/10 tests/setup/step 'the examples in the documents, what reads the lines, and the cases on all kernels (about 600, about 25 minutes)'
	@$(quiet_make) docs-check consumers matrix
	@STEP=7/10 tests/setup/step 'fuzzers, $(T) s each'
	@$(quiet_make) -j2 fuzz
	@STEP=8/10 tests/setup/step 'the service, in guests with a real systemd'
	@$(quiet_make) service-matrix SERVICE=--short
	@STEP=9/10 tests/setup/step 'the audit check, in guests with a real auditd'
	@case $$($(PKG_CONFIG) --modversion audit) in \
		3.0.*) $(quiet_make) audit-matrix AUDIT_SETS=$(QUICK_SETS) ;; \
		*) echo "  audit      skipped: it needs audit 3.0 (Debian 12), but this machine has $$($(PKG_CONFIG) --modversion audit)" ;; \
		esac
	@STEP=10/10 tests/setup/step 'other Debian suites, each in a root made from scratch'
	@$(MAKE) --no-print-directory suites

# The next Debian: build, unit tests, the verifier's budget with its compiler, a matrix on its kernel. The one after:
# the build, and no -Werror there, since its compilers change from day to day.
.PHONY: suites suite-test suite-build
suites: packages-pristine
	@tests/pristine/run sid make suite-build
	@tests/pristine/run trixie make suite-test
suite-build:
	@STEP=1/2 $(MAKE) --no-print-directory packages-build
	@STEP=2/2 tests/setup/step "kmodwatch: compiling with $$($(CC) --version | head -n 1), $$($(CLANG) --version | head -n 1)"
	@$(quiet_make) -j2 all
	@$(B)/kmodwatch --version
suite-test: export WERROR := 1
suite-test:
	@STEP=1/5 $(MAKE) --no-print-directory packages-unit packages-vm
	@STEP=2/5 tests/setup/step 'kmodwatch: compiling'
	@$(quiet_make) -j2 all
	@$(quiet_make) -j2 unit
	@STEP=3/5 tests/vm/run fetch
	@STEP=4/5 tests/setup/step 'types and verifier budget on all kernels'
	@$(quiet_make) check-vmlinux
	@STEP=5/5 tests/setup/step 'some quick cases on kernel 6.12, with the programs that this clang made'
	@tests/vm/run matrix --quick --kernel 6.12 --case 'load-*' --case 'autoload*' --case 'fail-*' --case 'module-*' --case 'identity-*'

# Figures: tests/bench. The short form compares instruction counts with tests/bench/baseline.json.
bench: packages-vm all
	@tests/bench/run full --kernel $(KERNEL)
bench-profile: packages-vm all
	@tests/bench/run profile --kernel $(KERNEL)
bench-short: all
	@tests/bench/run short
bench-baseline: all
	@tests/bench/run short --update

check: export WERROR := 1
check: all werror lint unit
	@tests/vm/run matrix --quick --kernel $(KERNEL)

# The cases, on all kernels but where a case's `rows` names fewer; `tests/vm/run matrix --every` leaves none out.
matrix: all
	@tests/vm/run matrix

ARM64_ROWS := $(shell awk '$$3 == "arm64" { print $$1 }' tests/vm/kernels.list)
# All cases on all rows (hours), or on those of ROW='6.12-arm64 newest-arm64', and a table for tests/vm/README.md.
.PHONY: rows
rows: all cross $(B)/check-vmlinux $(B)/vmlinux/types-arm64.o
	@tests/vm/run fetch $(ARM64_ROWS) >/dev/null
	@$(B)/check-vmlinux $(B)/vmlinux/types-arm64.o vmlinux/differences \
		$(foreach row,$(ARM64_ROWS),"$$(cat $(B)/vm/kernels/$(row)/version)=$(B)/vm/kernels/$(row)/btf")
	@tests/vm/run matrix --rows $(foreach row,$(ROW),--kernel $(row))

# What the newest kernels of all suites change: the types that we read, and the prototypes of what we are attached to.
.PHONY: watch-kernels
watch-kernels: packages-vm $(B)/check-vmlinux $(B)/vmlinux/types-x86.o
	@tests/vm/run watch-kernels

# The audit cross-check in guests with the real auditctl and auditd: the case table, acceptance line by line, the round
# trip of --print-rules, and AUDIT_SETS random rule sets a kernel against what was really recorded.
AUDIT_SETS ?= 500
AUDIT_ACCEPT := $(B)/tests/vm/audit/accept
$(AUDIT_ACCEPT): $(AUDIT_ACCEPT).o $(addprefix $(B)/,$(filter user/audit/%,$(UNIT_OBJECTS)) $(filter user/output/%,$(UNIT_OBJECTS)) user/arena.o user/child.o user/log.o user/trusted.o user/clock.o)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie $(LDFLAGS) $^ -o $@ $(UNIT_LIBS)

-include $(AUDIT_ACCEPT).d

.PHONY: audit-matrix
audit-matrix: all $(AUDIT_ACCEPT)
	@printf '%s\n' $(call kernels_with,audit) | xargs -P2 -I ROW sh -ec 'tests/vm/audit/run watching --kernel ROW; \
		tests/vm/audit/run cases --kernel ROW; \
		tests/vm/audit/run accept --kernel ROW --count $(AUDIT_SETS); \
		tests/vm/audit/run differential --kernel ROW --count $(AUDIT_SETS)'

# Other builds for the test of upgrades: other programs, and another layout of what is pinned.
.PHONY: other-builds
other-builds:
	@$(MAKE) --no-print-directory B=$(B)/other-programs BPF_CPU=v1 $(B)/other-programs/kmodwatch
	@$(MAKE) --no-print-directory B=$(B)/other-layout BPF_DEFINES=-DKMODWATCH_LAYOUT=99 $(B)/other-layout/kmodwatch

# The installed service, in guests with a real systemd.
.PHONY: service-matrix
service-matrix: all other-builds
	@tests/vm/service/run $(SERVICE)

# All of that on these kernels, with the user side built for ASan and UBSan.
SANITIZED_KERNELS ?= 6.1
.PHONY: vm-asan
vm-asan: $(B)/asan/kmodwatch | all other-builds
	@KMODWATCH=$< tests/vm/run matrix $(SANITIZED_KERNELS:%=--kernel %)
	@KMODWATCH=$< tests/vm/service/run $(SANITIZED_KERNELS:%=--kernel %)
	@for kernel in $(SANITIZED_KERNELS); do for part in cases watching "differential --count $(QUICK_SETS)"; do \
		KMODWATCH=$< tests/vm/audit/run $$part --kernel $$kernel || exit 1; done; done

# Our reading of module signatures, against modinfo's.
$(B)/tests/signatures/show: $(B)/tests/signatures/show.o $(B)/user/calls/signature.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie $(LDFLAGS) $^ -o $@ $(shell $(PKG_CONFIG) --libs libcrypto)

.PHONY: signatures
signatures: $(B)/tests/signatures/show
	@tests/vm/run fetch $(KERNELS) >/dev/null
	@tests/signatures/run.sh $< $(KERNELS:%=$(B)/vm/kernels/%/modules)

# What a guest writes, read by Debian 12's log daemons and viewers as user/dist/consumers sets them up.
.PHONY: consumers
consumers: packages-vm all
	@tests/consumers/run

# The cases that need no modules, on this machine's own kernel.
native: all
	@tests/vm/run native

# All that is compiled without a warning, in a folder of its own: what a user built stays as it is.
.PHONY: werror
werror:
	@$(MAKE) --no-print-directory B=$(B)/werror WERROR=1 all $(UNIT_PROGRAMS:%=$(B)/werror/%)

# The judge of the cases must be able to say no.
judge: $(B)/kmodwatch.schema.json
	@python3 -B -m unittest discover -q -s tests/vm

# The figures of a layout that has a new number.
.PHONY: layout
layout:
	@python3 -B tests/dist/layout.py '$(CC)' $(FORCE)

# Another architecture's programs at least compile.
check-arm64: $(BPF_SOURCES:%.bpf.c=$(B)/arm64/%.bpf.o)

clean:
	rm -rf $(B)

# --- vmlinux/ against the kernels' BTF ---

BUDGET_KERNELS := $(call kernels_with,verified_insns)
# Further BTF to compare with: make check-vmlinux BTF=/sys/kernel/btf/vmlinux, or VERSION=PATH.
BTF ?=
CHECK_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard vmlinux/*.c))

$(B)/check-vmlinux: $(CHECK_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(shell $(PKG_CONFIG) --libs libbpf)

# Our types as BTF: an object with a variable of each, and as many as the headers have.
define types_rule
$(B)/vmlinux/types-$(1).h: vmlinux/vmlinux.h vmlinux/flavors.h
	@mkdir -p $$(@D)
	$$(Q)$$(CLANG) -target bpf -D__TARGET_ARCH_$(1) -include vmlinux/vmlinux.h -include vmlinux/flavors.h -E -P -x c /dev/null -o $$@

$(B)/vmlinux/types-$(1).c: $(B)/vmlinux/types-$(1).h vmlinux/types.awk
	$$(Q)awk -f vmlinux/types.awk $$< >$$@
	$$(Q)[ $$$$(grep -cE '^(struct|union|enum|typedef)' $$<) = $$$$(grep -c ' declared_' $$@) ] || \
		{ echo "$$@: not a variable for each type of the headers" >&2; exit 1; }

$(B)/vmlinux/types-$(1).o: $(B)/vmlinux/types-$(1).c
	$$(call say,BPF,$$@)
	$$(Q)$$(CLANG) -target bpf -mcpu=v2 -O2 -g $$(WARNINGS) -D__TARGET_ARCH_$(1) -Ivmlinux -c $$< -o $$@
endef
$(eval $(call types_rule,x86))
$(eval $(call types_rule,arm64))

# The first boot alone: it makes what all guests share.
check-vmlinux: packages-vm all $(B)/check-vmlinux $(B)/vmlinux/types-x86.o $(B)/vmlinux/types-arm64.o
	@CLANG='$(CLANG)' tests/unit/check_vmlinux.sh $(B)/check-vmlinux
	@tests/vm/run fetch $(KERNELS) >/dev/null
	@$(B)/check-vmlinux $(B)/vmlinux/types-x86.o vmlinux/differences \
		$(foreach row,$(KERNELS),"$$(cat $(B)/vm/kernels/$(row)/version)=$(B)/vm/kernels/$(row)/btf") -- $(BTF)
	@vmlinux/budget.sh $(firstword $(BUDGET_KERNELS))
	@printf '%s\n' $(wordlist 2,9,$(BUDGET_KERNELS)) | xargs -P2 -n1 vmlinux/budget.sh

-include $(CHECK_OBJECTS:.o=.d)

# --- lint ---

LINT := $(B)/lint
LINT_C := $(wildcard bpf/*.[ch] user/*.[ch] user/*/*.[ch] vmlinux/*.[ch] tests/unit/*.[ch] tests/vm/guest/*.[ch] tests/bench/*.[ch] tests/replay/*.c)
LINT_TIDY := $(patsubst %,$(LINT)/%.tidy,$(USER_SOURCES) $(wildcard user/dist/*.c vmlinux/*.c))
LINT_PYTHON := $(wildcard tests/vm/audit/*.py) tests/vm/audit/run $(wildcard tests/vm/*.py tests/dist/*.py) tests/vm/run $(wildcard tests/vm/service/*.py) tests/vm/service/run \
	$(wildcard tests/bench/*.py) tests/bench/run $(wildcard tests/consumers/*.py) tests/consumers/run $(wildcard tests/lint/*.py)
# The guest's scripts are sourced there, so most have no #! line; its sh is busybox's, an ash like dash.
LINT_GUEST := $(wildcard tests/vm/guest/*.sh tests/bench/guest/*.sh) tests/dist/examples/kinds.sh tests/consumers/lines.sh tests/vm/guest/init
LINT_SHELL := $(wildcard user/dist/*.sh tests/setup/* tests/pristine/run tests/pristine/readme tests/vm/service/run.sh tests/dist/*.sh tests/dist/*.bash user/dist/*.bash tests/unit/run tests/fuzz/run tests/unit/*.sh vmlinux/*.sh .ci/run)
# Sourced helpers, and jq filters in single quotes.
LINT_SCENARIOS := $(wildcard tests/vm/service/helpers.sh tests/vm/service/scenarios/*.sh tests/vm/service/packages/*.sh)

# variableScope: locals stand at the head of their function or block. resourceLeak, memleak, unreadVariable: cppcheck does
# not know _cleanup_. internalAstError: cppcheck 2.10 cannot read a compound literal in a conditional (correlate.c).
# arithOperationsOnVoidPointer: GNU C has it. missingInclude: it is not given the system's headers. What LIBBPF_OPTS
# declares is said below; the other two are attributes.
CPPCHECK := cppcheck --quiet --error-exitcode=1 --inline-suppr --enable=warning,style,performance --std=c11 \
	--suppress=variableScope --suppress=resourceLeak --suppress=memleak --suppress=unreadVariable --suppress=internalAstError \
	--suppress=arithOperationsOnVoidPointer --suppress=missingInclude --suppress='*:$(B)/*' \
	'-DLIBBPF_OPTS(type,name,...)=struct type name = {}' '-D_cleanup_(f)=' '-DSEC(name)='

# Each thing that passed leaves a stamp and is left alone until it changes. Two at a time, unless make was told how many.
lint:
	@$(MAKE) --no-print-directory --output-sync=target $(if $(filter -j%,$(MAKEFLAGS)),,-j2) lint-files

# Each version of these lays C out and warns in its own way: it is held to what Debian 12's say. Elsewhere they are left out.
LLVM := 14
CPPCHECK_VERSION := 2.10
version_of = $(shell $(1) --version 2>/dev/null | sed -n 's/.*[^0-9.]\([0-9][0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
with_llvm = $(if $(filter $(LLVM).%,$(call version_of,clang-format)),$(1),llvm-left-out)
with_cppcheck = $(if $(filter $(CPPCHECK_VERSION),$(call version_of,cppcheck)),$(1),cppcheck-left-out)

.PHONY: lint-files llvm-left-out cppcheck-left-out
llvm-left-out:
	@echo "  lint       skipped: clang-format, clang-tidy and the analyzer must be version $(LLVM), but this machine has $(call version_of,clang-format)"
cppcheck-left-out:
	@echo "  lint       skipped: cppcheck must be version $(CPPCHECK_VERSION), but this machine has $(call version_of,cppcheck)"

lint-files: $(LINT)/man $(call with_llvm,$(LINT)/format $(LINT_TIDY)) $(call with_cppcheck,$(LINT)/cppcheck-user $(LINT)/cppcheck-bpf) \
	$(LINT)/shell $(LINT)/python $(LINT)/circles

format:
	$(Q)clang-format -i $(LINT_C)

$(LINT)/format: $(LINT_C) .clang-format
	$(call say,FORMAT,$(words $(LINT_C)) files)
	@mkdir -p $(@D)
	$(Q)clang-format --dry-run -Werror $(LINT_C)
	@touch $@

# One file a run: clang-tidy 14 finds faults that are none when it is given several.
$(LINT)/%.c.tidy: %.c .clang-tidy $(filter %.h,$(LINT_C)) | $(B)/include/kmodwatch.skel.h
	$(call say,TIDY,$<)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- $(USER_CFLAGS) 2>$@.err || { cat $@.err >&2; exit 1; }
	@touch $@

$(LINT)/cppcheck-user: $(filter-out bpf/% vmlinux/vmlinux.h vmlinux/flavors.h,$(LINT_C))
	$(call say,CPPCHECK,user vmlinux tests)
	@mkdir -p $(@D)
	$(Q)$(CPPCHECK) -D_GNU_SOURCE $(filter %.c,$^)
	@touch $@

$(LINT)/cppcheck-bpf: $(filter bpf/% vmlinux/vmlinux.h vmlinux/flavors.h,$(LINT_C))
	$(call say,CPPCHECK,bpf)
	@mkdir -p $(@D)
	$(Q)$(CPPCHECK) -D__bpf__ -D__TARGET_ARCH_x86 -Ivmlinux -Ibpf $(filter %.c,$^)
	@touch $@

# SC1090, SC1091: what the guest's scripts source is where the guest has it.
$(LINT)/shell: $(LINT_GUEST) $(LINT_SHELL) $(LINT_SCENARIOS)
	$(call say,SHELL,$(words $^) files)
	@mkdir -p $(@D)
	$(Q)shellcheck --shell=dash --exclude=SC1090,SC1091 $(LINT_GUEST)
	$(Q)shellcheck $(LINT_SHELL)
	$(Q)shellcheck --shell=bash --exclude=SC1091,SC2016,SC2034,SC2119,SC2120 $(LINT_SCENARIOS)
	@touch $@

# clang 14's analyzer does not know that _cleanup_ frees (unix.Malloc): valgrind and LeakSanitizer look for leaks. What was
# analyzed with a fault is analyzed anew.
.PHONY: scan scan-files
scan: $(call with_llvm,scan-files)
scan-files: $(B)/include/kmodwatch.skel.h
	$(call say,SCAN,user)
	$(Q)scan-build --status-bugs -disable-checker unix.Malloc -o $(B)/scan/reports \
		$(MAKE) --no-print-directory B=$(B)/scan $(B)/scan/kmodwatch >$(B)/scan.log 2>&1 || \
		{ rm -rf $(B)/scan/user; cat $(B)/scan.log >&2; exit 1; }

$(LINT)/man: $(MAN_PAGES:%=user/dist/%)
	$(call say,MAN,$(words $^) pages)
	@mkdir -p $(@D)
	$(Q)mandoc -T lint -W warning $^
	@touch $@

$(LINT)/python: $(LINT_PYTHON)
	$(call say,PYTHON,$(words $^) files)
	@mkdir -p $(@D)
	$(Q)PYTHONPYCACHEPREFIX=$(LINT)/pycache python3 -W error -m py_compile $(LINT_PYTHON)
	@touch $@

# The look for circles must be able to find one.
$(LINT)/circles: $(wildcard bpf/*.[ch] user/*.[ch] user/*/*.[ch] vmlinux/*.[ch] tests/lint/*.py)
	$(call say,CIRCLES,user bpf vmlinux)
	@mkdir -p $(@D)
	$(Q)python3 -B -m unittest discover -q -s tests/lint 2>$@.log || { cat $@.log >&2; exit 1; }
	$(Q)python3 -B tests/lint/circles.py user bpf vmlinux
	@touch $@
