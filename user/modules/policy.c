// SPDX-License-Identifier: BSD-2-Clause
#include "policy.h"
#include "../cleanup.h"
#include "../clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static const char modprobe_path[] = "/proc/sys/kernel/modprobe";
static const char modules_disabled_path[] = "/proc/sys/kernel/modules_disabled";
static const char sig_enforce_path[] = "/sys/module/module/parameters/sig_enforce";
static const char lockdown_path[] = "/sys/kernel/security/lockdown";

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
	if (!read_line(lockdown_path, line, sizeof(line)))
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
	policy->modprobe_known = read_line(modprobe_path, policy->modprobe, sizeof(policy->modprobe));
	policy->lockdown_known = read_lockdown(policy->lockdown, sizeof(policy->lockdown));
	policy->modules_disabled = policy_read_switch(modules_disabled_path);
	policy->sig_enforce = policy_read_switch(sig_enforce_path);
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

size_t policy_compare(const struct policy *before, const struct policy *now, struct text changed[static POLICY_KEYS])
{
	size_t count = 0;

	if (before->modprobe_known != now->modprobe_known ||
	    (now->modprobe_known && strcmp(before->modprobe, now->modprobe) != 0))
		changed[count++] = text_of("modprobe");
	if (before->modules_disabled != now->modules_disabled)
		changed[count++] = text_of("modules_disabled");
	if (before->sig_enforce != now->sig_enforce)
		changed[count++] = text_of("sig_enforce");
	if (before->lockdown_known != now->lockdown_known ||
	    (now->lockdown_known && strcmp(before->lockdown, now->lockdown) != 0))
		changed[count++] = text_of("lockdown");
	return count;
}

void policy_watch_init(struct policy_watch *watch)
{
	static const char *const paths[] = { modprobe_path, modules_disabled_path, sig_enforce_path, lockdown_path };

	policy_read(&watch->last);
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (size_t i = 0; watch->inotify >= 0 && i < sizeof(paths) / sizeof(paths[0]); i++)
		inotify_add_watch(watch->inotify, paths[i], IN_MODIFY);
}

void policy_watch_done(struct policy_watch *watch)
{
	closep(&watch->inotify);
}

int policy_watch_fd(const struct policy_watch *watch)
{
	return watch->inotify;
}

void policy_watch_wake(struct policy_watch *watch)
{
	uint64_t next = clock_next_second(watch->looked);

	if (watch->due > next)
		watch->due = next;
}

static bool was_written(const struct policy_watch *watch)
{
	_Alignas(struct inotify_event) char bytes[512];
	bool any = false;

	while (watch->inotify >= 0 && read(watch->inotify, bytes, sizeof(bytes)) > 0)
		any = true;
	return any;
}

int policy_watch_check(struct policy_watch *watch, uint64_t now, emit_fn emit, void *ctx)
{
	struct event event = { .kind = EVENT_MODULE_POLICY };
	struct text changed[POLICY_KEYS];
	struct policy policy;
	int err;

	if (!was_written(watch) && now < watch->due)
		return 0;
	watch->looked = now;
	watch->due = clock_next_minute(now);
	policy_read(&policy);
	event.changed = (struct list) {
		.known = KNOWN,
		.count = policy_compare(&watch->last, &policy, changed),
		.items = changed,
	};
	if (!event.changed.count)
		return 0;
	event.policy = policy_part(&policy);
	err = emit(ctx, &event);
	if (!err)
		watch->last = policy;
	return err;
}

int policy_watch_due_ms(const struct policy_watch *watch, uint64_t now)
{
	return ms_until(watch->due, now);
}
