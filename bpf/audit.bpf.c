// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * When the kernel's audit rules, or its audit state, may have changed: the user side then asks for them. On functions
 * that exist wherever the audit system does, since others hold their addresses or call them from another file:
 *
 *   audit_receive()        a request to the audit system: nothing else brings a rule or changes the state
 *   audit_free_rule_rcu()  a rule that went, whatever for: some go without a request, with the file system or the
 *                          folder that they watch
 *   auditd_conn_free()     auditd is gone, or another has taken its place
 */
#include "compat.bpf.h"
#include "gate.bpf.h"

/* uapi/linux/audit.h */
enum {
	AUDIT_SET = 1001,
	AUDIT_ADD_RULE = 1011,
	AUDIT_DEL_RULE = 1012,
	AUDIT_TRIM = 1014,
	AUDIT_MAKE_EQUIV = 1015,
};

/* What comes so soon after a record needs none: the user side looks again later than that (REST_MS, audit/watch.c). */
static const __u64 pause_ns = 100000000;
static __u64 told; /* ns since boot */

/* One that finds no room is not counted as lost: the user side looks every minute whatever it is told. */
static __always_inline void tell(void)
{
	__u64 now = bpf_ktime_get_boot_ns();
	struct audit_changed_record record = {
		.header.kind = RECORD_AUDIT_CHANGED,
		.header.size = sizeof(record),
		.header.time = now,
		.header.cpu = bpf_get_smp_processor_id(),
	};

	if (is_active() && now - told >= pause_ns && !bpf_ringbuf_output(&refused_ring, &record, sizeof(record), 0))
		told = now;
}

static __always_inline bool is_change(const struct sk_buff *skb)
{
	const struct nlmsghdr *message = (const void *)BPF_CORE_READ(skb, data);

	if (BPF_CORE_READ(message, nlmsg_len) < BPF_CORE_READ(skb, len)) /* there is another behind it */
		return true;
	switch (BPF_CORE_READ(message, nlmsg_type)) {
	case AUDIT_SET:
	case AUDIT_ADD_RULE:
	case AUDIT_DEL_RULE:
	case AUDIT_TRIM:
	case AUDIT_MAKE_EQUIV:
		return true;
	}
	return false;
}

/*
 * In the sender's context, when all was done. Others send messages too, but no such request of theirs is granted
 * (audit_netlink_ok()). ctx is (skb)
 */
SEC("fexit/audit_receive")
int audit_received(__u64 *ctx)
{
	if (is_change((const struct sk_buff *)ctx[0]) && caller_has(CAP_AUDIT_CONTROL))
		tell();
	return 0;
}

/* Nobody finds the rule any more. */
SEC("fentry/audit_free_rule_rcu")
int audit_rule_freed(__u64 *ctx)
{
	tell();
	return 0;
}

SEC("fentry/auditd_conn_free")
int auditd_freed(__u64 *ctx)
{
	tell();
	return 0;
}
