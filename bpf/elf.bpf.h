/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a module's image says of it: its name, for loads that fail before the kernel has made a struct module of it, and
 * its license, of which the kernel keeps only the taints.
 */
#ifndef KMODWATCH_ELF_BPF_H
#define KMODWATCH_ELF_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "records.h"

struct elf_header { /* Elf64_Ehdr */
	__u8 e_ident[16];
	__u16 e_type, e_machine;
	__u32 e_version;
	__u64 e_entry, e_phoff, e_shoff;
	__u32 e_flags;
	__u16 e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
};

struct elf_section { /* Elf64_Shdr */
	__u32 sh_name, sh_type;
	__u64 sh_flags, sh_addr, sh_offset, sh_size;
	__u32 sh_link, sh_info;
	__u64 sh_addralign, sh_entsize;
};

/*
 * Into the thread's attempt: the name out of the struct module that the image brings along in
 * .gnu.linkonce.this_module, and what .modinfo says of its license; the kernel takes them from there. They stay empty
 * where the image is not what it should be: compressed, cut, garbage. Nothing is read outside of the image: offsets
 * beyond it could still be kernel memory, which is not ours to show.
 */
int image_look(__u64 image, __u64 size);

#endif
