// SPDX-License-Identifier: BSD-2-Clause
#include "extension.h"
#include "../cleanup.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>

static void btf_freep(struct btf **btf)
{
	btf__free(*btf);
}

/* Types of `int program(void)` and `int function(int *)`; *program and *function: their ids. NULL: no memory. */
static struct btf *types_of_test(int *program, int *function)
{
	_cleanup_(btf_freep) struct btf *types = btf__new_empty();
	struct btf *made = types;
	int number, pointer, prototype;

	if (!types)
		return NULL;
	number = btf__add_int(types, "int", 4, BTF_INT_SIGNED);
	pointer = btf__add_ptr(types, number);
	prototype = btf__add_func_proto(types, number);
	*program = btf__add_func(types, "program", BTF_FUNC_GLOBAL, prototype);
	prototype = btf__add_func_proto(types, number);
	if (btf__add_func_param(types, "pointer", pointer))
		return NULL;
	*function = btf__add_func(types, "function", BTF_FUNC_GLOBAL, prototype);
	if (*program < 0 || *function < 0 || btf__load_into_kernel(types))
		return NULL;
	types = NULL;
	return made;
}

/* Whether a global function may take a pointer: a program is loaded that calls one. */
static bool takes_pointers(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_func_info functions[] = { { .insn_off = 0 }, { .insn_off = 3 } };
	int program = 0, function = 0;
	_cleanup_(btf_freep) struct btf *types = types_of_test(&program, &function);
	_cleanup_(closep) int fd = -1;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .func_info = functions, .func_info_cnt = COUNT(functions),
		    .func_info_rec_size = sizeof(functions[0]));

	if (!types)
		return false;
	functions[0].type_id = (uint32_t)program;
	functions[1].type_id = (uint32_t)function;
	opts.prog_btf_fd = (uint32_t)btf__fd(types);
	fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "pointer", "GPL", insns, COUNT(insns), &opts);
	return fd >= 0;
}

/* All have the parameter from one type, so that is the one place to change. */
int extension_prepare(struct btf *types)
{
	static int prevented = -1; /* it is one kernel */
	int pointer = btf__find_by_name_kind(types, "unextendable", BTF_KIND_TYPEDEF);
	int number = btf__find_by_name_kind(types, "int", BTF_KIND_INT);

	if (pointer < 0 || number < 0)
		return -EINVAL;
	if (prevented < 0)
		prevented = takes_pointers();
	if (!prevented)
		((struct btf_type *)btf__type_by_id(types, (uint32_t)pointer))->type = (uint32_t)number;
	return 0;
}
