// SPDX-License-Identifier: BSD-2-Clause
#include "probe.h"

#include <string.h>

_Static_assert((int)PROBES <= (int)PROBES_MAX, "PROBES_MAX is too small");

#define LOSES_AUDIT "nothing: the kernel is asked for its audit rules twice a second instead"

/* Where each goes and how, its section says (fexit/FUNCTION): not repeated here. */
const struct program programs[PROBES] = {
	{ "process_exec", "executions of the module tools" },
	{ "module_request", "who made the kernel ask for a module" },
	{ "helper_wanted", "which loads answer a request" },
	{ "helper_begins", "which loads answer a request" },
	{ "read_file", "the file that finit_module loads from, and refused reads" },
	{ "load_data", "who calls init_module, until the module is accepted" },
	{ "post_read_file", "the hash of files, and the stage and the name of loads that fail in finit_module" },
	{ "post_load_data",
	  "the hash of images from memory, and the stage and the name of loads that fail in init_module" },
	{ "params_copied", "the parameters as the kernel copied them: the caller's are shown instead" },
	{ "load_begun", "the signature of a module" },
	{ "module_load", "module_coming, and what the kernel knows of a loaded module" },
	{ "load_done", "the result of a load whose return is missed because the kernel preempted a probe" },
	{ "module_free", "what the kernel knows of an unloaded module" },
	{ "init_module_return", "loads through init_module" },
	{ "finit_module_return", "loads through finit_module, which is what insmod and modprobe call" },
	{ "delete_module_return", "unloads" },
	{ "delete_module_entry", "who unloads, should the module's exit cover its traces" },
	{ "compat_init_module_return", "loads through init_module by 32-bit callers" },
	{ "compat_finit_module_return", "loads through finit_module by 32-bit callers" },
	{ "compat_delete_module_return", "unloads by 32-bit callers" },
	{ "compat_delete_module_entry",
	  "who unloads through a 32-bit call, should the module's exit cover its traces" },
	{ "audit_received", LOSES_AUDIT },
	{ "audit_rule_freed", LOSES_AUDIT },
	{ "auditd_freed", LOSES_AUDIT },
	{ "canary", "the self-test: a probe that stops working goes unnoticed" },
};

size_t program_index(const char *name)
{
	size_t i = 0;

	while (i < PROBES && strcmp(programs[i].name, name) != 0)
		i++;
	return i;
}

const char *const map_names[MAPS] = {
	[MAP_RING] = "ring",
	[MAP_REFUSED_RING] = "refused_ring",
	[MAP_IMAGE_RING] = "image_ring",
	[MAP_FILE_PASSES] = "file_passes",
	[MAP_MEMORY_PASSES] = "memory_passes",
	[MAP_ATTEMPTS] = "attempts",
	[MAP_WORKSPACES] = "workspaces",
	[MAP_WORKSPACE_OWNERS] = "workspace_owners",
	[MAP_LOST] = "lost",
	[MAP_TOOLS] = "tools",
	[MAP_REQUESTS] = "requests",
	[MAP_UNDER_WAY] = "under_way",
	[MAP_LIMITS] = "limits",
	[MAP_LIMIT_OWNERS] = "limit_owners",
	[MAP_CONTROL] = "control",
	[MAP_MEMORY] = "memory",
};
