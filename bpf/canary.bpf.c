// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The self-test: the way of every fexit program, from the trampoline to the ring, on a function that only tests call.
 */
#include "gate.bpf.h"
#include "record.bpf.h"

SEC("fexit/bpf_fentry_test1")
int canary(__u64 *ctx)
{
	const struct control *now = control_read();
	struct workspace *ws;
	__u32 slot;

	if (!now || now->generation != generation)
		return 0;
	ws = workspace_take(POOL_PRIVILEGED, &slot);
	if (!ws) {
		count_lost(RECORD_CANARY);
		return 0;
	}
	record_begin(ws, RECORD_CANARY);
	ws->record.canary.nonce = now->nonce;
	record_send(ws, sizeof(ws->record.canary));
	workspace_release(slot);
	return 0;
}
