# make install, make uninstall: where things go. DESTDIR and PREFIX as usual; nothing is downloaded.

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
BASH_COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)

MAN_PAGES := kmodwatch.8 kmodwatch-events.5 kmodwatch-audit.7
# NAME.SECTION goes to manSECTION.
man_installed = $(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(1)))/$(1)
# What others read the lines with.
CONSUMERS := $(sort $(wildcard user/dist/consumers/*))
SHAREDIR = $(PREFIX)/share/kmodwatch
COMPLETIONS := $(B)/completions/kmodwatch.bash $(B)/completions/_kmodwatch

.PHONY: install uninstall
install: all $(B)/kmodwatch.schema.json $(COMPLETIONS)
	install -D -m 0755 $(B)/kmodwatch $(DESTDIR)$(SBINDIR)/kmodwatch
	install -d -m 0755 $(sort $(dir $(foreach page,$(MAN_PAGES),$(call man_installed,$(page)))))
	$(foreach page,$(MAN_PAGES),sed 's|/usr/local|$(PREFIX)|' user/dist/$(page) > $(call man_installed,$(page)) && ) :
	chmod 0644 $(foreach page,$(MAN_PAGES),$(call man_installed,$(page)))
	install -D -m 0644 $(B)/completions/kmodwatch.bash $(DESTDIR)$(BASH_COMPLETIONS)/kmodwatch
	install -D -m 0644 $(B)/completions/_kmodwatch $(DESTDIR)$(ZSH_COMPLETIONS)/_kmodwatch
	install -D -m 0644 $(B)/kmodwatch.schema.json $(DESTDIR)$(SHAREDIR)/kmodwatch.schema.json
	install -d -m 0755 $(DESTDIR)$(SHAREDIR)/consumers
	install -m 0644 $(CONSUMERS) $(DESTDIR)$(SHAREDIR)/consumers
	install -d -m 0755 $(DESTDIR)$(UNITDIR)
	sed 's|@SBINDIR@|$(SBINDIR)|' user/dist/kmodwatch.service.in > $(DESTDIR)$(UNITDIR)/kmodwatch.service
	chmod 0644 $(DESTDIR)$(UNITDIR)/kmodwatch.service
	install -d -m 0700 $(DESTDIR)/var/lib/kmodwatch
	[ -e $(DESTDIR)$(SYSCONFDIR)/default/kmodwatch ] || \
		install -D -m 0644 user/dist/kmodwatch.default $(DESTDIR)$(SYSCONFDIR)/default/kmodwatch

# Stops and removes a service that runs from here. Options that the administrator changed stay.
uninstall:
	[ -n '$(DESTDIR)' ] || ! command -v systemctl >/dev/null || systemctl disable --now kmodwatch 2>/dev/null || true
	[ -n '$(DESTDIR)' ] || [ ! -x $(SBINDIR)/kmodwatch ] || $(SBINDIR)/kmodwatch --unpin
	[ -n '$(DESTDIR)' ] || [ ! -x $(SBINDIR)/kmodwatch ] || $(SBINDIR)/kmodwatch --options $(SYSCONFDIR)/default/kmodwatch --unpin
	rm -f $(DESTDIR)$(SBINDIR)/kmodwatch $(foreach page,$(MAN_PAGES),$(call man_installed,$(page))) $(DESTDIR)$(BASH_COMPLETIONS)/kmodwatch \
		$(DESTDIR)$(ZSH_COMPLETIONS)/_kmodwatch $(DESTDIR)$(SHAREDIR)/kmodwatch.schema.json \
		$(CONSUMERS:user/dist/%=$(DESTDIR)$(SHAREDIR)/%) $(DESTDIR)$(UNITDIR)/kmodwatch.service
	! cmp -s user/dist/kmodwatch.default $(DESTDIR)$(SYSCONFDIR)/default/kmodwatch || \
		rm -f $(DESTDIR)$(SYSCONFDIR)/default/kmodwatch
	rm -f $(DESTDIR)/var/lib/kmodwatch/kmodwatch-modules
	rmdir $(DESTDIR)$(SHAREDIR)/consumers $(DESTDIR)$(SHAREDIR) $(DESTDIR)/var/lib/kmodwatch 2>/dev/null || true

# The schema is printed by what the lines are printed by.
$(B)/schema: $(B)/user/dist/schema.o $(B)/user/dist/page.o $(B)/user/output/fields.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie $(LDFLAGS) $^ -o $@ $(shell $(PKG_CONFIG) --libs json-c)

$(B)/kmodwatch.schema.json: $(B)/schema user/dist/kmodwatch-events.5
	$(call say,SCHEMA,$@)
	$(Q)$(B)/schema user/dist/kmodwatch-events.5 >$@

-include $(B)/user/dist/schema.d $(B)/user/dist/page.d

# The shells offer the built-in profiles: names.py checks that each file is one. profiles.h tells when one has gone.
PROFILES := $(sort $(wildcard user/audit/profiles/*.rules))
$(COMPLETIONS): $(B)/completions/%: user/dist/% user/audit/profiles.h $(PROFILES)
	$(call say,FILL,$@)
	@mkdir -p $(@D)
	$(Q)sed 's/@PROFILES@/$(basename $(notdir $(PROFILES)))/' $< >$@

# What is installed, that all of it names the same options and events, and that the examples in the documents are true.
.PHONY: dist-check docs-check docs-record
dist-check: all $(COMPLETIONS)
	@python3 -B tests/dist/names.py $(B)/kmodwatch
	@python3 -B tests/dist/examples.py $(B)/kmodwatch
	@tests/dist/install.sh
	@tests/dist/completion.sh $(B)/completions

# The examples again, in a guest; and their lines recorded anew, when a line has another shape.
docs-check: packages-vm all
	@python3 -B tests/dist/examples.py --guest $(B)/kmodwatch
docs-record: packages-vm all
	@python3 -B tests/dist/examples.py --record $(B)/kmodwatch
