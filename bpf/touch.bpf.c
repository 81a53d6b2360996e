// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * When somebody gets at what is ours in the kernel. Who may use bpf() can take our maps, programs and links in hand, by
 * their ids or their pins, and then write into them, or put another program in the place of a function of ours. Each of
 * these needs a descriptor first, and the kernel asks the LSMs before it gives one: the record is on the ring before
 * anything can be done with it.
 *
 *   security_bpf_map()    any descriptor of a map
 *   security_bpf_prog()   any descriptor of a program, a new one's too
 *   security_bpf()        every call of bpf(): for links by their ids, since the way by the id has the next one inlined
 *   bpf_link_new_fd()     links by their pins
 */
#include "gate.bpf.h"
#include "reader.bpf.h"
#include "record.bpf.h"
#include "subject.bpf.h"

enum {
	FUNCTIONS_MAX = 16,
	FUNCTION_HEAD = 16, /* bytes: whatever the machine, what is attached to a function is called from there */
	TOUCHES_MAX = 256,  /* records a second: who may do this can do it in any number; the rest counts as lost */
	BPF_LINK_GET_FD_BY_ID_ = 30, /* uapi/linux/bpf.h, an enumerator there too */
};

static const __u64 second = 1000000000;
static __u64 period_began; /* ns since boot */
static __u64 period_count;

static __always_inline bool touch_fits(__u64 now)
{
	if (now - period_began >= second) {
		period_began = now;
		period_count = 0;
	}
	return period_count++ < TOUCHES_MAX;
}

/* The same process again, within a second: told. */
static __always_inline bool is_told(const struct object_state *state, __u64 now)
{
	return state->told_pid == bpf_get_current_pid_tgid() >> 32 && now - state->told < second;
}

static __always_inline void touch_send(struct object_state *state, __u8 object, bool bare)
{
	struct workspace *ws;
	__u32 slot;

	ws = workspace_take(POOL_PRIVILEGED, &slot); /* it takes CAP_BPF or more to come by here */
	if (!ws) {
		count_lost(RECORD_MONITOR_TOUCHED);
		return;
	}
	record_begin(ws, RECORD_MONITOR_TOUCHED);
	ws->record.monitor_touched.object = object;
	__builtin_memcpy(ws->record.monitor_touched.name, state->name, OBJECT_NAME_SIZE);
	if (bare) {
		ws->record.monitor_touched.subject.unread = 1;
		ws->record.monitor_touched.subject.start_time = process_start();
	} else {
		subject_read(slot, UNEXTENDABLE);
	}
	record_send(ws, sizeof(ws->record.monitor_touched));
	workspace_release(slot);
}

static __always_inline struct object_state *find_ours(__u32 object, __u32 id)
{
	struct object_id key = { .object = object, .id = id };

	return bpf_map_lookup_elem(&objects, &key);
}

/* What is ours is in somebody's hands. */
static __always_inline void touch(struct object_state *state, __u8 object, bool bare)
{
	const struct control *told = control_read();
	__u64 now = bpf_ktime_get_boot_ns();

	if (!is_active() || !told || is_reader(told) || is_told(state, now))
		return;
	if (!touch_fits(now)) {
		count_lost(RECORD_MONITOR_TOUCHED);
		return;
	}
	touch_send(state, object, bare);
	state->told = now;
	state->told_pid = bpf_get_current_pid_tgid() >> 32;
}

/* ctx is (map, mode) */
SEC("fentry/security_bpf_map")
int touch_map(__u64 *ctx)
{
	const struct bpf_map *map = (const void *)ctx[0];
	struct object_state *state = find_ours(OBJECT_MAP, BPF_CORE_READ(map, id));

	if (state)
		touch(state, OBJECT_MAP, false);
	return 0;
}

static __always_inline __u64 head_sum(const struct bpf_prog *prog)
{
	__u64 words[FUNCTION_HEAD / sizeof(__u64)] = {};

	bpf_probe_read_kernel(words, sizeof(words), (const void *)BPF_CORE_READ(prog, bpf_func));
	return words[0] * 31 + words[1];
}

/*
 * Where its functions begin, when the reader opens it to have a look: what is attached to a function of a program, or
 * takes its place, is called from there. (The way over the links, by BPF_LINK_GET_NEXT_ID, is only for
 * CAP_SYS_ADMIN.)
 */
static __always_inline void look_at_code(const struct bpf_prog *prog, struct object_state *state)
{
	struct bpf_prog **functions = BPF_CORE_READ(prog, aux, func);
	__u32 count = BPF_CORE_READ(prog, aux, func_cnt);
	__u64 sum = head_sum(prog);

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < FUNCTIONS_MAX && i < count; i++) {
		const struct bpf_prog *function = NULL;

		bpf_probe_read_kernel(&function, sizeof(function), functions + i);
		sum = sum * 31 + head_sum(function);
	}
	state->functions = count;
	state->code = sum | 1; /* 0 stands for nothing */
}

/* An extension's target is known as soon as it is loaded; it has no descriptor yet. ctx is (prog) */
SEC("fentry/security_bpf_prog")
int touch_program(__u64 *ctx)
{
	const struct bpf_prog *prog = (const void *)ctx[0], *target = NULL;
	struct object_state *state = find_ours(OBJECT_PROGRAM, BPF_CORE_READ(prog, aux, id));
	const struct control *told = control_read();
	__u8 object = OBJECT_PROGRAM;

	if (state && told && is_reader(told) && is_active()) {
		look_at_code(prog, state);
		return 0;
	}
	if (!state && BPF_CORE_READ(prog, type) == BPF_PROG_TYPE_EXT) {
		target = BPF_CORE_READ(prog, aux, dst_prog);
		object = OBJECT_EXTENSION;
		state = find_ours(OBJECT_PROGRAM, BPF_CORE_READ(target, aux, id));
	}
	if (state) {
		if (object == OBJECT_EXTENSION) /* that the program was touched was told just before */
			state->told_pid = 0;
		touch(state, object, false);
	}
	return 0;
}

/* ctx is (link) */
SEC("fentry/bpf_link_new_fd")
int touch_link(__u64 *ctx)
{
	const struct bpf_link *link = (const void *)ctx[0];
	struct object_state *state = find_ours(OBJECT_LINK, BPF_CORE_READ(link, id));

	if (state)
		touch(state, OBJECT_LINK, false);
	return 0;
}

/*
 * The attributes are the kernel's copy, and begin with the id. A descriptor of such a link can do no harm, so who it is
 * is not worth what it costs the verifier. ctx is (cmd, attr, ...)
 */
SEC("fentry/security_bpf")
int touch_link_id(__u64 *ctx)
{
	struct object_state *state;
	__u32 id = 0;

	if ((int)ctx[0] != BPF_LINK_GET_FD_BY_ID_)
		return 0;
	bpf_probe_read_kernel(&id, sizeof(id), (const void *)ctx[1]);
	state = find_ours(OBJECT_LINK, id);
	if (state)
		touch(state, OBJECT_LINK, true);
	return 0;
}
