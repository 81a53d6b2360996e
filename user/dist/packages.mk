# make dist, deb, rpm, static: what is given to others, in build/packages.

PACKAGED := $(B)/packages
NAME := kmodwatch-$(VERSION)
TARBALL := $(PACKAGED)/$(NAME).tar.xz
# The time of all that is packed: that of the newest entry of Debian's changelog.
CHANGELOG := user/dist/debian/changelog
RELEASED = $(shell date -d "$$(sed -n 's/^ -- .*>  //p;T;q' $(CHANGELOG))" +%s)

.PHONY: dist deb rpm
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

# Built from the tarball as well. Debian's rpm does not know what dpkg has installed, its script that compresses is written for
# another sh, and the one that strips leaves the symbols.
RPM_ON_DEBIAN := --nodeps --define '__os_install_post bash %{_rpmconfigdir}/brp-compress && %{__strip} -s %{buildroot}%{_sbindir}/kmodwatch'
SPEC := $(PACKAGED)/kmodwatch.spec
RPM_FLAGS = --define '_topdir $(abspath $(B)/rpm)' --define '_sourcedir $(abspath $(PACKAGED))' --define '_buildhost localhost' \
	--define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' $(if $(wildcard /var/lib/dpkg/status),$(RPM_ON_DEBIAN))
rpm: dist
	$(call say,RPM,$(PACKAGED))
	$(Q)sed "s/@VERSION@/$(VERSION)/; s/@DATE@/$$(LC_ALL=C date -u -d @$(RELEASED) '+%a %b %d %Y')/" user/dist/kmodwatch.spec.in >$(SPEC)
	$(Q)rm -rf $(B)/rpm && mkdir -p $(B)/rpm
	$(Q)env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL SOURCE_DATE_EPOCH=$(RELEASED) rpmbuild -bb $(RPM_FLAGS) $(SPEC) $(if $(filter 1,$(V)),,>$(B)/rpm/log 2>&1 || \
		{ tail -n 30 $(B)/rpm/log; echo "make: the package could not be built: see above, or the whole log in $(B)/rpm/log"; exit 1; } >&2)
	$(Q)cp $(B)/rpm/RPMS/*/*.rpm $(PACKAGED)

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

# What is packed, looked at from outside, and installed in guests. Not part of `make test`, since it builds all of it twice.
DEB_KERNELS ?= 6.1
STATIC_KERNELS ?= 5.10 6.1
.PHONY: dist-packages-check
dist-packages-check: packages-dist packages-vm all other-builds deb rpm static
	@tests/dist/tarball.sh $(TARBALL)
	@tests/dist/rpm.sh $(SPEC) $(PACKAGED)/$(NAME)-1.$$(uname -m).rpm
	@tests/dist/static.sh $(B)/kmodwatch-static $(VERSION) $(STATIC_KERNELS)
	@tests/dist/deb.sh $(TARBALL) $(PACKAGED)
	@tests/vm/service/run --deb $(PACKAGED)/kmodwatch_$(VERSION)_$$(dpkg --print-architecture).deb $(DEB_KERNELS:%=--kernel %)
