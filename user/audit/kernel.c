// SPDX-License-Identifier: BSD-2-Clause
#include "kernel.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../hash.h"
#include "source.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

enum { REPLY_MS = 3000 };

int kernel_convert(const struct audit_rule_data *data, size_t size, struct arena *arena, struct rule *out)
{
	struct rule rule = { .list = data->flags & ~(uint32_t)AUDIT_FILTER_PREPEND, .action = data->action };
	size_t at = 0;

	if (size < sizeof(*data) || data->buflen > size - sizeof(*data) || data->field_count > AUDIT_MAX_FIELDS)
		return -EBADMSG;
	rule.field_count = data->field_count;
	rule.fields = arena_alloc(arena, (rule.field_count + 1) * sizeof(*rule.fields));
	if (!rule.fields)
		return -ENOMEM;
	memcpy(rule.mask, data->mask, sizeof(rule.mask));
	rule.mask[AUDIT_BITMASK_SIZE - 1] &= 0xffff;
	for (size_t i = 0; i < rule.field_count; i++) {
		struct rule_field *field = &rule.fields[i];

		field->type = data->fields[i];
		field->op = data->fieldflags[i] & AUDIT_OPERATORS;
		if (!rule_field_is_text(field->type)) {
			field->value = data->values[i];
			continue;
		}
		if (data->values[i] > data->buflen - at)
			return -EBADMSG;
		field->text = arena_text(arena, data->buf + at, data->values[i]);
		if (!field->text)
			return -ENOMEM;
		at += data->values[i];
	}
	rule.named_calls = !rule_has_all_calls(&rule);
	*out = rule;
	return 0;
}

static int explain(int err, char **why)
{
	switch (err) {
	case -EPERM:
	case -ECONNREFUSED:
		return source_fail(
		    err, why,
		    "the kernel does not show its audit rules here (%s): run as root (CAP_AUDIT_CONTROL) and "
		    "not inside a container (its own user or pid namespace)",
		    strerror(-err));
	case -EPROTONOSUPPORT:
	case -EINVAL:
	case -EAFNOSUPPORT:
		return source_fail(err, why, "this kernel has no audit system (%s)", strerror(-err));
	case -ETIMEDOUT:
		return source_fail(err, why,
				   "the kernel did not answer within 3 seconds when asked for its audit rules");
	default:
		return source_fail(err, why, "the kernel's audit rules cannot be read: %s", strerror(-err));
	}
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / NS_PER_MS;
}

/* The next answer to request seq; its own acknowledgement is passed over. */
static int next_reply(int fd, int seq, struct audit_reply *reply)
{
	int64_t deadline = now_ms() + REPLY_MS;

	for (;;) {
		int left = (int)(deadline - now_ms());
		int n;

		if (left <= 0 || (n = poll(&(struct pollfd) { .fd = fd, .events = POLLIN }, 1, left)) == 0)
			return -ETIMEDOUT;
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		n = audit_get_reply(fd, reply, GET_REPLY_NONBLOCKING, 0);
		if (n == -EAGAIN || n == -EINTR)
			continue;
		if (n <= 0)
			return n ? n : -EIO;
		if (reply->nlh->nlmsg_seq != (uint32_t)seq)
			continue;
		if (reply->type != NLMSG_ERROR)
			return 0;
		if (reply->error->error)
			return reply->error->error;
	}
}

static int read_status(int fd, struct kernel_status *status)
{
	struct audit_reply reply; /* 9 KiB, which an answer fills */
	int seq, err;

	reply.type = 0;
	errno = 0;
	seq = audit_request_status(fd);
	if (seq <= 0)
		return seq ? seq : -EIO;
	do {
		err = next_reply(fd, seq, &reply);
		if (err)
			return err;
	} while (reply.type != AUDIT_GET);
	*status = (struct kernel_status) {
		.enabled = reply.status->enabled,
		.failure = reply.status->failure,
		.rate_limit = reply.status->rate_limit,
		.backlog_limit = reply.status->backlog_limit,
		.lost = reply.status->lost,
		.backlog = reply.status->backlog,
		.auditd_pid = reply.status->pid,
	};
	return 0;
}

/* Takes one rule. Returns 0 or a negative errno. */
typedef int (*take_fn)(void *ctx, const struct audit_rule_data *data, size_t size);

static int take_rule(void *ctx, const struct audit_rule_data *data, size_t size)
{
	struct ruleset *rules = ctx;
	struct rule rule;
	int err = kernel_convert(data, size, &rules->arena, &rule);

	if (err)
		return err;
	rule.source.line = (unsigned int)rules->count + 1;
	return ruleset_append(rules, &rule);
}

/* What a reply holds behind its netlink header: libaudit's len counts that too. */
static size_t data_size(const struct audit_reply *reply)
{
	return reply->len < NLMSG_HDRLEN ? 0 : (size_t)(reply->len - NLMSG_HDRLEN);
}

static int read_rules(int fd, take_fn take, void *ctx)
{
	struct audit_reply reply; /* 9 KiB, which an answer fills */
	int seq = audit_request_rules_list_data(fd);
	int err;

	reply.type = 0;
	if (seq <= 0)
		return seq ? seq : -EIO;
	for (;;) {
		err = next_reply(fd, seq, &reply);
		if (err || reply.type == NLMSG_DONE)
			return err;
		if (reply.type == AUDIT_LIST_RULES)
			err = take(ctx, reply.ruledata, data_size(&reply));
		if (err)
			return err;
	}
}

int kernel_read(struct kernel_status *status, struct ruleset *rules, char **why)
{
	struct ruleset read = { .rate = -1, .backlog = -1 };
	struct kernel_status read_status_;
	_cleanup_(closep) int fd = -1;
	int err;

	*why = NULL;
	fd = audit_open();
	if (fd < 0)
		return explain(errno ? -errno : -EIO, why);
	err = read_status(fd, &read_status_);
	if (!err)
		err = read_rules(fd, take_rule, &read);
	if (err) {
		ruleset_free(&read);
		return explain(err, why);
	}
	read.enabled = (int)read_status_.enabled;
	read.failure = (int)read_status_.failure;
	*status = read_status_;
	*rules = read;
	return 0;
}

static int sum_rule(void *ctx, const struct audit_rule_data *data, size_t size)
{
	uint64_t *sum = ctx;

	*sum = hash_add(*sum, data, size);
	return 0;
}

uint64_t kernel_sum(int *fd)
{
	uint64_t sum = HASH_START;
	struct kernel_status status;
	int err = 0;

	if (*fd < 0)
		*fd = audit_open();
	if (*fd < 0)
		err = -errno;
	if (!err)
		err = read_status(*fd, &status);
	if (!err) {
		status.lost = status.backlog = 0;
		sum = hash_add(sum, &status, sizeof(status));
		err = read_rules(*fd, sum_rule, &sum);
	}
	if (err && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return err ? (uint64_t)-err : sum;
}
