// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/fields.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/*
 * The contract's names, in every kind and every part: users' filters hold them, so a change to one is a new schema. A
 * key that stands in none of these lists is refused, so that a new one is entered here.
 */
#define COMMON "schema seq id time boot_ns kind host"

static const struct {
	const char *name, *keys;
} kinds[EVENT_KINDS] = {
	[EVENT_MONITOR_START] = { "monitor_start", "version kernel_release degraded probes policy resumed unwatched" },
	[EVENT_MODULE_PRESENT] = { "module_present", "module" },
	[EVENT_MODULE_POLICY] = { "module_policy", "changed modprobe modules_disabled sig_enforce lockdown" },
	[EVENT_MODULE_REQUEST] = { "module_request", "alias wait process" },
	[EVENT_TOOL_EXEC] = { "tool_exec", "tool process requested_by" },
	[EVENT_MODULE_COMING] = { "module_coming", "module process" },
	[EVENT_MODULE_LOAD] = { "module_load", "outcome stage settled_by coalesced syscall module source signature "
					       "signature_reason process requested_by" },
	[EVENT_MODULE_UNLOAD] = { "module_unload", "outcome settled_by syscall module process" },
	[EVENT_MODULE_MISSED] = { "module_missed", "change module" },
	[EVENT_MODULE_HIDDEN] = { "module_hidden", "missing_from module" },
	[EVENT_ATTEMPTS_SUPPRESSED] = { "attempts_suppressed", "what count uid syscall module since" },
	[EVENT_EVENTS_LOST] = { "events_lost", "count what probe since" },
	[EVENT_MONITOR_TOUCHED] = { "monitor_touched", "what object process" },
	[EVENT_MONITOR_BLIND] = { "monitor_blind", "probe map reason" },
	[EVENT_MONITOR_RECOVERED] = { "monitor_recovered", "probe map blind_ns" },
	[EVENT_AUDIT_PARITY] = { "audit_parity", "profile outcome verdicts audit requirements advice" },
	[EVENT_MONITOR_STOP] = { "monitor_stop", "reason counts" },
};

static const struct {
	const char *part, *keys;
} parts[] = {
	{ "process", "pid tid ppid comm exe exe_file exe_foreign argv cwd cwd_deleted cwd_foreign root root_foreign "
		     "uid gid euid egid auid ses tty cap_sys_module kthread start_time cgroup container ns ancestors" },
	{ "ns", "pid mnt user" },
	{ "exe_file", "dev inode deleted" },
	{ "container", "id runtime" },
	{ "host", "name id boot" },
	{ "ancestors", "pid comm exe deleted" },
	{ "syscall", "name abi ret errno duration_ns flags" },
	{ "module",
	  "name name_from params params_from version srcversion taints taint_names signed size state license" },
	{ "source", "kind path path_foreign path_covered dev inode size mtime ctime fs sha256 complete reason" },
	{ "signature", "signer key_id hash_algo verified" },
	{ "requested_by", "id alias process" },
	{ "tool", "name path matched_by" },
	{ "probes", "name target mechanism attached pinned reason loses" },
	{ "resumed", "records since" },
	{ "unwatched", "since until" },
	{ "requirements", "id title refs rule targets" },
	{ "targets", "syscall path access abi disk running" },
	{ "disk", "verdict by reason narrowed_by" },
	{ "running", "verdict by reason narrowed_by" },
	{ "by", "file line index rule" },
	{ "policy", "modprobe modules_disabled sig_enforce lockdown" },
	{ "audit", "enabled immutable failure rate_limit backlog_limit lost auditd_pid rules" },
};
static bool met[COUNT(parts)];

enum { KEYS_MAX = 64 };

struct keys {
	const char *keys[KEYS_MAX];
	size_t count;
};

static bool has(const struct keys *keys, const char *key, size_t length)
{
	for (size_t i = 0; i < keys->count; i++)
		if (strlen(keys->keys[i]) == length && !memcmp(keys->keys[i], key, length))
			return true;
	return false;
}

static size_t word_length(const char *words)
{
	return strcspn(words, " ");
}

static const char *next_word(const char *words)
{
	words += word_length(words);
	return words + strspn(words, " ");
}

static bool is_word(const char *words, const char *key)
{
	while (*words && (word_length(words) != strlen(key) || memcmp(words, key, strlen(key))))
		words = next_word(words);
	return *words;
}

/* These and no others. */
static void assert_keys(const struct keys *keys, const char *where, const char *wanted)
{
	for (const char *word = wanted; *word; word = next_word(word))
		if (!has(keys, word, word_length(word)))
			fail_msg("%s lacks %.*s", where, (int)word_length(word), word);
	for (size_t i = 0; i < keys->count; i++)
		if (!is_word(wanted, keys->keys[i]))
			fail_msg("%s.%s is in no list: enter it in test_fields.c", where, keys->keys[i]);
}

static void check_part(const struct keys *keys, const char *part)
{
	for (size_t i = 0; i < COUNT(parts); i++)
		if (!strcmp(parts[i].part, part)) {
			assert_keys(keys, part, parts[i].keys);
			met[i] = true;
			return;
		}
	fail_msg("the part %s is in no list: enter it in test_fields.c", part);
}

static bool ends_with(const char *key, const char *suffix)
{
	size_t length = strlen(key), tail = strlen(suffix);

	return length > tail && !strcmp(key + length - tail, suffix);
}

static void take_fields(struct keys *keys, const char *where, const struct field *fields, size_t room);

static void check_field(const char *where, const struct field *field, size_t room)
{
	bool is_list = field->type == FIELD_LIST, is_part = is_list || field->type == FIELD_OBJECT;

	if (strspn(field->key, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(field->key) || !field->key[0])
		fail_msg("%s.%s is no key", where, field->key);
	/* a text's companions take these */
	if (ends_with(field->key, "_hex") || ends_with(field->key, "_truncated") || ends_with(field->key, "_length") ||
	    ends_with(field->key, "_gap") || ends_with(field->key, "_detached"))
		fail_msg("%s.%s looks like a companion", where, field->key);
	if (field->offset + sizeof(struct number) > room)
		fail_msg("%s.%s lies outside of its part", where, field->key);
	if (is_part != (field->fields != NULL) || (is_list || field->type == FIELD_TEXTS) != (field->item_size != 0))
		fail_msg("%s.%s: the description does not fit the type", where, field->key);
	if (is_part) {
		struct keys inner = { 0 };

		take_fields(&inner, field->key, field->fields, is_list ? field->item_size : room - field->offset);
		check_part(&inner, field->key);
	}
}

static void take_fields(struct keys *keys, const char *where, const struct field *fields, size_t room)
{
	for (const struct field *field = fields; field->key; field++) {
		check_field(where, field, room);
		if (has(keys, field->key, strlen(field->key)))
			fail_msg("%s has two %s", where, field->key);
		assert_true(keys->count < KEYS_MAX);
		keys->keys[keys->count++] = field->key;
	}
}

static void every_kind(void **state)
{
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		struct keys keys = { 0 };
		char wanted[512];

		assert_string_equal(event_name(kind), kinds[kind].name);
		take_fields(&keys, kinds[kind].name, common_fields, sizeof(struct event));
		assert_non_null(event_fields(kind));
		take_fields(&keys, kinds[kind].name, event_fields(kind), sizeof(struct event));
		snprintf(wanted, sizeof(wanted), COMMON " %s", kinds[kind].keys);
		assert_keys(&keys, kinds[kind].name, wanted);
	}
	for (size_t i = 0; i < COUNT(parts); i++)
		if (!met[i])
			fail_msg("no event has the part %s", parts[i].part);
}

static void names_differ(void **state)
{
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++)
		for (enum event_kind other = 0; other < kind; other++)
			assert_string_not_equal(event_name(kind), event_name(other));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind),
		cmocka_unit_test(names_differ),
	};

	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
