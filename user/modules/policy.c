// SPDX-License-Identifier: BSD-2-Clause
#include "policy.h"
#include "../cleanup.h"
#include "../clock.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

struct place {
	const char *path;
	long magic; /* of the file system that the kernel shows it in */
};

static const struct place modprobe = { "/proc/sys/kernel/modprobe", PROC_SUPER_MAGIC };
static const struct place modules_disabled = { "/proc/sys/kernel/modules_disabled", PROC_SUPER_MAGIC };
static const struct place sig_enforce = { "/sys/module/module/parameters/sig_enforce", SYSFS_MAGIC };
static const struct place lockdown = { "/sys/kernel/security/lockdown", SECURITYFS_MAGIC };

/* Whether it is what the kernel shows there, and nothing that is mounted over it, or over a folder on the way. */
static bool is_kernels(int fd, long magic)
{
	struct statx file;
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == magic && !statx(fd, "", AT_EMPTY_PATH, 0, &file) &&
	       !(file.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static bool take_line(FILE *f, char *line, size_t size)
{
	if (!fgets(line, (int)size, f))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* The first line of the file, without its end; false where it cannot be read. */
static bool read_line(const struct place *place, char *line, size_t size)
{
	_cleanup_(fclosep) FILE *f = fopen(place->path, "re");

	return f && is_kernels(fileno(f), place->magic) && take_line(f, line, size);
}

static int value_of_switch(const char *line)
{
	return line[0] == 'Y' || line[0] == '1';
}

static int read_switch(const struct place *place)
{
	char line[16];

	return read_line(place, line, sizeof(line)) ? value_of_switch(line) : -1;
}

int policy_read_switch(const char *path)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	char line[16];

	return f && take_line(f, line, sizeof(line)) ? value_of_switch(line) : -1;
}

/* "none [integrity] confidentiality" */
static bool read_lockdown(char *active, size_t size)
{
	char line[128];
	char *start, *end;

	active[0] = '\0';
	if (!read_line(&lockdown, line, sizeof(line)))
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
	policy->modprobe_known = read_line(&modprobe, policy->modprobe, sizeof(policy->modprobe));
	policy->lockdown_known = read_lockdown(policy->lockdown, sizeof(policy->lockdown));
	policy->modules_disabled = read_switch(&modules_disabled);
	policy->sig_enforce = read_switch(&sig_enforce);
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

/* Whether the value changed. */
static bool update_switch(int *last, int now)
{
	int before = *last;

	if (now < 0)
		return false;
	*last = now;
	return before >= 0 && before != now;
}

size_t policy_update(struct policy *last, const struct policy *now, struct text changed[static POLICY_KEYS])
{
	size_t count = 0;

	if (now->modprobe_known) {
		if (last->modprobe_known && strcmp(last->modprobe, now->modprobe) != 0)
			changed[count++] = text_of("modprobe");
		last->modprobe_known = true;
		memcpy(last->modprobe, now->modprobe, sizeof(last->modprobe));
	}
	if (update_switch(&last->modules_disabled, now->modules_disabled))
		changed[count++] = text_of("modules_disabled");
	if (update_switch(&last->sig_enforce, now->sig_enforce))
		changed[count++] = text_of("sig_enforce");
	if (now->lockdown_known) {
		if (last->lockdown_known && strcmp(last->lockdown, now->lockdown) != 0)
			changed[count++] = text_of("lockdown");
		last->lockdown_known = true;
		memcpy(last->lockdown, now->lockdown, sizeof(last->lockdown));
	}
	return count;
}

void policy_watch_init(struct policy_watch *watch)
{
	static const struct place *const places[] = { &modprobe, &modules_disabled, &sig_enforce, &lockdown };

	policy_read(&watch->last);
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (size_t i = 0; watch->inotify >= 0 && i < sizeof(places) / sizeof(places[0]); i++)
		inotify_add_watch(watch->inotify, places[i]->path, IN_MODIFY);
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
	struct policy now_is, last = watch->last;
	int err;

	if (!was_written(watch) && now < watch->due)
		return 0;
	watch->looked = now;
	watch->due = clock_next_minute(now);
	policy_read(&now_is);
	event.changed = (struct list) {
		.known = KNOWN,
		.count = policy_update(&last, &now_is, changed),
		.items = changed,
	};
	event.policy = policy_part(&now_is);
	err = event.changed.count ? emit(ctx, &event) : 0;
	if (!err)
		watch->last = last;
	return err;
}

int policy_watch_due_ms(const struct policy_watch *watch, uint64_t now)
{
	return ms_until(watch->due, now);
}
