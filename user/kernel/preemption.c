// SPDX-License-Identifier: BSD-2-Clause
#include "preemption.h"
#include "../../bpf/map_values.h"
#include "../cleanup.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* The verifier knows of each function whether it may sleep, instead of taking that for granted. */
static bool judges_functions(const struct btf *kernel)
{
	int id = btf__find_by_name_kind(kernel, "bpf_subprog_info", BTF_KIND_STRUCT);
	const struct btf_type *type = id > 0 ? btf__type_by_id(kernel, id) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(kernel, btf_members(type)[i].name_off);

		if (name && !strcmp(name, "might_sleep"))
			return true;
	}
	return false;
}

static struct bpf_insn call_of(int id)
{
	return (struct bpf_insn) { .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = id };
}

/* A program that calls both is loaded: with net.core.bpf_jit_enable=0, the kernel refuses every one that does. */
static bool can_be_called(const struct preemption *found)
{
	const struct bpf_insn insns[] = {
		found->off,
		found->on,
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	_cleanup_(closep) int fd =
	    bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "preemption", "GPL", insns, COUNT(insns), NULL);

	return fd >= 0;
}

struct preemption preemption_find(const struct btf *kernel)
{
	const struct bpf_insn next = { .code = BPF_JMP | BPF_JA }; /* to the next instruction */
	int off = btf__find_by_name_kind(kernel, "bpf_preempt_disable", BTF_KIND_FUNC);
	int on = btf__find_by_name_kind(kernel, "bpf_preempt_enable", BTF_KIND_FUNC);
	const struct preemption found = { .off = call_of(off), .on = call_of(on) };

	if (off > 0 && on > 0 && judges_functions(kernel) && can_be_called(&found))
		return found;
	return (struct preemption) { .off = next, .on = next };
}

static bool is_call_of(const struct bpf_insn *insn, int number)
{
	return insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg && insn->imm == number;
}

int preemption_prepare(struct bpf_program *program, const struct preemption *preemption)
{
	size_t count = bpf_program__insn_cnt(program), size = count * sizeof(struct bpf_insn);
	_cleanup_(freep) struct bpf_insn *insns = malloc(size);
	bool found = false;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(program), size);
	for (size_t i = 0; i < count; i++) {
		if (is_call_of(&insns[i], PREEMPTION_OFF))
			insns[i] = preemption->off, found = true;
		else if (is_call_of(&insns[i], PREEMPTION_ON))
			insns[i] = preemption->on;
	}
	return found ? bpf_program__set_insns(program, insns, count) : 0;
}
