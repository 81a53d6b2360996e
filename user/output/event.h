/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An event as it is shown: the parts that the event contract names, each value with whether it is known. Nothing here
 * owns memory: texts point into the records (or the arena) that the event was made from, and live as long as those.
 * fields.c says which parts each kind shows, under which names.
 */
#ifndef KMODWATCH_EVENT_MODEL_H
#define KMODWATCH_EVENT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum known {
	ABSENT = 0, /* does not apply: no key */
	UNKNOWN,    /* applies, could not be read: null */
	KNOWN,
};

/* Bytes, not characters: any value but NUL is possible (argv: NUL ends each argument). */
struct text {
	enum known known;
	bool truncated;
	bool detached; /* a path that starts at a root which no name leads to */
	size_t size;
	const char *bytes;
	uint32_t length; /* of the whole, where truncated; 0: not known */
	uint32_t gap;	 /* of arguments: what is missing was before this byte; 0: it was behind the last */
};

struct number {
	enum known known;
	uint64_t value; /* int64_t, bool or nanoseconds as its field says */
};

/* A list of parts; items is an array of what its field says. */
struct list {
	enum known known;
	bool truncated; /* there were more */
	size_t count;
	const void *items;
	size_t total; /* where truncated; 0: not known */
};

/* Every part starts with `known`, so that a renderer can tell whether it is there. */
struct namespaces {
	enum known known;
	struct number pid, mnt, user;
};

struct exe_file_part {
	enum known known;
	struct text dev;
	struct number inode, deleted;
};

struct container_part {
	enum known known;
	struct text id, runtime;
};

struct ancestor_part {
	enum known known;
	struct number pid;
	struct text comm, exe;
	struct number deleted; /* the name in exe's path does not lead to it any more */
};

struct process {
	enum known known;
	struct number pid, tid, ppid;
	struct text comm, exe;
	struct exe_file_part exe_file;
	struct number exe_foreign; /* true or absent, as the next two, and root_foreign */
	struct text argv, cwd;
	struct number cwd_deleted, cwd_foreign;
	struct text root; /* where it is not its mount namespace's */
	struct number root_foreign;
	struct number uid, gid, euid, egid, auid, ses;
	struct text tty;
	struct number cap_sys_module, kthread;
	struct number start_time; /* ns since 1970 */
	struct text cgroup;
	struct container_part container;
	struct namespaces ns;
	struct list ancestors; /* of struct ancestor_part */
};

struct syscall_part {
	enum known known;
	struct text name, abi;
	struct number ret;
	struct text errno_name;
	struct number duration_ns;
	struct list flags; /* of struct text */
};

struct module_part {
	enum known known;
	struct text name, name_from, params, params_from, version, srcversion, taints;
	struct list taint_names; /* of struct text */
	struct number is_signed, size;
	struct text state, license;
};

struct source_part {
	enum known known;
	struct text kind, path;
	struct number path_foreign, path_covered; /* true, unknown or absent */
	struct text dev;
	struct number inode, size, mtime, ctime;
	struct text fs, sha256;
	struct number complete;
	struct text reason;
};

struct requested_by_part {
	enum known known;
	struct text id, alias;
	struct process process;
};

struct signature_part {
	enum known known;
	struct text signer, key_id, hash_algo;
	struct number verified; /* by the kernel */
};

struct tool_part {
	enum known known;
	struct text name, path, matched_by;
};

struct probe_part {
	enum known known;
	struct text name, target, mechanism, reason, loses;
	struct number attached, pinned;
};

struct resumed_part {
	enum known known;
	struct number records, since; /* since: ns since 1970 */
};

struct unwatched_part {
	enum known known;
	struct number since, until; /* ns since 1970 */
};

struct policy_part {
	enum known known;
	struct text modprobe, lockdown;
	struct number modules_disabled, sig_enforce;
};

struct count_part {
	const char *key;
	uint64_t count;
};

/* The rule that decides: where it stands in a file, or its place in the kernel's list. */
struct audit_by_part {
	enum known known;
	struct text file;
	struct number line, index;
	struct text rule;
};

struct audit_verdict_part {
	enum known known;
	struct text verdict;
	struct audit_by_part by;
	struct text reason;
	struct list narrowed_by; /* of struct text */
};

struct audit_target_part {
	enum known known;
	struct text syscall, path, access, abi;
	struct audit_verdict_part disk, running;
};

struct audit_requirement_part {
	enum known known;
	struct text id, title;
	struct list refs; /* of struct text */
	struct text rule;
	struct list targets; /* of struct audit_target_part */
};

struct audit_kernel_part {
	enum known known;
	struct number enabled, immutable, failure, rate_limit, backlog_limit, lost, auditd_pid, rules;
};

enum event_kind {
	EVENT_MONITOR_START,
	EVENT_MODULE_PRESENT,
	EVENT_MODULE_POLICY,
	EVENT_MODULE_REQUEST,
	EVENT_TOOL_EXEC,
	EVENT_MODULE_COMING,
	EVENT_MODULE_LOAD,
	EVENT_MODULE_UNLOAD,
	EVENT_MODULE_MISSED,
	EVENT_MODULE_HIDDEN,
	EVENT_ATTEMPTS_SUPPRESSED,
	EVENT_EVENTS_LOST,
	EVENT_MONITOR_TOUCHED,
	EVENT_MONITOR_BLIND,
	EVENT_MONITOR_RECOVERED,
	EVENT_AUDIT_PARITY,
	EVENT_MONITOR_STOP,
	EVENT_KINDS,
};

struct host_part {
	enum known known;
	struct text name, id, boot;
};

struct event {
	enum event_kind kind;
	/* every line */
	struct number schema, seq;
	struct text id;
	struct number time; /* ns since 1970 */
	struct number boot_ns;
	struct text kind_name;
	struct host_part host;
	/* the kinds' own */
	struct text version, kernel_release;
	struct list probes; /* of struct probe_part */
	struct number degraded;
	struct resumed_part resumed;
	struct unwatched_part unwatched;
	struct policy_part policy;
	struct list changed; /* of struct text */
	struct text alias;
	struct number wait;
	struct text outcome, stage, settled_by;
	struct number coalesced;
	struct tool_part tool;
	struct syscall_part syscall;
	struct module_part module;
	struct text change;
	struct list missing_from; /* of struct text */
	struct source_part source;
	struct signature_part signature;
	struct text signature_reason;
	struct process process;
	struct requested_by_part requested_by;
	bool empty_call;	 /* not shown: the call is about no byte, no descriptor, no name */
	struct number requester; /* not shown: the user in requested_by, of a module_coming too */
	struct number count, uid;
	struct number since; /* ns since 1970 */
	struct text what, probe, map, object;
	struct number blind_ns;
	struct text reason;
	bool reload;	    /* not shown: it ends to read its options again */
	struct list counts; /* of struct count_part */
	struct text profile;
	struct audit_kernel_part audit;
	struct list verdicts;	  /* of struct count_part */
	struct list requirements; /* of struct audit_requirement_part */
	struct list advice;	  /* of struct text */
};

static inline struct number number_of(uint64_t value)
{
	return (struct number) { .known = KNOWN, .value = value };
}

struct text text_of(const char *string); /* KNOWN; a NULL string: UNKNOWN. Points to the string */

#define TEXT_UNKNOWN ((struct text) { .known = UNKNOWN })
#define NUMBER_UNKNOWN ((struct number) { .known = UNKNOWN })

/* Takes an event whose texts live only during the call. Returns 0, or a negative errno that ends the run. */
typedef int (*emit_fn)(void *ctx, struct event *event);

#endif
