// SPDX-License-Identifier: BSD-2-Clause
#include "preemption.h"
#include "../../bpf/map_values.h"
#include "../cleanup.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
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

/* 0: it has none, or it is of no use. */
static int function_id(const struct btf *kernel, const char *name)
{
	int id = judges_functions(kernel) ? btf__find_by_name_kind(kernel, name, BTF_KIND_FUNC) : 0;

	return id > 0 ? id : 0;
}

static struct bpf_insn call_of(int id)
{
	if (!id) /* to the next instruction */
		return (struct bpf_insn) { .code = BPF_JMP | BPF_JA };
	return (struct bpf_insn) { .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = id };
}

static bool is_call_of(const struct bpf_insn *insn, int number)
{
	return insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg && insn->imm == number;
}

int preemption_prepare(struct bpf_program *program, const struct btf *kernel)
{
	size_t count = bpf_program__insn_cnt(program), size = count * sizeof(struct bpf_insn);
	const struct bpf_insn off = call_of(function_id(kernel, "bpf_preempt_disable"));
	const struct bpf_insn on = call_of(function_id(kernel, "bpf_preempt_enable"));
	_cleanup_(freep) struct bpf_insn *insns = malloc(size);
	bool found = false;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(program), size);
	for (size_t i = 0; i < count; i++) {
		if (is_call_of(&insns[i], PREEMPTION_OFF))
			insns[i] = off, found = true;
		else if (is_call_of(&insns[i], PREEMPTION_ON))
			insns[i] = on;
	}
	return found ? bpf_program__set_insns(program, insns, count) : 0;
}
