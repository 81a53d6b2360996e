// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/sentence.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *taken(struct phrase *phrase)
{
	static char said[4096];

	assert_false(phrase->failed);
	assert_true(phrase->size < sizeof(said));
	memcpy(said, phrase->bytes, phrase->size);
	said[phrase->size] = '\0';
	phrase_clear(phrase);
	return said;
}

static const char *sentence(const struct event *event)
{
	struct phrase phrase = { 0 };

	sentence_of(&phrase, event);
	return taken(&phrase);
}

static const char *rest(const struct event *event)
{
	struct phrase phrase = { 0 };

	sentence_rest(&phrase, event, NULL, SIZE_MAX);
	return taken(&phrase);
}

static struct process process_of(uint64_t uid, const char *comm, const char *exe)
{
	return (struct process) {
		.known = KNOWN,
		.uid = number_of(uid),
		.euid = number_of(uid),
		.auid = NUMBER_UNKNOWN,
		.comm = text_of(comm),
		.exe = text_of(exe),
		.kthread = number_of(false),
		.container.known = UNKNOWN,
	};
}

static struct event call_of(enum event_kind kind, int error, const char *stage)
{
	struct event event = { .kind = kind, .outcome = text_of(error ? "failure" : "success") };

	event.module = (struct module_part) { .known = KNOWN, .name = text_of("dummy"), .is_signed = number_of(true) };
	event.process = process_of(0, "modprobe", "/usr/bin/kmod");
	event.syscall = (struct syscall_part) { .known = KNOWN, .ret = number_of((uint64_t)-error) };
	if (error)
		event.syscall.errno_name = text_of(strerrorname_np(error));
	if (stage)
		event.stage = text_of(stage);
	return event;
}

/* What each errno means where it comes: tests/vm/cases/fail-*.case has the kernels say them. */
static void failures(void **state)
{
	static const struct {
		enum event_kind kind;
		int error;
		const char *stage, *verb, *words;
	} rows[] = {
		{ EVENT_MODULE_LOAD, EPERM, "refused", "refused", "not permitted (EPERM)" },
		{ EVENT_MODULE_LOAD, EACCES, "refused", "refused", "a security module forbids it (EACCES)" },
		{ EVENT_MODULE_LOAD, EACCES, "verify", "refused", "a security module forbids it (EACCES)" },
		{ EVENT_MODULE_LOAD, EBADF, "refused", "failed",
		  "the file descriptor is not open for reading (EBADF)" },
		{ EVENT_MODULE_LOAD, EINVAL, "refused", "failed",
		  "not a regular file, an empty file, or unknown flags (EINVAL)" },
		{ EVENT_MODULE_LOAD, EFBIG, "refused", "failed", "the file is too large (EFBIG)" },
		{ EVENT_MODULE_LOAD, ENOEXEC, "refused", "failed", "too short to be a module (ENOEXEC)" },
		{ EVENT_MODULE_LOAD, EFAULT, "read", "failed", "its bytes are not in the caller's memory (EFAULT)" },
		{ EVENT_MODULE_LOAD, EKEYREJECTED, "verify", "refused",
		  "its signature is missing or not accepted (EKEYREJECTED)" },
		{ EVENT_MODULE_LOAD, EEXIST, "verify", "failed", "a module of that name is already loaded (EEXIST)" },
		{ EVENT_MODULE_LOAD, ENOENT, "verify", "failed", "it needs a symbol that is not there (ENOENT)" },
		{ EVENT_MODULE_LOAD, ENOEXEC, "verify", "failed", "not a valid module for this kernel (ENOEXEC)" },
		{ EVENT_MODULE_LOAD, EPERM, "verify", "refused", "the kernel's policy forbids it (EPERM)" },
		{ EVENT_MODULE_LOAD, ENODEV, "init", "failed", "its init failed: no such device (ENODEV)" },
		{ EVENT_MODULE_LOAD, EPERM, "init", "failed", "its init failed: operation not permitted (EPERM)" },
		{ EVENT_MODULE_LOAD, EIO, "read", "failed", "input/output error (EIO)" },
		{ EVENT_MODULE_LOAD, ENOMEM, "verify", "failed", "there is not enough memory (ENOMEM)" },
		{ EVENT_MODULE_LOAD, ERFKILL, "init", "failed",
		  "its init failed: operation not possible due to RF-kill "
		  "(ERFKILL)" },
		{ EVENT_MODULE_UNLOAD, EPERM, NULL, "refused", "not permitted (EPERM)" },
		{ EVENT_MODULE_UNLOAD, ENOENT, NULL, "failed", "no module of that name is loaded (ENOENT)" },
		{ EVENT_MODULE_UNLOAD, EWOULDBLOCK, NULL, "failed", "it is in use (EAGAIN)" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event event = call_of(rows[i].kind, rows[i].error, rows[i].stage);
		const char *did = rows[i].kind == EVENT_MODULE_LOAD ? "load" : "unload";
		char expected[256];

		assert_string_equal(sentence_verb(&event), rows[i].verb);
		snprintf(expected, sizeof(expected), "uid 0, modprobe could not %s dummy: %s", did, rows[i].words);
		assert_string_equal(sentence(&event), expected);
		snprintf(expected, sizeof(expected), "by uid 0, modprobe: %s%s",
			 rows[i].kind == EVENT_MODULE_LOAD ? "" : "could not unload: ", rows[i].words);
		assert_string_equal(rest(&event), expected);
	}
}

/* Who has the right is told what is in the way. A driver's own EPERM is its own. */
static void rights(void **state)
{
	static const char policy[] = "by uid 0, modprobe: the kernel's policy forbids it (EPERM)";
	struct event event = call_of(EVENT_MODULE_LOAD, EPERM, "refused");

	event.process.cap_sys_module = number_of(true);
	assert_string_equal(rest(&event), policy);
	event.process.cap_sys_module = number_of(false);
	assert_string_equal(rest(&event), "by uid 0, modprobe: not permitted (EPERM)");
	event.process.cap_sys_module = NUMBER_UNKNOWN;
	assert_string_equal(rest(&event), "by uid 0, modprobe: not permitted (EPERM)");
	event = call_of(EVENT_MODULE_UNLOAD, EPERM, NULL);
	event.process.cap_sys_module = number_of(true);
	assert_string_equal(rest(&event),
			    "by uid 0, modprobe: could not unload: the kernel's policy forbids it (EPERM)");
	event = call_of(EVENT_MODULE_LOAD, EPERM, "init");
	event.process.cap_sys_module = number_of(true);
	assert_string_equal(rest(&event), "by uid 0, modprobe: its init failed: operation not permitted (EPERM)");
}

/* What the kernel says to itself, and what nobody could read. */
static void strange_failures(void **state)
{
	struct event event = call_of(EVENT_MODULE_UNLOAD, 0, NULL);

	event.outcome = text_of("failure");
	event.syscall.ret = number_of((uint64_t)-512);
	event.syscall.errno_name = text_of("ERESTARTSYS");
	assert_string_equal(rest(&event),
			    "by uid 0, modprobe: could not unload: a signal interrupted it (ERESTARTSYS)");
	event.syscall.ret = NUMBER_UNKNOWN;
	event.syscall.errno_name = TEXT_UNKNOWN;
	assert_string_equal(rest(&event),
			    "by uid 0, modprobe: could not unload: for an unknown reason (unknown error)");
}

static void successes(void **state)
{
	struct event event = call_of(EVENT_MODULE_LOAD, 0, NULL);

	event.source = (struct source_part) { .known = KNOWN, .kind = text_of("file"), .path = text_of("/m/dummy.ko") };
	event.module.params = text_of("numdummies=2");
	assert_string_equal(sentence(&event),
			    "dummy was loaded by uid 0, modprobe, with numdummies=2, from /m/dummy.ko");
	event.module.params = text_of("by root");
	event.source = (struct source_part) { .known = KNOWN, .kind = text_of("memory") };
	assert_string_equal(rest(&event), "by uid 0, modprobe, with [by root], from memory");
	event.module.params = text_of("");
	event.source.kind = text_of("memfd");
	event.source.path = (struct text) { .known = KNOWN, .detached = true, .size = 8, .bytes = "/memfd:x" };
	assert_string_equal(rest(&event), "by uid 0, modprobe, from a memfd, /memfd:x");
	event.source.kind = text_of("deleted");
	assert_string_equal(rest(&event), "by uid 0, modprobe, from the deleted file /memfd:x");
	event.source.known = UNKNOWN;
	assert_string_equal(rest(&event), "by uid 0, modprobe, from an unknown file");
	event.kind = EVENT_MODULE_UNLOAD;
	assert_string_equal(sentence(&event), "dummy was unloaded by uid 0, modprobe");
}

/* Where a file is that its path does not lead to, and what is no file. */
static void places(void **state)
{
	struct event event = call_of(EVENT_MODULE_LOAD, 0, NULL);

	event.source = (struct source_part) { .known = KNOWN, .kind = text_of("file"), .path = text_of("/m/dummy.ko") };
	event.source.path_foreign = number_of(true);
	assert_string_equal(rest(&event), "by uid 0, modprobe, from /m/dummy.ko in another mount namespace");
	event.source.path_covered = number_of(true);
	assert_string_equal(rest(&event), "by uid 0, modprobe, from /m/dummy.ko in another mount namespace, over which "
					  "something else is mounted");
	event.source = (struct source_part) { .known = KNOWN, .kind = text_of("file"), .path = text_of("/m/dummy.ko") };
	event.source.path_covered = NUMBER_UNKNOWN;
	assert_string_equal(rest(&event), "by uid 0, modprobe, from /m/dummy.ko");
	event.source.kind = text_of("pipe");
	assert_string_equal(rest(&event), "by uid 0, modprobe, from the pipe /m/dummy.ko");
	event.source.path.known = ABSENT;
	assert_string_equal(rest(&event), "by uid 0, modprobe, from a pipe");
	event.source.kind = text_of("other");
	assert_string_equal(rest(&event), "by uid 0, modprobe, from something that is no file");
}

/* The signer of bytes that were changed is not the one who signed them. */
static void refused_signature(void **state)
{
	struct event event = call_of(EVENT_MODULE_LOAD, EKEYREJECTED, "verify");

	event.signature = (struct signature_part) { .known = KNOWN, .signer = text_of("Debian") };
	assert_string_equal(rest(&event),
			    "by uid 0, modprobe: its signature is missing or not accepted (EKEYREJECTED)");
	event.signature.verified = number_of(false);
	assert_string_equal(sentence(&event), "uid 0, modprobe could not load dummy: its signature is missing or not "
					      "accepted (EKEYREJECTED); it claims to be signed by Debian, which the "
					      "kernel refused");
	event.signature.verified = number_of(true);
	assert_string_equal(rest(&event),
			    "by uid 0, modprobe: its signature is missing or not accepted (EKEYREJECTED)");
}

static void shared_loads(void **state)
{
	struct event event = call_of(EVENT_MODULE_LOAD, 0, NULL);

	event.module.known = ABSENT;
	event.coalesced = number_of(true);
	event.source = (struct source_part) { .known = KNOWN, .kind = text_of("file"), .path = text_of("/m/dummy.ko") };
	assert_string_equal(sentence_verb(&event), "shared");
	assert_string_equal(sentence(&event), "dummy.ko was loaded by uid 0, modprobe: got the result of another "
					      "caller's load of the same file, from /m/dummy.ko");
	event.outcome = text_of("failure");
	event.syscall.ret = number_of((uint64_t)-ENODEV);
	event.syscall.errno_name = text_of("ENODEV");
	assert_string_equal(rest(&event),
			    "by uid 0, modprobe: got the result of another caller's load of the same file: "
			    "no such device (ENODEV), from /m/dummy.ko");
}

static void marks(void **state)
{
	static const struct text taints[] = { { .known = KNOWN, .size = 11, .bytes = "out-of-tree" },
					      { .known = KNOWN, .size = 8, .bytes = "unsigned" } };
	struct event event = call_of(EVENT_MODULE_LOAD, 0, NULL);

	event.module.taint_names = (struct list) { .known = KNOWN, .count = 2, .items = taints };
	event.module.is_signed = NUMBER_UNKNOWN;
	assert_string_equal(rest(&event), "by uid 0, modprobe; out-of-tree, unsigned");
	event.module.is_signed = number_of(false);
	assert_string_equal(rest(&event), "by uid 0, modprobe; unsigned, out-of-tree");
	event.signature = (struct signature_part) { .known = KNOWN, .signer = text_of("by root") };
	assert_string_equal(rest(&event), "by uid 0, modprobe; it claims to be signed by \"by\\x20root\", which the "
					  "kernel did not check, out-of-tree");
	event.signature.verified = number_of(false);
	assert_string_equal(rest(&event), "by uid 0, modprobe; it claims to be signed by \"by\\x20root\", which the "
					  "kernel did not accept, out-of-tree");
	event.signature.known = UNKNOWN;
	event.module.is_signed = number_of(true);
	event.module.taint_names.count = 0;
	assert_string_equal(rest(&event), "by uid 0, modprobe; its signature cannot be read");
	event.signature.known = ABSENT;
	event.requested_by = (struct requested_by_part) { .known = KNOWN,
							  .alias = text_of("net-pf-38"),
							  .process = process_of(1000, "act", "/usr/bin/act") };
	assert_string_equal(rest(&event), "by uid 0, modprobe; requested by uid 1000, act (net-pf-38)");
	event.requested_by.known = UNKNOWN;
	assert_string_equal(rest(&event), "by uid 0, modprobe; requested by an unknown process");
}

static const char *who(struct process process)
{
	struct event event = call_of(EVENT_MODULE_UNLOAD, 0, NULL);

	event.process = process;
	return rest(&event) + strlen("by ");
}

static void actors(void **state)
{
	static const char id[] = "34dc0b5e626f2c5c4c5170e34b10e7654ce36f0fcd532739f4445baabea03376";
	struct process process = process_of(0, "modprobe", "/usr/bin/kmod");

	process.auid = number_of(1000);
	assert_string_equal(who(process), "uid 0 (login uid 1000), modprobe");
	process.uid = number_of(1000);
	assert_string_equal(who(process), "uid 1000 (with the rights of uid 0), modprobe");
	process.auid = number_of(7);
	assert_string_equal(who(process), "uid 1000 (with the rights of uid 0, login uid 7), modprobe");
	assert_string_equal(who(process_of(0, "evil", "/usr/bin/kmod")), "uid 0, evil (/usr/bin/kmod)");
	assert_string_equal(who(process_of(0, "modprobe", "/tmp/kmod")), "uid 0, modprobe (/tmp/kmod)");
	assert_string_equal(who(process_of(0, "modprobe", "/tmp/modprobe")), "uid 0, modprobe (/tmp/modprobe)");
	assert_string_equal(who(process_of(0, "act", "/usr/local/bin/act")), "uid 0, act");
	assert_string_equal(who(process_of(0, "systemd-modules", "/usr/lib/systemd/systemd-modules-load")),
			    "uid 0, systemd-modules");
	assert_string_equal(who(process_of(0, "", "/tmp/")), "uid 0, \"\" (/tmp/)");
	process = process_of(0, "sshd", "/usr/sbin/sshd");
	process.exe_file = (struct exe_file_part) { .known = KNOWN, .deleted = number_of(false) };
	assert_string_equal(who(process), "uid 0, sshd");
	process.exe_file.deleted = NUMBER_UNKNOWN;
	assert_string_equal(who(process), "uid 0, sshd");
	process.exe_file.deleted = number_of(true);
	assert_string_equal(who(process), "uid 0, sshd (/usr/sbin/sshd, deleted)");
	process.exe_foreign = number_of(true);
	assert_string_equal(who(process), "uid 0, sshd (/usr/sbin/sshd in another mount namespace, deleted)");
	process.exe_file.known = UNKNOWN;
	process.exe_file.deleted.known = ABSENT;
	process.cwd_foreign = number_of(true);
	assert_string_equal(who(process), "uid 0, sshd (/usr/sbin/sshd in another mount namespace), in a folder of "
					  "another mount namespace");
	process.cwd_deleted = number_of(true);
	process.exe_foreign.known = ABSENT;
	assert_string_equal(who(process), "uid 0, sshd, in a deleted folder");
	process = process_of(0, "sh", "/usr/bin/sh");
	process.container = (struct container_part) { .known = KNOWN, .id = text_of(id) };
	assert_string_equal(who(process), "uid 0, sh, in container 34dc0b5e626f");
	process.container.id = text_of("web one");
	assert_string_equal(who(process), "uid 0, sh, in container \"web\\x20one\"");
	process = process_of(0, "kworker/0:1", NULL);
	process.kthread = number_of(true);
	assert_string_equal(who(process), "the kernel (kworker/0:1)");
	process = (struct process) { .known = KNOWN, .uid = NUMBER_UNKNOWN, .comm = TEXT_UNKNOWN, .exe = TEXT_UNKNOWN };
	assert_string_equal(who(process), "an unknown user, an unknown program");
	assert_string_equal(who((struct process) { .known = UNKNOWN }), "an unknown process");
}

/* Names are the host's: a container's users have none. */
static void names(void **state)
{
	static struct names names;
	struct event event = call_of(EVENT_MODULE_UNLOAD, 0, NULL);
	struct phrase phrase = { 0 };

	names = (struct names) { .path = "/etc/passwd" };
	sentence_rest(&phrase, &event, &names, SIZE_MAX);
	assert_string_equal(taken(&phrase), "by root, modprobe");
	event.process.container = (struct container_part) { .known = KNOWN, .id = text_of("web") };
	sentence_rest(&phrase, &event, &names, SIZE_MAX);
	assert_string_equal(taken(&phrase), "by uid 0, modprobe, in container web");
}

static void tools(void **state)
{
	static const char argv[] = "modprobe\0dummy\0by\0root; x";
	struct ancestor_part parents[] = { { .known = KNOWN,
					     .comm = { .known = KNOWN, .size = 4, .bytes = "bash" },
					     .exe = { .known = KNOWN, .size = 9, .bytes = "/bin/bash" } } };
	struct event event = { .kind = EVENT_TOOL_EXEC, .process = process_of(0, "modprobe", "/usr/bin/kmod") };

	event.tool = (struct tool_part) { .known = KNOWN, .name = text_of("modprobe") };
	event.process.argv = (struct text) { .known = KNOWN, .size = sizeof(argv), .bytes = argv };
	event.process.ancestors = (struct list) { .known = KNOWN, .count = 1, .items = parents };
	assert_string_equal(sentence(&event), "modprobe was run by uid 0, bash: [modprobe dummy by \"root;\\x20x\"]");
	parents[0].deleted = number_of(true);
	event.process.exe_file = (struct exe_file_part) { .known = KNOWN, .deleted = number_of(true) }; /* modprobe's */
	event.process.cwd_deleted = number_of(true);
	assert_string_equal(sentence(&event), "modprobe was run by uid 0, bash (/bin/bash, deleted), in a deleted "
					      "folder: [modprobe dummy by \"root;\\x20x\"]");
	event.process.cwd_deleted.known = ABSENT;
	event.process.ancestors.count = 0;
	event.process.argv = TEXT_UNKNOWN;
	event.tool.name = TEXT_UNKNOWN;
	assert_string_equal(sentence(&event), "(unknown) was run by uid 0");
}

/* In a refused call there is no module's name, but maybe a file's. */
static void file_names(void **state)
{
	static const struct {
		const char *path, *name;
	} rows[] = {
		{ "/m/brd.ko", "brd.ko" },   { "/m/brd.ko.zst", "brd.ko.zst" }, { "/m/dummy", "(unknown)" },
		{ "/m/.ko", "(unknown)" },   { "/m/a b.ko", "\"a\\x20b.ko\"" }, { NULL, "(unknown)" },
		{ "/memfd:x", "(unknown)" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event event = call_of(EVENT_MODULE_LOAD, EPERM, "refused");
		struct phrase phrase = { 0 };

		event.module.name = TEXT_UNKNOWN;
		event.source = (struct source_part) { .known = KNOWN, .path = text_of(rows[i].path) };
		assert_true(sentence_name(&phrase, &event));
		assert_string_equal(taken(&phrase), rows[i].name);
	}
}

static void monitors_own(void **state)
{
	static const struct text changed[] = { { .known = KNOWN, .size = 8, .bytes = "modprobe" },
					       { .known = KNOWN, .size = 16, .bytes = "modules_disabled" },
					       { .known = KNOWN, .size = 11, .bytes = "sig_enforce" },
					       { .known = KNOWN, .size = 8, .bytes = "lockdown" } };
	static const struct text lists[] = { { .known = KNOWN, .size = 13, .bytes = "/proc/modules" },
					     { .known = KNOWN, .size = 11, .bytes = "/sys/module" } };
	static const struct count_part verdicts[] = { { "covered", 1 }, { "missing", 2 } };
	static struct probe_part probes[6];
	struct event event = { .kind = EVENT_MONITOR_START,
			       .version = text_of("1.0"),
			       .kernel_release = text_of("6.1") };

	for (size_t i = 0; i < COUNT(probes); i++)
		probes[i] = (struct probe_part) { .known = KNOWN, .attached = number_of(true) };
	event.probes = (struct list) { .known = KNOWN, .count = COUNT(probes), .items = probes };
	assert_string_equal(sentence(&event), "kmodwatch 1.0 watches kernel 6.1 with 6 probes");
	for (size_t i = 1; i < COUNT(probes); i++) {
		static const char *const loses[] = { NULL, "one", "two", "one", "three", "four" };

		probes[i].attached = number_of(false);
		probes[i].loses = text_of(loses[i]);
	}
	event.degraded = number_of(true);
	event.resumed = (struct resumed_part) { .known = KNOWN, .records = number_of(12) };
	assert_string_equal(
	    sentence(&event),
	    "kmodwatch 1.0 watches kernel 6.1 with 1 of 6 probes; not seen: one; two; three; and 1 more; "
	    "it continues where the last run stopped, with 12 records to read");

	event = (struct event) { .kind = EVENT_MODULE_POLICY, .changed = { KNOWN, false, COUNT(changed), changed } };
	event.policy = (struct policy_part) { .known = KNOWN,
					      .modprobe = text_of("/tmp/x y"),
					      .modules_disabled = number_of(true),
					      .sig_enforce = NUMBER_UNKNOWN,
					      .lockdown = text_of("integrity") };
	assert_string_equal(
	    sentence(&event),
	    "the policy for loading modules changed: kernel.modprobe is now \"/tmp/x\\x20y\", "
	    "kernel.modules_disabled is now on, module.sig_enforce is now unknown, lockdown is now integrity");

	event = (struct event) { .kind = EVENT_MODULE_HIDDEN,
				 .missing_from = { .known = KNOWN, .count = 2, .items = lists } };
	event.module = (struct module_part) { .known = KNOWN, .name = text_of("bad") };
	assert_string_equal(sentence(&event), "bad is hidden: it was loaded and not unloaded, but is missing from "
					      "/proc/modules and /sys/module");
	event.kind = EVENT_MODULE_MISSED;
	event.change = text_of("unloaded");
	assert_string_equal(sentence(&event), "bad was unloaded unseen");
	event.kind = EVENT_MODULE_PRESENT;
	assert_string_equal(sentence(&event), "bad is already loaded");

	event = (struct event) { .kind = EVENT_EVENTS_LOST, .count = number_of(3), .what = text_of("module table") };
	assert_string_equal(sentence(&event),
			    "3 loaded modules that are not kept track of: there was no room for them, "
			    "or they could not be obtained");
	event.what = text_of("module list");
	event.count = NUMBER_UNKNOWN;
	assert_string_equal(sentence(&event),
			    "what is loaded is not known: the kernel's list of modules cannot be read, "
			    "or not all of it");
	event = (struct event) { .kind = EVENT_ATTEMPTS_SUPPRESSED, .count = number_of(9), .uid = number_of(5) };
	event.what = text_of("module_request");
	assert_string_equal(sentence(&event), "9 more requests for modules by uid 5 were counted instead of shown");
	event.what = text_of("repeated");
	assert_string_equal(
	    sentence(&event),
	    "9 more steps of loads that failed before, on request by uid 5 were counted instead of shown");
	event.what = text_of("refused");
	event.uid = NUMBER_UNKNOWN;
	event.syscall = (struct syscall_part) { .name = TEXT_UNKNOWN, .errno_name = text_of("EPERM") };
	assert_string_equal(sentence(&event), "9 more refused calls of several kinds (EPERM) by several users were "
					      "counted instead of shown");

	event = (struct event) { .kind = EVENT_MONITOR_BLIND, .map = text_of("ring"), .reason = text_of("it is gone") };
	assert_string_equal(sentence(&event), "ring is blind: it is gone");
	event.kind = EVENT_MONITOR_RECOVERED;
	event.blind_ns = number_of(31000000000);
	assert_string_equal(sentence(&event), "ring sees again, after 31 s");

	event = (struct event) { .kind = EVENT_AUDIT_PARITY, .profile = text_of("cis"), .outcome = text_of("parity") };
	event.verdicts = (struct list) { .known = KNOWN, .count = 2, .items = verdicts };
	assert_string_equal(sentence(&event), "auditd's rules cover cis");
	event.outcome = text_of("gap");
	assert_string_equal(sentence(&event), "auditd's rules do not cover cis; kmodwatch --check-audit says why");
	event.outcome = text_of("unknown");
	assert_string_equal(sentence(&event), "it is not known whether auditd's rules cover cis; kmodwatch "
					      "--check-audit says why");

	event = (struct event) { .kind = EVENT_MONITOR_STOP, .reason = text_of("SIGINT") };
	assert_string_equal(sentence(&event), "kmodwatch was stopped by SIGINT");
	event.reason = text_of("SIGHUP");
	event.reload = true;
	assert_string_equal(sentence(&event), "kmodwatch reads its options again, and goes on");
}

static struct audit_target_part target_of(const char *call, const char *path, const char *disk, const char *running)
{
	return (struct audit_target_part) {
		.known = KNOWN,
		.syscall = call ? text_of(call) : (struct text) { 0 },
		.path = path ? text_of(path) : (struct text) { 0 },
		.abi = call ? text_of("b32") : (struct text) { 0 },
		.disk = { .known = KNOWN, .verdict = text_of(disk) },
		.running = { .known = running ? KNOWN : ABSENT,
			     .verdict = running ? text_of(running) : (struct text) { 0 } },
	};
}

/* What is not recorded is named, on disk or in the kernel; what may not be, where nothing is known to be missing. */
static void gaps(void **state)
{
	const struct audit_target_part calls[] = { target_of("init_module", NULL, "covered", "not_loaded"),
						   target_of("delete_module", NULL, "covered", "covered"),
						   target_of("finit_module", NULL, "unknown", NULL) };
	const struct audit_target_part programs[] = { target_of(NULL, "/sbin/insmod", "covered", NULL),
						      target_of(NULL, "/sbin/rmmod", "inert", NULL),
						      target_of(NULL, "/sbin/rmmod", "missing", NULL),
						      target_of(NULL, "/sbin/modprobe", "shadowed", NULL),
						      target_of(NULL, "/usr/bin/kmod", "inert", NULL) };
	struct audit_requirement_part requirements[] = {
		{ .known = KNOWN, .targets = { .known = KNOWN, .count = 3, .items = calls } },
		{ .known = KNOWN, .targets = { .known = KNOWN, .count = 5, .items = programs } }
	};
	struct event event = { .kind = EVENT_AUDIT_PARITY, .profile = text_of("cis"), .outcome = text_of("gap") };

	event.requirements = (struct list) { .known = KNOWN, .count = 2, .items = requirements };
	assert_string_equal(
	    sentence(&event),
	    "auditd's rules do not cover cis: init_module (b32), /sbin/rmmod, /sbin/modprobe and 1 more "
	    "are not recorded; kmodwatch --check-audit says why");
	event.requirements.count = 1;
	assert_string_equal(sentence(&event), "auditd's rules do not cover cis: init_module (b32) is not recorded; "
					      "kmodwatch --check-audit says why");
	event.outcome = text_of("unknown");
	assert_string_equal(sentence(&event), "it is not known whether auditd's rules cover cis: finit_module (b32); "
					      "kmodwatch --check-audit says why");
}

/* Of a module without a name, where it is from says which it is. */
static void nameless(void **state)
{
	struct event event = call_of(EVENT_MODULE_LOAD, EPERM, "refused");

	event.module.name = TEXT_UNKNOWN;
	event.source = (struct source_part) { .known = KNOWN, .kind = text_of("file"), .path = text_of("/tmp/x") };
	assert_string_equal(sentence(&event),
			    "uid 0, modprobe could not load a module: not permitted (EPERM), from /tmp/x");
	event = call_of(EVENT_MODULE_UNLOAD, 0, NULL);
	event.module.name = TEXT_UNKNOWN;
	assert_string_equal(sentence(&event), "a module was unloaded by uid 0, modprobe");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures),	cmocka_unit_test(rights), cmocka_unit_test(strange_failures),
		cmocka_unit_test(successes),	cmocka_unit_test(places), cmocka_unit_test(refused_signature),
		cmocka_unit_test(shared_loads), cmocka_unit_test(marks),  cmocka_unit_test(actors),
		cmocka_unit_test(names),	cmocka_unit_test(tools),  cmocka_unit_test(file_names),
		cmocka_unit_test(monitors_own), cmocka_unit_test(gaps),	  cmocka_unit_test(nameless),
	};

	return cmocka_run_group_tests_name("sentence", tests, NULL, NULL);
}
