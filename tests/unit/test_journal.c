// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/fields.h"
#include "../../user/output/journal.h"
#include "unit.h"

#include <string.h>

static const char json[] = "{\"whole\":true}\n";

static struct event sample(enum event_kind kind)
{
	static const char argv[] = "insmod\0a\nMODULE_NAME=forged";
	static const struct text flags[] = { { KNOWN, false, false, 3, "ONE" }, { KNOWN, false, false, 3, "TWO" } };
	struct event event = { .kind = kind };

	event.seq = number_of(7);
	event.event = text_of(event_name(kind));
	event.outcome = text_of("success");
	event.module = (struct module_part) { .known = KNOWN, .name = text_of("x"), .version = TEXT_UNKNOWN };
	event.syscall = (struct syscall_part) { .known = KNOWN,
						.ret = number_of((uint64_t)-1),
						.flags = { KNOWN, false, 2, flags } };
	event.process = (struct process) { .known = KNOWN,
					   .pid = number_of(5),
					   .comm = { KNOWN, true, false, 3, "a\nb" },
					   .argv = { KNOWN, false, false, sizeof(argv), argv },
					   .kthread = number_of(false),
					   .ns = { .known = KNOWN, .mnt = number_of(9) } };
	return event;
}

/* How many fields the entry has that are NAME=VALUE as a whole. */
static size_t count(const struct journal_entry *entry, const char *field, size_t size)
{
	size_t found = 0;

	for (size_t i = 0; i < entry->count; i++)
		found += entry->fields[i].iov_len == size && !memcmp(entry->fields[i].iov_base, field, size);
	return found;
}

#define assert_field(entry, field) assert_int_equal(count(entry, field, strlen(field)), 1)

static void fields(void **state)
{
	struct event event = sample(EVENT_MODULE_LOAD);
	struct journal_entry entry;

	assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
	assert_field(&entry, "KMODWATCH_EVENT=module_load");
	assert_field(&entry, "KMODWATCH_SEQ=7");
	assert_field(&entry, "KMODWATCH_OUTCOME=success");
	assert_field(&entry, "MODULE_NAME=x");
	assert_field(&entry, "KMODWATCH_UNKNOWN=MODULE_VERSION");
	assert_field(&entry, "SYSCALL_RET=-1");
	assert_field(&entry, "SYSCALL_FLAGS=ONE");
	assert_field(&entry, "SYSCALL_FLAGS=TWO");
	assert_field(&entry, "PROCESS_PID=5");
	assert_field(&entry, "PROCESS_KTHREAD=false");
	assert_field(&entry, "PROCESS_NS_MNT=9");
	assert_field(&entry, "PROCESS_ARGV=insmod");
	assert_field(&entry, "KMODWATCH_TRUNCATED=PROCESS_COMM");
	assert_field(&entry, "KMODWATCH_JSON={\"whole\":true}");
	assert_field(&entry, "PRIORITY=5");
	assert_field(&entry, "MESSAGE=x loaded by a?b (pid 5, uid 0)");
	journal_entry_clear(&entry);
}

/* A newline does not end a value: it is one field, whatever stands behind. */
static void values_forge_nothing(void **state)
{
	struct event event = sample(EVENT_MODULE_LOAD);
	struct journal_entry entry;

	assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
	assert_field(&entry, "PROCESS_COMM=a\nb");
	assert_field(&entry, "PROCESS_ARGV=a\nMODULE_NAME=forged");
	assert_int_equal(count(&entry, "MODULE_NAME=forged", strlen("MODULE_NAME=forged")), 0);
	journal_entry_clear(&entry);
}

/* What systemd.journal-fields(7) allows: A-Z, 0-9, _, no _ or digit first, 64 characters; else the field is dropped. */
static void names_are_allowed(void **state)
{
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		struct event event = sample(kind);
		struct journal_entry entry;

		assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
		for (size_t i = 0; i < entry.count; i++) {
			const char *name = entry.fields[i].iov_base;
			size_t size = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

			assert_true(size && size <= 64 && name[size] == '=');
			assert_true(name[0] >= 'A' && name[0] <= 'Z');
		}
		journal_entry_clear(&entry);
	}
}

static void kinds_have_ids_of_their_own(void **state)
{
	char ids[EVENT_KINDS][64] = { 0 };

	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		struct event event = sample(kind);
		struct journal_entry entry;

		assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
		for (size_t i = 0; i < entry.count; i++)
			if (!strncmp(entry.fields[i].iov_base, "MESSAGE_ID=", 11) && entry.fields[i].iov_len == 11 + 32)
				memcpy(ids[kind], (char *)entry.fields[i].iov_base + 11, 32);
		assert_int_equal(strspn(ids[kind], "0123456789abcdef"), 32);
		for (int other = 0; other < (int)kind; other++)
			assert_string_not_equal(ids[kind], ids[other]);
		journal_entry_clear(&entry);
	}
}

static void failures_matter_more(void **state)
{
	struct event event = sample(EVENT_MODULE_LOAD);
	struct journal_entry entry;

	event.outcome = text_of("failure");
	event.stage = text_of("verify");
	event.syscall.errno_name = text_of("EEXIST");
	assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
	assert_field(&entry, "PRIORITY=4");
	assert_field(&entry, "MESSAGE=load of x failed with EEXIST (verify), by a?b (pid 5, uid 0)");
	journal_entry_clear(&entry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(values_forge_nothing),
		cmocka_unit_test(names_are_allowed),
		cmocka_unit_test(kinds_have_ids_of_their_own),
		cmocka_unit_test(failures_matter_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
