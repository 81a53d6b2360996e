/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a signed module: struct module_signature, then the mark (include/linux/module_signature.h). */
#ifndef KMODWATCH_SIGNATURE_BPF_H
#define KMODWATCH_SIGNATURE_BPF_H

#include "vmlinux.h"

struct signature_end {
	__u8 algo, hash, id_type, signer_len, key_id_len, pad[3];
	__u32 sig_len; /* big-endian */
	__u32 mark[7];
};

static __always_inline bool is_signature_end(const struct signature_end *end)
{
	const union {
		char text[29];
		__u32 words[7];
	} mark = { "~Module signature appended~\n" };

#pragma clang loop unroll(full)
	for (__u32 i = 0; i < 7; i++)
		if (end->mark[i] != mark.words[i])
			return false;
	return true;
}

#endif
