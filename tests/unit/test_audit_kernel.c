// SPDX-License-Identifier: BSD-2-Clause
/* What the kernel says of its rules, by a kernel of our own: its answers lie in just the bytes that they have. */
#include "../../user/audit/kernel.h"
#include "unit.h"

#include <libaudit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_SEQ = 7, RULES_SEQ = 8, RULES_MAX = 2 };

static struct {
	struct audit_rule_data *rules[RULES_MAX]; /* on the heap, no byte more than the rule */
	size_t sizes[RULES_MAX];
	size_t count, next;
	int seq; /* what was asked last */
	struct nlmsghdr header;
	struct audit_status status;
} kernel;

/* In front of libaudit's. The descriptor can always be read from, for poll(). */
int audit_open(void)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	close(fds[1]);
	return fds[0];
}

int audit_request_status(int fd)
{
	return kernel.seq = STATUS_SEQ;
}

int audit_request_rules_list_data(int fd)
{
	kernel.next = 0;
	return kernel.seq = RULES_SEQ;
}

int audit_get_reply(int fd, struct audit_reply *reply, reply_t block, int peek)
{
	size_t size = 0;

	kernel.header.nlmsg_seq = (uint32_t)kernel.seq;
	reply->nlh = &kernel.header;
	if (kernel.seq == STATUS_SEQ) {
		reply->type = AUDIT_GET;
		reply->status = &kernel.status;
		size = sizeof(kernel.status);
	} else if (kernel.next < kernel.count) {
		reply->type = AUDIT_LIST_RULES;
		reply->ruledata = kernel.rules[kernel.next];
		size = kernel.sizes[kernel.next++];
	} else {
		reply->type = NLMSG_DONE;
	}
	reply->len = (int)(NLMSG_HDRLEN + size); /* as libaudit has it */
	return reply->len;
}

/* Like -w PATH. */
static void add_rule(const char *path)
{
	size_t length = strlen(path), size = sizeof(struct audit_rule_data) + length;
	struct audit_rule_data *rule = calloc(1, size);

	assert_non_null(rule);
	rule->flags = AUDIT_FILTER_EXIT;
	rule->action = AUDIT_ALWAYS;
	rule->field_count = 1;
	rule->fields[0] = AUDIT_WATCH;
	rule->fieldflags[0] = AUDIT_EQUAL;
	rule->values[0] = rule->buflen = (uint32_t)length;
	memcpy(rule->buf, path, length);
	kernel.rules[kernel.count] = rule;
	kernel.sizes[kernel.count++] = size;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < kernel.count; i++)
		free(kernel.rules[i]);
	memset(&kernel, 0, sizeof(kernel));
	return 0;
}

static void rules_are_read(void **state)
{
	struct kernel_status status;
	struct ruleset rules;
	char *why;

	add_rule("/sbin/insmod");
	add_rule("/sbin/rmmod");
	assert_int_equal(kernel_read(&status, &rules, &why), 0);
	assert_int_equal(rules.count, 2);
	assert_string_equal(rules.rules[1]->fields[0].text, "/sbin/rmmod");
	ruleset_free(&rules);
}

/* Its text would end in what lies behind it. */
static void cut_rule(void **state)
{
	struct kernel_status status;
	struct ruleset rules;
	char *why;

	add_rule("/sbin/insmod");
	kernel.sizes[0] -= 4;
	assert_true(kernel_read(&status, &rules, &why) < 0);
	assert_non_null(why);
	free(why);
}

/* What was in the buffer before must not make it another sum. */
static void sum_is_of_the_rules(void **state)
{
	uint64_t sum;
	int fd = -1;

	add_rule("/sbin/insmod");
	sum = kernel_sum(&fd);
	assert_true(sum == kernel_sum(&fd));
	free(kernel.rules[0]);
	kernel.count = 0;
	add_rule("/sbin/insmoe");
	assert_true(sum != kernel_sum(&fd));
	free(kernel.rules[0]);
	kernel.count = 0;
	add_rule("/sbin/insmod");
	assert_true(sum == kernel_sum(&fd));
	kernel.status.lost = 5; /* rises by itself */
	assert_true(sum == kernel_sum(&fd));
	kernel.status.failure = 2;
	assert_true(sum != kernel_sum(&fd));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(rules_are_read, teardown),
		cmocka_unit_test_teardown(cut_rule, teardown),
		cmocka_unit_test_teardown(sum_is_of_the_rules, teardown),
	};

	return cmocka_run_group_tests_name("audit_kernel", tests, NULL, NULL);
}
