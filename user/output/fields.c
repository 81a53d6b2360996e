// SPDX-License-Identifier: BSD-2-Clause
#include "fields.h"

#define FIELD(type_, part, member)                                                     \
	{                                                                              \
		.key = #member, .type = type_, .offset = offsetof(struct part, member) \
	}
#define FIELD_AS(type_, part, member, key_)                                         \
	{                                                                           \
		.key = key_, .type = type_, .offset = offsetof(struct part, member) \
	}
/* A text of ours: it can say nothing but these words. */
#define WORD(part, member, ...)                                                              \
	{                                                                                    \
		.key = #member, .type = FIELD_TEXT, .offset = offsetof(struct part, member), \
		.words = (const char *const[])                                               \
		{                                                                            \
			__VA_ARGS__, NULL                                                    \
		}                                                                            \
	}
#define OBJECT(part, member, fields_)                                                                             \
	{                                                                                                         \
		.key = #member, .type = FIELD_OBJECT, .offset = offsetof(struct part, member), .fields = fields_, \
		.fields_name = #fields_                                                                           \
	}
#define LIST(part, member, item, fields_)                                                                       \
	{                                                                                                       \
		.key = #member, .type = FIELD_LIST, .offset = offsetof(struct part, member), .fields = fields_, \
		.fields_name = #fields_, .item_size = sizeof(struct item)                                       \
	}
#define TEXTS(part, member)                                                                   \
	{                                                                                     \
		.key = #member, .type = FIELD_TEXTS, .offset = offsetof(struct part, member), \
		.item_size = sizeof(struct text)                                              \
	}
#define END                 \
	{                   \
		.key = NULL \
	}

static const struct field namespaces_fields[] = {
	FIELD(FIELD_UINT, namespaces, pid),
	FIELD(FIELD_UINT, namespaces, mnt),
	FIELD(FIELD_UINT, namespaces, user),
	END,
};

static const struct field ancestor_fields[] = {
	FIELD(FIELD_UINT, ancestor_part, pid),
	FIELD(FIELD_TEXT, ancestor_part, comm),
	FIELD(FIELD_PATH, ancestor_part, exe),
	FIELD(FIELD_BOOL, ancestor_part, deleted),
	END,
};

static const struct field exe_file_fields[] = {
	FIELD(FIELD_TEXT, exe_file_part, dev),
	FIELD(FIELD_UINT, exe_file_part, inode),
	FIELD(FIELD_BOOL, exe_file_part, deleted),
	END,
};

static const struct field container_fields[] = {
	FIELD(FIELD_TEXT, container_part, id),
	FIELD(FIELD_TEXT, container_part, runtime),
	END,
};

static const struct field process_fields[] = {
	FIELD(FIELD_UINT, process, pid),
	FIELD(FIELD_UINT, process, tid),
	FIELD(FIELD_UINT, process, ppid),
	FIELD(FIELD_TEXT, process, comm),
	FIELD(FIELD_PATH, process, exe),
	OBJECT(process, exe_file, exe_file_fields),
	FIELD(FIELD_BOOL, process, exe_foreign),
	FIELD(FIELD_ARGV, process, argv),
	FIELD(FIELD_PATH, process, cwd),
	FIELD(FIELD_BOOL, process, cwd_deleted),
	FIELD(FIELD_BOOL, process, cwd_foreign),
	FIELD(FIELD_PATH, process, root),
	FIELD(FIELD_BOOL, process, root_foreign),
	FIELD(FIELD_UINT, process, uid),
	FIELD(FIELD_UINT, process, gid),
	FIELD(FIELD_UINT, process, euid),
	FIELD(FIELD_UINT, process, egid),
	FIELD(FIELD_UINT, process, auid),
	FIELD(FIELD_UINT, process, ses),
	FIELD(FIELD_TEXT, process, tty),
	FIELD(FIELD_BOOL, process, cap_sys_module),
	FIELD(FIELD_BOOL, process, kthread),
	FIELD(FIELD_TIME, process, start_time),
	FIELD(FIELD_PATH, process, cgroup),
	OBJECT(process, container, container_fields),
	OBJECT(process, ns, namespaces_fields),
	LIST(process, ancestors, ancestor_part, ancestor_fields),
	END,
};

static const struct field syscall_fields[] = {
	WORD(syscall_part, name, "init_module", "finit_module", "delete_module"),
	WORD(syscall_part, abi, "x86_64", "i386", "x32", "aarch64", "arm"),
	FIELD(FIELD_INT, syscall_part, ret),
	FIELD_AS(FIELD_TEXT, syscall_part, errno_name, "errno"),
	FIELD(FIELD_UINT, syscall_part, duration_ns),
	TEXTS(syscall_part, flags),
	END,
};

static const struct field module_fields[] = {
	FIELD(FIELD_TEXT, module_part, name),
	WORD(module_part, name_from, "image", "caller"),
	FIELD(FIELD_TEXT, module_part, params),
	WORD(module_part, params_from, "caller"),
	FIELD(FIELD_TEXT, module_part, version),
	FIELD(FIELD_TEXT, module_part, srcversion),
	FIELD(FIELD_TEXT, module_part, taints),
	TEXTS(module_part, taint_names),
	FIELD_AS(FIELD_BOOL, module_part, is_signed, "signed"),
	FIELD(FIELD_UINT, module_part, size),
	WORD(module_part, state, "live", "coming", "going", "unformed"),
	FIELD(FIELD_TEXT, module_part, license),
	END,
};

static const struct field source_fields[] = {
	WORD(source_part, kind, "file", "memfd", "deleted", "memory", "pipe", "other"),
	FIELD(FIELD_PATH, source_part, path),
	FIELD(FIELD_BOOL, source_part, path_foreign),
	FIELD(FIELD_BOOL, source_part, path_covered),
	FIELD(FIELD_TEXT, source_part, dev),
	FIELD(FIELD_UINT, source_part, inode),
	FIELD(FIELD_UINT, source_part, size),
	FIELD(FIELD_TIME, source_part, mtime),
	FIELD(FIELD_TIME, source_part, ctime),
	FIELD(FIELD_TEXT, source_part, fs),
	FIELD(FIELD_TEXT, source_part, sha256),
	FIELD(FIELD_BOOL, source_part, complete),
	FIELD(FIELD_TEXT, source_part, reason),
	END,
};

static const struct field requested_by_fields[] = {
	FIELD(FIELD_TEXT, requested_by_part, id),
	FIELD(FIELD_TEXT, requested_by_part, alias),
	OBJECT(requested_by_part, process, process_fields),
	END,
};

static const struct field signature_fields[] = {
	FIELD(FIELD_TEXT, signature_part, signer),
	FIELD(FIELD_TEXT, signature_part, key_id),
	FIELD(FIELD_TEXT, signature_part, hash_algo),
	FIELD(FIELD_BOOL, signature_part, verified),
	END,
};

static const struct field tool_fields[] = {
	FIELD(FIELD_TEXT, tool_part, name),
	FIELD(FIELD_PATH, tool_part, path),
	WORD(tool_part, matched_by, "name", "inode", "request"),
	END,
};

static const struct field probe_fields[] = {
	FIELD(FIELD_TEXT, probe_part, name),	  FIELD(FIELD_TEXT, probe_part, target),
	FIELD(FIELD_TEXT, probe_part, mechanism), FIELD(FIELD_BOOL, probe_part, attached),
	FIELD(FIELD_BOOL, probe_part, pinned),	  FIELD(FIELD_TEXT, probe_part, reason),
	FIELD(FIELD_TEXT, probe_part, loses),	  END,
};

static const struct field resumed_fields[] = {
	FIELD(FIELD_UINT, resumed_part, records),
	FIELD(FIELD_TIME, resumed_part, since),
	END,
};

static const struct field unwatched_fields[] = {
	FIELD(FIELD_TIME, unwatched_part, since),
	FIELD(FIELD_TIME, unwatched_part, until),
	END,
};

static const struct field policy_fields[] = {
	FIELD(FIELD_PATH, policy_part, modprobe),
	FIELD(FIELD_BOOL, policy_part, modules_disabled),
	FIELD(FIELD_BOOL, policy_part, sig_enforce),
	FIELD(FIELD_TEXT, policy_part, lockdown),
	END,
};

static const struct field host_fields[] = {
	FIELD(FIELD_TEXT, host_part, name),
	FIELD(FIELD_TEXT, host_part, id),
	FIELD(FIELD_TEXT, host_part, boot),
	END,
};

const struct field common_fields[] = {
	FIELD(FIELD_UINT, event, schema),  FIELD(FIELD_UINT, event, seq),
	FIELD(FIELD_TEXT, event, id),	   FIELD(FIELD_TIME, event, time),
	FIELD(FIELD_UINT, event, boot_ns), FIELD_AS(FIELD_TEXT, event, kind_name, "kind"),
	OBJECT(event, host, host_fields),  END,
};

static const struct field monitor_start_fields[] = {
	FIELD(FIELD_TEXT, event, version),	    FIELD(FIELD_TEXT, event, kernel_release),
	FIELD(FIELD_BOOL, event, degraded),	    LIST(event, probes, probe_part, probe_fields),
	OBJECT(event, policy, policy_fields),	    OBJECT(event, resumed, resumed_fields),
	OBJECT(event, unwatched, unwatched_fields), END,
};

static const struct field module_present_fields[] = {
	OBJECT(event, module, module_fields),
	END,
};

static const struct field module_policy_fields[] = {
	TEXTS(event, changed),
	FIELD_AS(FIELD_PATH, event, policy.modprobe, "modprobe"),
	FIELD_AS(FIELD_BOOL, event, policy.modules_disabled, "modules_disabled"),
	FIELD_AS(FIELD_BOOL, event, policy.sig_enforce, "sig_enforce"),
	FIELD_AS(FIELD_TEXT, event, policy.lockdown, "lockdown"),
	END,
};

static const struct field module_request_fields[] = {
	FIELD(FIELD_TEXT, event, alias),
	FIELD(FIELD_BOOL, event, wait),
	OBJECT(event, process, process_fields),
	END,
};

static const struct field tool_exec_fields[] = {
	OBJECT(event, tool, tool_fields),
	OBJECT(event, process, process_fields),
	OBJECT(event, requested_by, requested_by_fields),
	END,
};

static const struct field module_coming_fields[] = {
	OBJECT(event, module, module_fields),
	OBJECT(event, process, process_fields),
	END,
};

static const struct field module_load_fields[] = {
	WORD(event, outcome, "success", "failure"),
	WORD(event, stage, "refused", "read", "verify", "init"),
	WORD(event, settled_by, "notifier", "sysfs", "seccomp"),
	FIELD(FIELD_BOOL, event, coalesced),
	OBJECT(event, syscall, syscall_fields),
	OBJECT(event, module, module_fields),
	OBJECT(event, source, source_fields),
	OBJECT(event, signature, signature_fields),
	FIELD(FIELD_TEXT, event, signature_reason),
	OBJECT(event, process, process_fields),
	OBJECT(event, requested_by, requested_by_fields),
	END,
};

static const struct field module_unload_fields[] = {
	WORD(event, outcome, "success", "failure"), WORD(event, settled_by, "notifier", "sysfs", "seccomp"),
	OBJECT(event, syscall, syscall_fields),	    OBJECT(event, module, module_fields),
	OBJECT(event, process, process_fields),	    END,
};

static const struct field module_missed_fields[] = {
	WORD(event, change, "loaded", "unloaded"),
	OBJECT(event, module, module_fields),
	END,
};

static const struct field module_hidden_fields[] = {
	TEXTS(event, missing_from),
	OBJECT(event, module, module_fields),
	END,
};

static const struct field attempts_suppressed_fields[] = {
	WORD(event, what, "refused", "tool_exec", "module_request", "repeated"),
	FIELD(FIELD_UINT, event, count),
	FIELD(FIELD_UINT, event, uid),
	OBJECT(event, syscall, syscall_fields),
	OBJECT(event, module, module_fields),
	FIELD(FIELD_TIME, event, since),
	END,
};

static const struct field events_lost_fields[] = {
	FIELD(FIELD_UINT, event, count),
	WORD(event, what, "tool_exec", "module_request", "module_coming", "module_load or module_unload",
	     "refused call", "process", "module", "params", "signature", "result", "captured image", "skipped probe",
	     "self-test", "monitor_touched", "undecodable record", "pinned record of another version", "pinned record",
	     "module list", "module table", "overwritten record"),
	FIELD(FIELD_TEXT, event, probe),
	FIELD(FIELD_TIME, event, since),
	END,
};

static const struct field monitor_touched_fields[] = {
	WORD(event, what, "map", "program", "link", "extension"),
	FIELD(FIELD_TEXT, event, object),
	OBJECT(event, process, process_fields),
	END,
};

static const struct field monitor_blind_fields[] = {
	FIELD(FIELD_TEXT, event, probe),
	FIELD(FIELD_TEXT, event, map),
	FIELD(FIELD_TEXT, event, reason),
	END,
};

static const struct field monitor_recovered_fields[] = {
	FIELD(FIELD_TEXT, event, probe),
	FIELD(FIELD_TEXT, event, map),
	FIELD(FIELD_UINT, event, blind_ns),
	END,
};

static const struct field audit_by_fields[] = {
	FIELD(FIELD_PATH, audit_by_part, file),
	FIELD(FIELD_UINT, audit_by_part, line),
	FIELD(FIELD_UINT, audit_by_part, index),
	FIELD(FIELD_TEXT, audit_by_part, rule),
	END,
};

static const struct field audit_verdict_fields[] = {
	WORD(audit_verdict_part, verdict, "covered", "unknown", "narrowed", "shadowed", "inert", "missing", "disabled",
	     "not_loaded"),
	OBJECT(audit_verdict_part, by, audit_by_fields),
	FIELD(FIELD_TEXT, audit_verdict_part, reason),
	TEXTS(audit_verdict_part, narrowed_by),
	END,
};

static const struct field audit_target_fields[] = {
	FIELD(FIELD_TEXT, audit_target_part, syscall),
	FIELD(FIELD_PATH, audit_target_part, path),
	WORD(audit_target_part, access, "execute", "read", "write", "attribute", "any"),
	FIELD(FIELD_TEXT, audit_target_part, abi),
	OBJECT(audit_target_part, disk, audit_verdict_fields),
	OBJECT(audit_target_part, running, audit_verdict_fields),
	END,
};

static const struct field audit_requirement_fields[] = {
	FIELD(FIELD_TEXT, audit_requirement_part, id),
	FIELD(FIELD_TEXT, audit_requirement_part, title),
	TEXTS(audit_requirement_part, refs),
	FIELD(FIELD_TEXT, audit_requirement_part, rule),
	LIST(audit_requirement_part, targets, audit_target_part, audit_target_fields),
	END,
};

static const struct field audit_kernel_fields[] = {
	FIELD(FIELD_BOOL, audit_kernel_part, enabled),
	FIELD(FIELD_BOOL, audit_kernel_part, immutable),
	FIELD(FIELD_UINT, audit_kernel_part, failure),
	FIELD(FIELD_UINT, audit_kernel_part, rate_limit),
	FIELD(FIELD_UINT, audit_kernel_part, backlog_limit),
	FIELD(FIELD_UINT, audit_kernel_part, lost),
	FIELD(FIELD_UINT, audit_kernel_part, auditd_pid),
	FIELD(FIELD_UINT, audit_kernel_part, rules),
	END,
};

static const struct field audit_parity_fields[] = {
	FIELD(FIELD_TEXT, event, profile),
	WORD(event, outcome, "parity", "gap", "unknown"),
	FIELD(FIELD_COUNTS, event, verdicts),
	OBJECT(event, audit, audit_kernel_fields),
	LIST(event, requirements, audit_requirement_part, audit_requirement_fields),
	TEXTS(event, advice),
	END,
};

static const struct field monitor_stop_fields[] = {
	FIELD(FIELD_TEXT, event, reason),
	FIELD(FIELD_COUNTS, event, counts),
	END,
};

static const struct {
	const char *name;
	const struct field *fields;
} kinds[EVENT_KINDS] = {
	[EVENT_MONITOR_START] = { "monitor_start", monitor_start_fields },
	[EVENT_MODULE_PRESENT] = { "module_present", module_present_fields },
	[EVENT_MODULE_POLICY] = { "module_policy", module_policy_fields },
	[EVENT_MODULE_REQUEST] = { "module_request", module_request_fields },
	[EVENT_TOOL_EXEC] = { "tool_exec", tool_exec_fields },
	[EVENT_MODULE_COMING] = { "module_coming", module_coming_fields },
	[EVENT_MODULE_LOAD] = { "module_load", module_load_fields },
	[EVENT_MODULE_UNLOAD] = { "module_unload", module_unload_fields },
	[EVENT_MODULE_MISSED] = { "module_missed", module_missed_fields },
	[EVENT_MODULE_HIDDEN] = { "module_hidden", module_hidden_fields },
	[EVENT_ATTEMPTS_SUPPRESSED] = { "attempts_suppressed", attempts_suppressed_fields },
	[EVENT_EVENTS_LOST] = { "events_lost", events_lost_fields },
	[EVENT_MONITOR_TOUCHED] = { "monitor_touched", monitor_touched_fields },
	[EVENT_MONITOR_BLIND] = { "monitor_blind", monitor_blind_fields },
	[EVENT_MONITOR_RECOVERED] = { "monitor_recovered", monitor_recovered_fields },
	[EVENT_AUDIT_PARITY] = { "audit_parity", audit_parity_fields },
	[EVENT_MONITOR_STOP] = { "monitor_stop", monitor_stop_fields },
};

const char *event_name(enum event_kind kind)
{
	return kinds[kind].name;
}

const struct field *event_fields(enum event_kind kind)
{
	return kinds[kind].fields;
}
