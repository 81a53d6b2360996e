# make dist: what is given to others, in build/packages.

PACKAGED := $(B)/packages
NAME := kmodwatch-$(VERSION)
TARBALL := $(PACKAGED)/$(NAME).tar.xz
# The time of all that is packed: that of the newest entry of Debian's changelog.
CHANGELOG := user/dist/debian/changelog
RELEASED = $(shell date -d "$$(sed -n 's/^ -- .*>  //p;T;q' $(CHANGELOG))" +%s)

.PHONY: dist
dist:
	$(call say,PACK,$(TARBALL))
	$(Q)[ "$$(sed 's/.*(\(.*\)).*/\1/;q' $(CHANGELOG))" = $(VERSION) ] || \
		{ echo "make: $(CHANGELOG) does not begin with version $(VERSION), which the Makefile has: add an entry there" >&2; exit 1; }
	@mkdir -p $(PACKAGED)
	$(Q)user/dist/tarball.sh $(NAME) $(TARBALL) $(RELEASED)

# What is packed, looked at from outside. Not part of `make test`, since it builds everything again.
.PHONY: dist-packages-check
dist-packages-check: packages-dist dist
	@tests/dist/tarball.sh $(TARBALL)
