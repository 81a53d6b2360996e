/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs that we have in the kernel. On this side, this is the only list of them: a line for each. */
#ifndef KMODWATCH_PROGRAMS_H
#define KMODWATCH_PROGRAMS_H

#include <stdbool.h>

#if defined(__x86_64__)
#define COMPAT_PROGRAMS(PROGRAM)                                                            \
	PROGRAM(compat_init_module_return, "loads through init_module by 32-bit callers")   \
	PROGRAM(compat_finit_module_return, "loads through finit_module by 32-bit callers") \
	PROGRAM(compat_delete_module_return, "unloads by 32-bit callers")                   \
	PROGRAM(compat_delete_module_entry,                                                 \
		"who unloads through a 32-bit call, if the module's exit code covers its traces")
#else /* 32-bit callers enter the same functions as all others */
#define COMPAT_PROGRAMS(PROGRAM)
#endif

/*
 * PROGRAM(name, what is lost without it) for each, by its name in bpf/, and AUDIT_PROGRAM(name) for those of the audit
 * check, which are of use without modules too. Where each goes and how, its section says (fexit/FUNCTION): not repeated
 * here. A new one goes to the end: what is remembered of a probe (handover.h) goes by its place.
 */
#define PROGRAMS(PROGRAM, AUDIT_PROGRAM)                                                                              \
	PROGRAM(process_exec, "executions of the module tools")                                                       \
	PROGRAM(module_request, "who made the kernel ask for a module")                                               \
	PROGRAM(helper_wanted, "which loads answer a request")                                                        \
	PROGRAM(helper_begins, "which loads answer a request")                                                        \
	PROGRAM(read_file, "the file that finit_module loads from, and refused reads")                                \
	PROGRAM(load_data, "who calls init_module, until the module is accepted")                                     \
	PROGRAM(post_read_file, "the hash of files, and the stage and the name of loads that fail in finit_module")   \
	PROGRAM(post_load_data,                                                                                       \
		"the hash of images from memory, and the stage and the name of loads that fail in init_module")       \
	PROGRAM(params_copied, "the parameters as the kernel copied them: the caller's are shown instead")            \
	PROGRAM(load_begun, "the signature of a module")                                                              \
	PROGRAM(module_load, "module_coming, and what the kernel knows of a loaded module")                           \
	PROGRAM(load_done, "the result of a load whose return is missed because the kernel preempted a probe")        \
	PROGRAM(module_free, "what the kernel knows of an unloaded module")                                           \
	PROGRAM(init_module_return, "loads through init_module")                                                      \
	PROGRAM(finit_module_return, "loads through finit_module, which is what insmod and modprobe call")            \
	PROGRAM(delete_module_return, "unloads")                                                                      \
	PROGRAM(delete_module_entry, "who unloads, if the module's exit code covers its traces")                      \
	COMPAT_PROGRAMS(PROGRAM)                                                                                      \
	AUDIT_PROGRAM(audit_received)                                                                                 \
	AUDIT_PROGRAM(audit_rule_freed)                                                                               \
	AUDIT_PROGRAM(auditd_freed)                                                                                   \
	PROGRAM(canary, "the self-test: a probe that stops working goes unnoticed")                                   \
	PROGRAM(init_begins, "module_coming, if the kernel preempted the probe that sees it first")                   \
	PROGRAM(init_begins_again, "module_coming, if the kernel preempted both that see it first")                   \
	PROGRAM(module_notified, "how a load or an unload ended, if its return is not seen")                          \
	PROGRAM(module_notified_again, "the same, if the kernel preempted the probe that sees it first")              \
	PROGRAM(touch_map, "who gets at the monitor's maps")                                                          \
	PROGRAM(touch_program, "who gets at the monitor's programs, and whether their code is still what was loaded") \
	PROGRAM(touch_link, "who gets at the monitor's links")                                                        \
	PROGRAM(touch_link_id, "who gets at the monitor's links by their ids")                                        \
	PROGRAM(process_fork, "which loads answer a request, where what the kernel started for it has ended")         \
	PROGRAM(process_exit, "which loads answer a request, once many processes have served requests")               \
	PROGRAM(call_filtered, "module calls that a seccomp filter refuses and logs")

#define PROGRAM_NUMBER(name, ...) PROBE_##name,
enum program_number { PROGRAMS(PROGRAM_NUMBER, PROGRAM_NUMBER) PROBES };

struct program {
	const char *name;
	const char *loses;
	bool for_audit;
};
extern const struct program programs[PROBES];

#endif
