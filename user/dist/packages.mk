# make dist, deb, static: what is given to others, in build/packages.

PACKAGED := $(B)/packages
NAME := kmodwatch-$(VERSION)
TARBALL := $(PACKAGED)/$(NAME).tar.xz
# The time of all that is packed: that of the newest entry of Debian's changelog.
CHANGELOG := user/dist/debian/changelog
RELEASED = $(shell date -d "$$(sed -n 's/^ -- .*>  //p;T;q' $(CHANGELOG))" +%s)

.PHONY: dist deb
dist:
	$(call say,PACK,$(TARBALL))
	$(Q)[ "$$(sed 's/.*(\(.*\)).*/\1/;q' $(CHANGELOG))" = $(VERSION) ] || \
		{ echo "make: $(CHANGELOG) does not begin with version $(VERSION), which the Makefile has: add an entry there" >&2; exit 1; }
	@mkdir -p $(PACKAGED)
	$(Q)user/dist/tarball.sh $(NAME) $(TARBALL) $(RELEASED)

# Built from the tarball and nothing else; for the suite that it is built on.
deb: dist
	$(call say,DEB,$(PACKAGED))
	$(Q)rm -rf $(B)/deb && mkdir -p $(B)/deb && tar -C $(B)/deb -xf $(TARBALL) && mv $(B)/deb/$(NAME)/user/dist/debian $(B)/deb/$(NAME)
	$(Q)cd $(B)/deb/$(NAME) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage -b -us -uc $(if $(filter 1,$(V)),,>../log 2>&1 || \
		{ tail -n 30 ../log; echo "make: the packages could not be built: see above, or the whole log in $(B)/deb/log"; exit 1; } >&2)
	$(Q)cp $(B)/deb/*.deb $(PACKAGED)

# One program that needs nothing but a kernel: no library, no C library either. What it does without is in static.c. A
# warning is a library of the host that would be taken in.
STATIC_PIECES := $(filter-out $(B)/user/build.o,$(USER_OBJECTS)) $(B)/user/dist/static.o
$(B)/kmodwatch-static: $(STATIC_PIECES)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -static-pie -s -Wl,-z,relro,-z,now,-z,pack-relative-relocs,--gc-sections,--wrap=dlopen,--fatal-warnings $(LDFLAGS) $^ -o $@ $$($(PKG_CONFIG) --static --libs $(filter-out libsystemd,$(LIBRARIES)) libelf)

.PHONY: static
static: $(B)/kmodwatch-static
	@mkdir -p $(PACKAGED)
	$(Q)cp $< $(PACKAGED)/$(NAME)-static.$$(uname -m)

-include $(B)/user/dist/static.d

# What is packed, looked at from outside. Not part of `make test`, since it builds everything again.
.PHONY: dist-packages-check
DEB_KERNELS ?= 6.1
dist-packages-check: packages-dist packages-vm all other-builds deb static
	@tests/dist/tarball.sh $(TARBALL)
	@tests/dist/deb.sh $(TARBALL) $(PACKAGED)
	@tests/dist/static.sh $(B)/kmodwatch-static $(VERSION) 5.10 newest
	@tests/vm/service/run --deb $(PACKAGED)/kmodwatch_$(VERSION)_amd64.deb $(DEB_KERNELS:%=--kernel %)
