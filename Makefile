# kmodwatch: one Makefile, not recursive. What users type is listed by `make help`.
# Everything that is built, downloaded or tested goes under build/. V=1 shows the commands.

VERSION := 0.1.0
ARCH := $(shell uname -m | sed -e s/x86_64/x86/ -e s/aarch64/arm64/)
B := build

CLANG ?= clang
BPFTOOL ?= $(or $(shell command -v bpftool),/usr/sbin/bpftool)
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror

# What the targets need on a Debian machine; each target installs what it lacks and says so.
PACKAGES_BUILD := bpftool clang gcc libbpf-dev libcap-ng-dev libelf-dev libjson-c-dev make pkg-config zlib1g-dev
PACKAGES_VM := busybox-static ca-certificates cpio gcc kmod libc6-dev python3 qemu-system-x86 xz-utils zstd
PACKAGES_TEST := $(PACKAGES_BUILD) $(PACKAGES_VM) clang-format clang-tidy cppcheck gcc-multilib libcmocka-dev shellcheck valgrind

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
# On stderr: stdout belongs to the events of `make run`.
say = @printf '  %-8s %s\n' '$(1)' '$(patsubst $(B)/%,%,$(2))' >&2
endif

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all run test check lint format unit matrix vm check-vmlinux check-arm64 clean help packages-build packages-vm packages-test

all: $(B)/kmodwatch

help:
	@echo 'make               build $(B)/kmodwatch'
	@echo 'make run           install what is missing, build, and show events (in a VM where this kernel has no modules)'
	@echo 'make test          install what is missing and run every test, on all kernels'
	@echo 'make check         lint, unit tests and one kernel: the loop while developing'
	@echo 'make vm KERNEL=6.12  a shell in a guest with that kernel (5.10, 6.1, 6.12, newest)'
	@echo 'make check-vmlinux compare vmlinux/ with the BTF of each kernel'
	@echo 'make format        lay out the C files as .clang-format says'

# --- the kernel side: one object a source, joined, and made into a header ---

# maps.bpf.c first: bookworm's bpftool joins wrongly where an extern map comes before its definition.
BPF_SOURCES := bpf/maps.bpf.c $(filter-out bpf/maps.bpf.c,$(wildcard bpf/*.bpf.c))
# Every program has a context, wanted or not.
BPF_CFLAGS := -target bpf -mcpu=v2 -O2 -g $(WARNINGS) -Wno-unused-parameter -Ivmlinux -Ibpf
BPF_OBJECTS := $(BPF_SOURCES:%.bpf.c=$(B)/$(ARCH)/%.bpf.o)

define bpf_rule
$(B)/$(1)/bpf/%.bpf.o: bpf/%.bpf.c
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

LIBRARIES := libbpf json-c libcap-ng
USER_SOURCES := $(wildcard user/*.c user/*/*.c)
USER_OBJECTS := $(USER_SOURCES:%.c=$(B)/%.o)
USER_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DKMODWATCH_VERSION='"$(VERSION)"' $(WARNINGS) -Wshadow -Wstrict-prototypes \
	-fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -I$(B)/include $(CFLAGS)
USER_LIBS = $(shell $(PKG_CONFIG) --libs $(LIBRARIES))

$(B)/%.o: %.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) -MMD -MP -c $< -o $@

$(B)/kmodwatch: $(USER_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,now $(LDFLAGS) $^ -o $@ $(USER_LIBS)

$(B)/user/monitor/probes.o: | $(B)/include/kmodwatch.skel.h

-include $(BPF_SOURCES:%.c=$(B)/x86/%.d) $(BPF_SOURCES:%.c=$(B)/arm64/%.d) $(USER_OBJECTS:.o=.d)

# --- packages: only what is missing is installed, and named ---

define install_packages
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	[ -z "$$missing" ] && exit 0; \
	echo "installing what is missing:" $$missing >&2; \
	[ "$$(id -u)" = 0 ] || { echo "make: packages are missing and only root can install them: run as root" >&2; exit 1; }; \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing; } >&2
endef

packages-build:
	$(call install_packages,$(PACKAGES_BUILD))
packages-vm:
	$(call install_packages,$(PACKAGES_VM))
packages-test:
	$(call install_packages,$(PACKAGES_TEST))

# --- running it ---

KERNEL ?= 6.1

# The packages first: the build's own variables ask pkg-config and bpftool.
run:
	@$(MAKE) --no-print-directory packages-build >&2
	@$(MAKE) --no-print-directory all >&2
	@if [ -e /proc/modules ]; then exec $(B)/kmodwatch; fi; \
	echo "This machine's kernel cannot load modules (CONFIG_MODULES is not set), so kmodwatch runs in a VM with Debian's $(KERNEL) kernel." >&2; \
	$(MAKE) --no-print-directory packages-vm >&2 && exec tests/vm/run scene --kernel $(KERNEL)

vm: packages-vm all
	@tests/vm/run shell --kernel $(KERNEL)

# --- tests ---

KERNELS := 5.10 6.1 6.12 newest

# Builds what a newcomer's first `make test` builds; the packages come first, since the build asks them.
test:
	@$(MAKE) --no-print-directory packages-test
	@$(MAKE) --no-print-directory all lint unit unit-asan check-arm64
	@tests/vm/run fetch
	@$(MAKE) --no-print-directory check-vmlinux native matrix

check: all lint unit
	@tests/vm/run matrix --kernel $(KERNEL)

# Every case on every kernel.
matrix: all
	@tests/vm/run matrix

# The cases that need no modules, on this machine's own kernel.
native: all
	@tests/vm/run native

# Another architecture's programs at least compile.
check-arm64: $(BPF_SOURCES:%.bpf.c=$(B)/arm64/%.bpf.o)

clean:
	rm -rf $(B)
