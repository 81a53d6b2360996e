// SPDX-License-Identifier: BSD-2-Clause
#include "policy.h"
#include "../cleanup.h"

#include <stdio.h>
#include <string.h>

/* The first line of the file, without its end; false where it cannot be read. */
static bool read_line(const char *path, char *line, size_t size)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");

	if (!f || !fgets(line, (int)size, f))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

int policy_read_switch(const char *path)
{
	char line[16];

	if (!read_line(path, line, sizeof(line)))
		return -1;
	return line[0] == 'Y' || line[0] == '1';
}

/* "none [integrity] confidentiality" */
static bool read_lockdown(char *active, size_t size)
{
	char line[128];
	char *start, *end;

	active[0] = '\0';
	if (!read_line("/sys/kernel/security/lockdown", line, sizeof(line)))
		return false;
	start = strchr(line, '[');
	end = start ? strchr(start, ']') : NULL;
	if (!end)
		return false;
	*end = '\0';
	snprintf(active, size, "%s", start + 1);
	return true;
}

void policy_read(struct policy *policy)
{
	policy->modprobe_known = read_line("/proc/sys/kernel/modprobe", policy->modprobe, sizeof(policy->modprobe));
	policy->lockdown_known = read_lockdown(policy->lockdown, sizeof(policy->lockdown));
	policy->modules_disabled = policy_read_switch("/proc/sys/kernel/modules_disabled");
	policy->sig_enforce = policy_read_switch("/sys/module/module/parameters/sig_enforce");
}

static struct number switch_or_unknown(int value)
{
	return value < 0 ? NUMBER_UNKNOWN : number_of(value);
}

struct policy_part policy_part(const struct policy *policy)
{
	return (struct policy_part) {
		.known = KNOWN,
		.modprobe = policy->modprobe_known ? text_of(policy->modprobe) : TEXT_UNKNOWN,
		.lockdown = policy->lockdown_known ? text_of(policy->lockdown) : TEXT_UNKNOWN,
		.modules_disabled = switch_or_unknown(policy->modules_disabled),
		.sig_enforce = switch_or_unknown(policy->sig_enforce),
	};
}
