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
static int check_capabilities(void)
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
	log_line("watching the kernel needs %s, which this process does not have: run it as root (sudo kmodwatch)",
		 bpf	   ? "CAP_PERFMON"
		 : perfmon ? "CAP_BPF"
			   : "CAP_BPF and CAP_PERFMON");
	return -EPERM;
}

int preflight_check_bpf(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(int), sizeof(int), 1, NULL);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (fd == -ENOSYS)
		log_line("the bpf() system call does not exist here, so no probe can be loaded: the kernel needs "
			 "CONFIG_BPF_SYSCALL, and a sandbox must not filter bpf()");
	else
		log_line(
		    "the kernel refuses bpf() (%s), so no probe can be loaded: run outside of containers and sandboxes, "
		    "with all capabilities",
		    strerror(-fd));
	return fd;
}

static int check_lockdown(void)
{
	struct policy policy;

	policy_read(&policy);
	if (strcmp(policy.lockdown, "confidentiality"))
		return 0;
	log_line("kernel lockdown is at `confidentiality`, which forbids BPF to read kernel memory: boot with "
		 "lockdown=integrity to watch module loads");
	return -EPERM;
}

int preflight_check(void)
{
	int err = check_capabilities();

	return err ? err : check_lockdown();
}

int preflight_check_btf(const char *path)
{
	libbpf_print_fn_t print = libbpf_set_print(NULL); /* what is wrong is said below */
	struct btf *btf = btf__parse(path, NULL);
	int err = btf ? 0 : -errno;

	libbpf_set_print(print);
	btf__free(btf);
	if (err)
		preflight_explain_btf(path, err);
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

void preflight_explain_btf(const char *path, int err)
{
	char why[128];

	libbpf_strerror(err, why, sizeof(why)); /* it has errors of its own besides errno's */
	if (path)
		log_line("%s cannot be read as BTF (%s): --btf takes a file with this kernel's BTF, as pahole makes it",
			 path, why);
	else
		log_line("this kernel shows no BTF at /sys/kernel/btf/vmlinux (%s): mount /sys, boot a kernel with "
			 "CONFIG_DEBUG_INFO_BTF=y, or name a file with --btf",
			 why);
}

void preflight_explain_load(int err)
{
	char why[128];

	libbpf_strerror(err, why, sizeof(why));
	log_line("the probes could not be loaded (%s): run with -v to see libbpf's reason", why);
}
