// SPDX-License-Identifier: BSD-2-Clause
#include "preflight.h"
#include "../log.h"
#include "../modules/policy.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* CAP_SYS_ADMIN stands for both (capabilities(7)). */
int preflight_capabilities(char why[static WHY_SIZE])
{
	bool bpf, perfmon;

	if (capng_get_caps_process())
		return 0; /* the load will tell */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN))
		return 0;
	bpf = capng_have_capability(CAPNG_EFFECTIVE, CAP_BPF);
	perfmon = capng_have_capability(CAPNG_EFFECTIVE, CAP_PERFMON);
	if (bpf && perfmon)
		return 0;
	snprintf(why, WHY_SIZE,
		 "watching the kernel needs %s, which this process does not have: run it as root (sudo kmodwatch)",
		 bpf	   ? "CAP_PERFMON"
		 : perfmon ? "CAP_BPF"
			   : "CAP_BPF and CAP_PERFMON");
	return -EPERM;
}

int preflight_bpf(char why[static WHY_SIZE])
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(int), sizeof(int), 1, NULL);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (fd == -ENOSYS)
		snprintf(why, WHY_SIZE,
			 "the bpf() system call does not exist here, so no probe can be loaded: the kernel needs "
			 "CONFIG_BPF_SYSCALL, and a sandbox must not filter bpf()");
	else
		snprintf(
		    why, WHY_SIZE,
		    "the kernel refuses bpf() (%s), so no probe can be loaded: run outside of containers and sandboxes, "
		    "with all capabilities",
		    strerror(-fd));
	return fd;
}

int preflight_lockdown(char why[static WHY_SIZE])
{
	struct policy policy;

	policy_read(&policy);
	if (strcmp(policy.lockdown, "confidentiality"))
		return 0;
	snprintf(why, WHY_SIZE,
		 "kernel lockdown is at `confidentiality`, which forbids BPF to read kernel memory: boot with "
		 "lockdown=integrity to watch module loads");
	return -EPERM;
}

static void explain_btf(const char *path, int err, char why[static WHY_SIZE])
{
	char error[128];

	libbpf_strerror(err, error, sizeof(error)); /* it has errors of its own besides errno's */
	if (path)
		snprintf(why, WHY_SIZE,
			 "%s cannot be read as BTF (%s): --btf takes a file with this kernel's BTF, as pahole makes it",
			 path, error);
	else
		snprintf(why, WHY_SIZE,
			 "this kernel shows no BTF at /sys/kernel/btf/vmlinux (%s): mount /sys, boot a kernel with "
			 "CONFIG_DEBUG_INFO_BTF=y, or name a file with --btf",
			 error);
}

int preflight_btf(const char *path, struct btf **out, char why[static WHY_SIZE])
{
	libbpf_print_fn_t print = libbpf_set_print(NULL); /* what is wrong is said below */
	struct btf *btf = path ? btf__parse(path, NULL) : btf__load_vmlinux_btf();
	int err = btf ? 0 : -errno;

	libbpf_set_print(print);
	if (err)
		explain_btf(path, err, why);
	else
		*out = btf;
	return err;
}

static int logged(int err, const char *why)
{
	if (err)
		log_line("%s", why);
	return err;
}

int preflight_check(void)
{
	char why[WHY_SIZE];
	int err = preflight_capabilities(why);

	if (!err)
		err = preflight_lockdown(why);
	return logged(err, why);
}

int preflight_check_bpf(void)
{
	char why[WHY_SIZE];

	return logged(preflight_bpf(why), why);
}

int preflight_check_btf(const char *path)
{
	struct btf *btf = NULL;
	char why[WHY_SIZE];
	int err = logged(preflight_btf(path, &btf, why), why);

	btf__free(btf);
	return err;
}

bool preflight_has_modules(void)
{
	return access("/proc/modules", F_OK) == 0;
}

bool preflight_has_ftrace(void)
{
	return policy_read_switch("/proc/sys/kernel/ftrace_enabled") != 0; /* no such switch: nobody turned it off */
}

void preflight_explain_load(int err)
{
	char why[128];

	libbpf_strerror(err, why, sizeof(why));
	log_line("the probes could not be loaded (%s): run with -v to see libbpf's reason", why);
}
