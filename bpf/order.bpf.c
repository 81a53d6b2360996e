// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How the user side tells the programs something. The map of control is closed for user space, so that nobody can
 * switch the programs off with a write: the user side runs this program instead, which is attached nowhere
 * (BPF_PROG_TEST_RUN takes the type since 5.10, 1b4d60ec162f). What could switch them off only goes upwards, and only
 * to the generation that this program was loaded with.
 */
#include "gate.bpf.h"
#include "reader.bpf.h"

enum { DONE = 0, REFUSED = 1 };

static __always_inline int begin_work(struct control *now, __u64 image_limit, __u64 patience)
{
	bool first = !now->generation;

	if (generation < now->generation)
		return REFUSED;
	now->layout = LAYOUT;
	now->patience = patience;
	now->image_limit = image_limit;
	now->tester = 0;
	now->generation = generation;
	if (first)
		now->began = bpf_ktime_get_boot_ns();
	else /* the programs before these have seen the beginnings */
		now->alone = generation;
	return DONE;
}

/* ctx is (order, value, value) */
SEC("raw_tp/kmodwatch")
int order(__u64 *ctx)
{
	struct control *now = control_read();

	if (!now)
		return REFUSED;
	if (ctx[0] == ORDER_READ) {
		now->reader = bpf_get_current_pid_tgid() >> 32;
		now->reader_start = process_start();
		return DONE;
	}
	if (!is_reader(now))
		return REFUSED;
	switch (ctx[0]) {
	case ORDER_WORK:
		return begin_work(now, ctx[1], ctx[2]);
	case ORDER_ALONE:
		now->alone = now->generation;
		return DONE;
	case ORDER_CANARY:
		now->nonce = ctx[1];
		return DONE;
	case ORDER_TEST:
		now->tester = ctx[1] ? now->reader : 0;
		return DONE;
	case ORDER_PERIOD:
		now->period++;
		return DONE;
	case ORDER_PATIENCE:
		now->patience = ctx[1];
		return DONE;
	case ORDER_TOOLS:
		now->all_tools = ctx[1];
		return DONE;
	}
	return REFUSED;
}
