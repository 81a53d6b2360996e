// SPDX-License-Identifier: BSD-2-Clause
#include "surroundings.h"
#include "../audit/kernel.h"
#include "../cleanup.h"
#include "../kernel/preflight.h"
#include "../modules/policy.h"

#include <bpf/btf.h>
#include <cap-ng.h>
#include <ctype.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

enum { LINE_SIZE = 512 };

void surroundings_line(FILE *out, const char *what, const char *format, ...)
{
	va_list args;

	fprintf(out, "  %-13s", what);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

/* The file's first line that begins so, without that; controls are left out. False: errno says why. */
static bool read_line_of(const char *path, const char *beginning, char line[static LINE_SIZE])
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	char read[LINE_SIZE];

	while (f && fgets(read, sizeof(read), f)) {
		size_t used = 0;

		if (strncmp(read, beginning, strlen(beginning)) != 0)
			continue;
		for (const char *at = read + strlen(beginning); *at; at++)
			if (isprint((unsigned char)*at) && *at != '"')
				line[used++] = *at;
		line[used] = '\0';
		return true;
	}
	if (f)
		errno = ENODATA;
	return false;
}

static void write_file(FILE *out, const char *what, const char *path)
{
	char line[LINE_SIZE];

	if (read_line_of(path, "", line))
		surroundings_line(out, what, "%s", line);
	else
		surroundings_line(out, what, "not known: %s cannot be read (%s)", path, strerror(errno));
}

static void write_kernel(FILE *out)
{
	struct utsname name;
	char system[LINE_SIZE];

	if (!uname(&name))
		surroundings_line(out, "kernel", "%s %s %s", name.release, name.machine, name.version);
	if (read_line_of("/etc/os-release", "PRETTY_NAME=", system))
		surroundings_line(out, "system", "%s", system);
}

static void write_caller(FILE *out)
{
	static const struct {
		int number;
		const char *name;
	} wanted[] = {
		{ CAP_BPF, "CAP_BPF" },
		{ CAP_PERFMON, "CAP_PERFMON" },
		{ CAP_AUDIT_CONTROL, "CAP_AUDIT_CONTROL" },
		{ CAP_SYSLOG, "CAP_SYSLOG" },
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
	};
	bool known = !capng_get_caps_process();
	char space[64] = "", list[LINE_SIZE] = "";
	ssize_t size = readlink("/proc/self/ns/user", space, sizeof(space) - 1);

	for (size_t i = 0; known && i < COUNT(wanted); i++)
		if (capng_have_capability(CAPNG_EFFECTIVE, wanted[i].number))
			snprintf(list + strlen(list), sizeof(list) - strlen(list), " %s", wanted[i].name);
	surroundings_line(out, "caller", "uid %u, %s user namespace; of the capabilities that matter:%s", geteuid(),
			  size < 0				? "unknown"
			  : !strcmp(space, "user:[4026531837]") ? "initial" /* PROC_USER_INIT_INO */
								: "another",
			  !known  ? " not known"
			  : *list ? list
				  : " none");
}

static const char *has_function(const struct btf *btf, const char *name)
{
	if (!btf)
		return "not known without BTF";
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0 ? "yes" : "no";
}

static const char *on_or_off(const char *path)
{
	int value = policy_read_switch(path);

	return value < 0 ? "not known" : value ? "on" : "off";
}

static void write_bpf(FILE *out, const struct btf *btf)
{
	/* what they are made by: a user cannot make one */
	surroundings_line(out, "ring buffer", "%s", has_function(btf, "bpf_ringbuf_reserve"));
	surroundings_line(out, "trampolines", "%s (fentry and fexit); kernel.ftrace_enabled: %s; BPF's compiler: %s",
			  has_function(btf, "bpf_trampoline_link_prog"), on_or_off("/proc/sys/kernel/ftrace_enabled"),
			  on_or_off("/proc/sys/net/core/bpf_jit_enable"));
}

/* The kernel's version says how it was built, and debugfs what it was booted with. */
static void write_preemption(FILE *out)
{
	static const char dynamic[] = "PREEMPT_DYNAMIC";
	const char *built;
	struct utsname name;
	char model[LINE_SIZE];

	built = uname(&name) ? NULL : strstr(name.version, "PREEMPT");
	if (!built)
		surroundings_line(out, "preemption", "none or voluntary");
	else if (strncmp(built, dynamic, strlen(dynamic)) != 0)
		surroundings_line(out, "preemption", "%.*s", (int)strcspn(built, " "), built);
	else if (read_line_of("/sys/kernel/debug/sched/preempt", "", model))
		surroundings_line(out, "preemption", "%s: %s", dynamic, model);
	else
		surroundings_line(out, "preemption", "%s: which model is at work is not known without debugfs",
				  dynamic);
}

static void write_modules(FILE *out)
{
	struct policy policy;

	policy_read(&policy);
	if (!preflight_has_modules())
		surroundings_line(out, "modules", "this kernel cannot load any (built without CONFIG_MODULES)");
	else
		surroundings_line(out, "modules", "kernel.modules_disabled: %s, module.sig_enforce: %s",
				  policy.modules_disabled < 0 ? "not known"
				  : policy.modules_disabled   ? "1"
							      : "0",
				  policy.sig_enforce < 0 ? "not known"
				  : policy.sig_enforce	 ? "Y"
							 : "N");
	surroundings_line(out, "lockdown", "%s",
			  policy.lockdown_known
			      ? policy.lockdown
			      : "not known: /sys/kernel/security/lockdown cannot be read, or the kernel "
				"has none");
	write_file(out, "LSMs", "/sys/kernel/security/lsm");
}

static void write_audit(FILE *out)
{
	_cleanup_(freep) char *why = NULL;
	struct kernel_status status;
	struct ruleset rules;
	char daemon[32] = "none";

	if (kernel_read(&status, &rules, &why)) {
		surroundings_line(out, "audit", "not known: %s", why ? why : strerror(ENOMEM));
		return;
	}
	if (status.auditd_pid)
		snprintf(daemon, sizeof(daemon), "process %u", status.auditd_pid);
	surroundings_line(out, "audit", "in the kernel, enabled %u, auditd: %s, %zu rules", status.enabled, daemon,
			  rules.count);
	ruleset_free(&rules);
}

static bool is_mounted(const char *path, long magic)
{
	struct statfs fs;

	return !statfs(path, &fs) && (long)fs.f_type == magic;
}

static void write_mounts(FILE *out)
{
	bool traces =
	    is_mounted("/sys/kernel/tracing", TRACEFS_MAGIC) || is_mounted("/sys/kernel/debug/tracing", TRACEFS_MAGIC);
	const bool pins = is_mounted("/sys/fs/bpf", BPF_FS_MAGIC);

	surroundings_line(out, "bpffs", "%s",
			  pins ? "at /sys/fs/bpf" : "not at /sys/fs/bpf, so --pin needs one elsewhere");
	surroundings_line(out, "tracefs", "%s", traces ? "mounted" : "not mounted, or not shown to this user");
}

void surroundings_write(FILE *out, const struct btf *btf)
{
	write_kernel(out);
	write_caller(out);
	write_bpf(out, btf);
	write_preemption(out);
	write_modules(out);
	write_audit(out);
	write_mounts(out);
}
