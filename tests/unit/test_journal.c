// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/fields.h"
#include "../../user/output/journal.h"
#include "unit.h"

#include <string.h>

static const char json[] = "{\"whole\":true}\n";

static struct event sample(enum event_kind kind)
{
	static const char argv[] = "insmod\0a\nMODULE_NAME=forged";
	static const struct text flags[] = { { .known = KNOWN, .size = 3, .bytes = "ONE" },
					     { .known = KNOWN, .size = 3, .bytes = "TWO" } };
	struct event event = { .kind = kind };

	event.seq = number_of(7);
	event.kind_name = text_of(event_name(kind));
	event.outcome = text_of("success");
	event.module = (struct module_part) { .known = KNOWN, .name = text_of("x"), .version = TEXT_UNKNOWN };
	event.syscall = (struct syscall_part) { .known = KNOWN,
						.ret = number_of((uint64_t)-1),
						.flags = { .known = KNOWN, .count = 2, .items = flags } };
	event.process = (struct process) { .known = KNOWN,
					   .pid = number_of(5),
					   .comm = { .known = KNOWN, .truncated = true, .size = 3, .bytes = "a\nb" },
					   .argv = { .known = KNOWN, .size = sizeof(argv), .bytes = argv },
					   .uid = number_of(0),
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
	assert_field(&entry, "KMODWATCH_KIND=module_load");
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
	assert_field(&entry, "MESSAGE=x was loaded by uid 0, \"a\\x0ab\"...");
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
	assert_field(
	    &entry, "MESSAGE=uid 0, \"a\\x0ab\"... could not load x: a module of that name is already loaded (EEXIST)");
	journal_entry_clear(&entry);
}

static bool has(const struct journal_entry *entry, const char *field)
{
	return count(entry, field, strlen(field)) == 1;
}

static size_t named(const struct journal_entry *entry, const char *name)
{
	size_t found = 0;

	for (size_t i = 0; i < entry->count; i++)
		found += entry->fields[i].iov_len > strlen(name) &&
			 !memcmp(entry->fields[i].iov_base, name, strlen(name)) &&
			 ((const char *)entry->fields[i].iov_base)[strlen(name)] == '=';
	return found;
}

/* Unknown is neither no field at all nor an empty one nor zero: of values, parts, lists, and one of a list. */
static void unknown_is_said(void **state)
{
	static const struct text advice[] = { { .known = KNOWN, .size = 1, .bytes = "a" }, { .known = UNKNOWN } };
	struct event event = sample(EVENT_MODULE_LOAD);
	struct journal_entry entry;

	event.process.uid = NUMBER_UNKNOWN;
	event.process.cap_sys_module = NUMBER_UNKNOWN;
	event.process.ns = (struct namespaces) { .known = UNKNOWN };
	event.process.ancestors = (struct list) { .known = UNKNOWN };
	event.process.argv = TEXT_UNKNOWN;
	event.source.known = UNKNOWN;
	assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
	assert_field(&entry, "KMODWATCH_UNKNOWN=PROCESS_UID");
	assert_field(&entry, "KMODWATCH_UNKNOWN=PROCESS_CAP_SYS_MODULE");
	assert_field(&entry, "KMODWATCH_UNKNOWN=PROCESS_NS");
	assert_field(&entry, "KMODWATCH_UNKNOWN=PROCESS_ANCESTORS");
	assert_field(&entry, "KMODWATCH_UNKNOWN=PROCESS_ARGV");
	assert_field(&entry, "KMODWATCH_UNKNOWN=SOURCE");
	assert_field(&entry, "MESSAGE=x was loaded by an unknown user, \"a\\x0ab\"..., from an unknown file");
	assert_int_equal(named(&entry, "PROCESS_UID") + named(&entry, "PROCESS_ARGV") + named(&entry, "SOURCE"), 0);
	/* what is absent is not unknown */
	assert_false(has(&entry, "KMODWATCH_UNKNOWN=PROCESS_TTY"));
	journal_entry_clear(&entry);

	event =
	    (struct event) { .kind = EVENT_AUDIT_PARITY, .advice = { .known = KNOWN, .count = 2, .items = advice } };
	assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
	assert_field(&entry, "KMODWATCH_ADVICE=a");
	assert_field(&entry, "KMODWATCH_UNKNOWN=KMODWATCH_ADVICE");
	assert_int_equal(named(&entry, "KMODWATCH_ADVICE"), 1);
	journal_entry_clear(&entry);
}

static void companions(void **state)
{
	static const struct text names[] = { { .known = KNOWN, .truncated = true, .size = 1, .bytes = "\xff" },
					     { .known = KNOWN, .size = 1, .bytes = "b" } };
	struct event event = sample(EVENT_MODULE_LOAD);
	struct journal_entry entry;

	event.source.known = KNOWN;
	event.source.path = (struct text) { .known = KNOWN, .detached = true, .size = 2, .bytes = "/x" };
	event.syscall.flags.truncated = true;
	event.module.taint_names = (struct list) { .known = KNOWN, .count = COUNT(names), .items = names };
	assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
	assert_field(&entry, "SOURCE_PATH=/x");
	assert_field(&entry, "KMODWATCH_DETACHED=SOURCE_PATH");
	assert_field(&entry, "KMODWATCH_TRUNCATED=SYSCALL_FLAGS");
	assert_field(&entry, "MODULE_TAINT_NAMES=\xff");
	assert_field(&entry, "KMODWATCH_TRUNCATED=MODULE_TAINT_NAMES");
	journal_entry_clear(&entry);
}

/* journald drops what is above the LogLevelMax= of the unit, which is notice: LOG_NOTICE is 5, and higher is less. */
static void nothing_is_below_notice(void **state)
{
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		struct event event = { .kind = kind };
		struct journal_entry entry;

		assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
		assert_true(has(&entry, "PRIORITY=5") || has(&entry, "PRIORITY=4") || has(&entry, "PRIORITY=1"));
		journal_entry_clear(&entry);
	}
}

/* All that has room to be there is there, each text with a newline, each list longer than anybody wants. */
static void fill(const struct field *fields, void *part, struct list *texts)
{
	static const struct text text = {
		.known = KNOWN, .truncated = true, .detached = true, .size = 2, .bytes = "a\n"
	};
	static char argv[2 * 2048];

	for (size_t i = 0; i < sizeof(argv); i++)
		argv[i] = "\n"[i % 2];
	for (const struct field *field = fields; field->key; field++) {
		void *value = (char *)part + field->offset;

		switch (field->type) {
		case FIELD_TEXT:
		case FIELD_PATH:
			*(struct text *)value = text;
			break;
		case FIELD_ARGV:
			*(struct text *)value =
			    (struct text) { .known = KNOWN, .truncated = true, .size = sizeof(argv), .bytes = argv };
			break;
		case FIELD_TEXTS:
			*(struct list *)value = *texts;
			break;
		case FIELD_COUNTS:
		case FIELD_LIST:
			*(struct list *)value = (struct list) { .known = UNKNOWN };
			break;
		case FIELD_OBJECT:
			*(enum known *)value = KNOWN;
			fill(field->fields, value, texts);
			break;
		default:
			*(struct number *)value = number_of(UINT64_MAX);
		}
	}
}

/* sd_journal_sendv() makes five pieces of a field whose value has a newline, and two of any other; 1024 can be sent. */
static size_t pieces(const struct journal_entry *entry)
{
	size_t sum = 0;

	for (size_t i = 0; i < entry->count; i++)
		sum += memchr(entry->fields[i].iov_base, '\n', entry->fields[i].iov_len) ? 5 : 2;
	return sum;
}

static void any_event_fits_a_message(void **state)
{
	static struct text many[3000];
	struct list texts = { .known = KNOWN, .truncated = true, .count = COUNT(many), .items = many };

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct text) { .known = KNOWN, .size = 2, .bytes = "b\n" };
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		struct event event = { .kind = kind };
		struct journal_entry entry;

		fill(common_fields, &event, &texts);
		fill(event_fields(kind), &event, &texts);
		assert_int_equal(journal_entry_make(&event, json, strlen(json), &entry), 0);
		assert_true(pieces(&entry) <= 1024);
		if (named(&entry, "PROCESS_ARGV"))
			assert_field(&entry, "KMODWATCH_TRUNCATED=PROCESS_ARGV");
		journal_entry_clear(&entry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(values_forge_nothing),
		cmocka_unit_test(names_are_allowed),
		cmocka_unit_test(kinds_have_ids_of_their_own),
		cmocka_unit_test(failures_matter_more),
		cmocka_unit_test(unknown_is_said),
		cmocka_unit_test(companions),
		cmocka_unit_test(nothing_is_below_notice),
		cmocka_unit_test(any_event_fits_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
