/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The module's name from its image, for loads that fail before the kernel has made a struct module of it. */
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
 * Copies the name out of the struct module that the image brings along in .gnu.linkonce.this_module, which is where
 * the kernel takes it from. The name stays empty where the image is not what it should be: compressed, cut, garbage.
 * Nothing is read outside of the image: offsets beyond it could still be kernel memory, which is not ours to show.
 */
int image_name_read(__u64 image, __u64 size);

#endif
