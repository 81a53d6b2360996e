// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files are watched with inotify. That the kernel's rules may have changed says the kernel side (bpf/audit.bpf.c): the
 * kernel's own CONFIG_CHANGE records would too, but with them every audit record there is. What the kernel answers,
 * when asked for its rules, is only summed up; the check itself is made when the sum is another.
 *
 * A set is loaded or removed rule by rule, and a file written piece by piece: what has changed is looked at when it has
 * rested. The kernel's rules are looked at with the first change too, or nobody would know that they had been away for
 * a moment. And all is looked at every minute, for what came unseen.
 *
 * Rules name users, whom a directory service may have to be asked for, and files, which may lie on a dead mount; a set
 * may be long, and the kernel slow to answer. So a child looks and checks, and what it finds comes back as a parcel.
 */
#include "watch.h"
#include "../child.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../log.h"
#include "../output/parcel.h"
#include "check_run.h"
#include "kernel.h"
#include "parity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>

enum {
	REST_MS = 250,	  /* more than the kernel side keeps silent after a record (pause_ns, bpf/audit.bpf.c) */
	LATEST_MS = 1000, /* what does not come to rest is looked at that often */
	OFTEN_MS = 500,
	PATIENCE_MS = 30000, /* what a look may take, the check included */
	FIRST_MS = 2000,     /* of which the first is waited for, so that the lines at the start have an order */
};

/* The folder above is there for the first, which may come later. */
enum folder { FOLDER_ABOVE, FOLDER_AUDIT, FOLDER_RULES, FOLDERS };

enum {
	OF_FOLDER = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
	OF_RULES = OF_FOLDER | IN_CLOSE_WRITE | IN_ATTRIB | IN_MODIFY | IN_DELETE_SELF | IN_MOVE_SELF,
};

static const struct {
	const char *path;
	uint32_t mask;
} folders[FOLDERS] = {
	[FOLDER_ABOVE] = { "/etc", OF_FOLDER },
	[FOLDER_AUDIT] = { AUDIT_FOLDER, OF_RULES },
	[FOLDER_RULES] = { AUDIT_RULES_FOLDER, OF_RULES },
};

struct audit_watch {
	struct check_options options;
	int inotify;
	struct child child;   /* looks, and checks where something has changed */
	int watches[FOLDERS]; /* -1: the folder is not there */
	bool often;	      /* the kernel is asked twice a second */
	bool at_once;	      /* a change is to be looked at now */
	bool wanted;	      /* another look, when the child is done */
	bool changed;	      /* something is not what it was at the last check */
	uint64_t since;	 /* ns since boot: the first change that is to be looked at when at rest; 0: there is none */
	uint64_t last;	 /* the last */
	uint64_t looked; /* when a change was last looked at */
	uint64_t due;	 /* when to look whatever happens */
	uint64_t kernel_sum;
	char *digest; /* of the last result; NULL before the first */
};

/* What the child writes: this, and behind it the parcel, or why there is none. */
struct finding {
	uint64_t kernel_sum;
	int err;      /* 0: the check was made, or was not needed */
	bool checked; /* else nothing has changed */
};

/* A folder that comes, goes or is replaced gets another number, and that is a change too. */
static void watch_folders(struct audit_watch *watch)
{
	for (int i = 0; i < FOLDERS; i++) {
		int number = inotify_add_watch(watch->inotify, folders[i].path, folders[i].mask);

		if (number == watch->watches[i])
			continue;
		if (watch->watches[i] >= 0)
			inotify_rm_watch(watch->inotify, watch->watches[i]);
		watch->watches[i] = number;
		watch->changed = true;
	}
}

int audit_watch_new(const struct check_options *options, struct audit_watch **out, char **why)
{
	_cleanup_(audit_watch_freep) struct audit_watch *watch = calloc(1, sizeof(*watch));
	int err;

	*why = NULL;
	if (!watch)
		return -ENOMEM;
	*watch = (struct audit_watch) { .options = *options, .child = CHILD_NONE, .watches = { -1, -1, -1 } };
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->inotify < 0)
		log_line("changes of the audit rules on disk are not noticed, since there is no inotify (%s): raise "
			 "fs.inotify.max_user_instances and user.max_inotify_instances, then reload kmodwatch",
			 strerror(errno));
	err = check_profile(options->profile, why);
	if (err)
		return err;
	watch_folders(watch);
	*out = TAKE_PTR(watch);
	return 0;
}

void audit_watch_freep(struct audit_watch **watch)
{
	if (!*watch)
		return;
	closep(&(*watch)->inotify);
	child_stop(&(*watch)->child);
	free((*watch)->digest);
	free(*watch);
	*watch = NULL;
}

int audit_watch_fd(const struct audit_watch *watch)
{
	return watch->inotify;
}

int audit_watch_result_fd(const struct audit_watch *watch)
{
	return watch->child.fd;
}

/* When what has changed is to be looked at. */
static uint64_t rest_due(const struct audit_watch *watch)
{
	uint64_t rested = watch->last + ms(REST_MS), latest = watch->since + ms(LATEST_MS);

	if (!watch->since)
		return UINT64_MAX;
	return rested < latest ? rested : latest;
}

int audit_watch_due_ms(const struct audit_watch *watch, uint64_t now)
{
	uint64_t due = rest_due(watch) < watch->due ? rest_due(watch) : watch->due;

	if (child_is_busy(&watch->child) && watch->child.deadline < due)
		due = watch->child.deadline;
	return watch->at_once ? 0 : ms_until(due, now);
}

static void note_change(struct audit_watch *watch, uint64_t now)
{
	if (!watch->since)
		watch->since = now;
	watch->last = now;
}

void audit_watch_wake(struct audit_watch *watch, uint64_t now)
{
	note_change(watch, now);
	watch->at_once |= now >= watch->looked + ms(LATEST_MS);
}

void audit_watch_ask(struct audit_watch *watch, bool often, uint64_t now)
{
	if (often != watch->often)
		watch->due = now;
	watch->often = often;
}

static bool is_about_rules(const struct audit_watch *watch, const struct inotify_event *event)
{
	return event->wd != watch->watches[FOLDER_ABOVE] || (event->len && !strcmp(event->name, "audit"));
}

/* Empties the inotify queue. What exactly happened does not matter. */
static void read_inotify(struct audit_watch *watch, uint64_t now)
{
	_Alignas(struct inotify_event) char bytes[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
	const struct inotify_event *event;
	bool any = false;
	ssize_t n;

	while ((n = read(watch->inotify, bytes, sizeof(bytes))) > 0)
		for (ssize_t at = 0; at < n; at += (ssize_t)(sizeof(*event) + event->len)) {
			event = (const struct inotify_event *)&bytes[at];
			any |= is_about_rules(watch, event);
		}
	watch->changed |= any;
	if (any)
		note_change(watch, now);
}

/* --- in the child --- */

static int write_finding(int fd, const struct finding *finding, const char *bytes, size_t size)
{
	int err = child_write(fd, finding, sizeof(*finding));

	return err ? err : child_write(fd, bytes, size);
}

/* The event that the check leads to, as a parcel. *why as in check_run(). */
static int make_parcel(const struct check_options *options, char **parcel, size_t *size, char **why)
{
	_cleanup_(check_freep) struct check *check = NULL;
	struct event event;
	int err = check_run(options, &check, why);

	if (!err)
		err = parity_event(check, &event);
	return err ? err : parcel_pack(&event, parcel, size);
}

/* The kernel is asked before the check, so that what changes meanwhile is noticed with the next look. */
static int look(void *ctx, int fd)
{
	const struct audit_watch *watch = ctx;
	_cleanup_(closep) int kernel = -1;
	_cleanup_(freep) char *parcel = NULL;
	_cleanup_(freep) char *why = NULL;
	struct finding finding = { 0 };
	size_t size = 0;

	finding.kernel_sum = kernel_sum(&kernel);
	finding.checked = watch->changed || finding.kernel_sum != watch->kernel_sum;
	if (finding.checked)
		finding.err = make_parcel(&watch->options, &parcel, &size, &why);
	if (!finding.err)
		return write_finding(fd, &finding, parcel, size);
	if (!why)
		return write_finding(fd, &finding, strerror(-finding.err), strlen(strerror(-finding.err)));
	return write_finding(fd, &finding, why, strlen(why));
}

/* --- with its result --- */

static int tell(struct audit_watch *watch, struct event *event, emit_fn emit, void *ctx)
{
	char *digest = parity_digest(event);

	if (!digest)
		return -ENOMEM;
	if (watch->digest && strcmp(watch->digest, digest) == 0) {
		free(digest);
		return 0;
	}
	free(watch->digest);
	watch->digest = digest;
	return emit(ctx, event);
}

/* What was true is not known any more. */
static int tell_unknown(struct audit_watch *watch, const char *why, emit_fn emit, void *ctx)
{
	struct text advice = { 0 };
	char words[1024];
	struct event event;

	snprintf(words, sizeof(words), "the rules could not be checked: %s", why);
	advice = text_of(words);
	event = parity_unknown(watch->options.profile, &advice);
	return tell(watch, &event, emit, ctx);
}

static int tell_parcel(struct audit_watch *watch, const char *bytes, size_t size, emit_fn emit, void *ctx)
{
	struct arena arena = { 0 };
	struct event event;
	int err = parcel_unpack(bytes, size, &arena, &event);

	if (!err)
		err = tell(watch, &event, emit, ctx);
	arena_free(&arena);
	return err;
}

static int take_finding(struct audit_watch *watch, emit_fn emit, void *ctx)
{
	const char *behind = watch->child.bytes + sizeof(struct finding);
	char why[512];
	struct finding finding;
	size_t size;

	if (watch->child.size < sizeof(finding))
		return tell_unknown(watch, "what the check says is not understood", emit, ctx);
	memcpy(&finding, watch->child.bytes, sizeof(finding));
	size = watch->child.size - sizeof(finding);
	watch->kernel_sum = finding.kernel_sum;
	if (!finding.err)
		return finding.checked ? tell_parcel(watch, behind, size, emit, ctx) : 0;
	watch->changed = true; /* what was found is not what is told: the next look checks again */
	snprintf(why, sizeof(why), "%.*s", (int)size, behind);
	return tell_unknown(watch, why, emit, ctx);
}

/* A child that ended without a result, or that there is none of. */
static int take_failure(struct audit_watch *watch, int err, emit_fn emit, void *ctx)
{
	watch->changed = true;
	switch (err) {
	case -ETIMEDOUT:
		return tell_unknown(watch, "it was not over after 30 seconds (a file on a mount that does not answer?)",
				    emit, ctx);
	case -EBUSY:
		return tell_unknown(watch, "an earlier check hangs and cannot be ended", emit, ctx);
	case -ECHILD:
		return tell_unknown(watch, "the process that checks them ended before it was done", emit, ctx);
	default:
		return tell_unknown(watch, strerror(-err), emit, ctx);
	}
}

static int take_result(struct audit_watch *watch, uint64_t now, emit_fn emit, void *ctx)
{
	int err;

	if (!child_is_busy(&watch->child))
		return 0;
	err = child_take(&watch->child, now);
	if (err == -EAGAIN)
		return 0;
	return err ? take_failure(watch, err, emit, ctx) : take_finding(watch, emit, ctx);
}

/* --- when --- */

static int start(struct audit_watch *watch, uint64_t now, emit_fn emit, void *ctx)
{
	int err;

	if (!watch->wanted || child_is_busy(&watch->child))
		return 0;
	watch->wanted = false;
	watch_folders(watch);
	err = child_start(&watch->child, look, watch, now + ms(PATIENCE_MS));
	watch->changed = false; /* the child has it */
	return err ? take_failure(watch, err, emit, ctx) : 0;
}

/* Whether it is time to look, and when it will be again. What goes on changing is not over by being looked at. */
static bool is_time(struct audit_watch *watch, uint64_t now)
{
	bool change = watch->at_once || now >= rest_due(watch);
	bool late = now >= watch->due;

	if (change)
		watch->looked = now;
	if (late)
		watch->due = watch->often ? now + ms(OFTEN_MS) : clock_next_minute(now);
	if (watch->since)
		watch->since = now >= watch->last + ms(REST_MS) ? 0 : change ? now : watch->since;
	watch->at_once = false;
	return change || late;
}

int audit_watch_handle(struct audit_watch *watch, uint64_t now, emit_fn emit, void *ctx)
{
	int err;

	read_inotify(watch, now);
	watch->wanted |= is_time(watch, now);
	err = take_result(watch, now, emit, ctx);
	return err ? err : start(watch, now, emit, ctx);
}

int audit_watch_start(struct audit_watch *watch, emit_fn emit, void *ctx)
{
	uint64_t now = clock_boot_ns(), end = now + ms(FIRST_MS);
	int err;

	watch->wanted = watch->changed = true;
	err = start(watch, now, emit, ctx);
	for (; !err && child_is_busy(&watch->child) && now < end; now = clock_boot_ns()) {
		poll(&(struct pollfd) { .fd = watch->child.fd, .events = POLLIN }, 1, ms_until(end, now));
		err = take_result(watch, clock_boot_ns(), emit, ctx);
	}
	return err;
}
