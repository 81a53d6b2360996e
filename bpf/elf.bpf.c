// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A walk over the image's sections; each step a global function, as in path.bpf.c. */
#include "elf.bpf.h"
#include "attempt.bpf.h"

/*
 * Together enough for 256 sections, of which Debian's modules have some 40, and as many strings of .modinfo, where one
 * above ENTRY_SIZE counts for several.
 */
enum { STEPS = 16, LEGS = 16, ENTRY_SIZE = 128 };

enum { SHF_ALLOC = 2 };

union short_text { /* in words, so that it is compared in four steps */
	char text[32];
	__u64 words[4];
};

static __always_inline bool is_this_module(const union short_text *name)
{
	const union short_text wanted = { .text = ".gnu.linkonce.this_module" };

	return name->words[0] == wanted.words[0] && name->words[1] == wanted.words[1] &&
	       name->words[2] == wanted.words[2] && name->words[3] == wanted.words[3];
}

static __always_inline bool is_modinfo(const union short_text *name)
{
	const union short_text wanted = { .text = ".modinfo" };

	return name->words[0] == wanted.words[0] && !name->text[8];
}

/* Looks at one section; 0: both are found, or there is nothing more to look at. */
int section_step(__u32 index);
int section_leg(__u32 first);

__noinline int section_step(__u32 index)
{
	struct attempt *attempt = attempt_here();
	union short_text name = {};
	struct elf_section section;
	const void *image;
	__u64 size;

	if (!attempt || index >= attempt->scan.count)
		return 0;
	image = (const void *)attempt->scan.image;
	size = attempt->scan.size;
	if (bpf_probe_read_kernel(&section, sizeof(section), image + attempt->scan.sections + index * sizeof(section)))
		return 0;
	if (section.sh_name >= size - attempt->scan.names)
		return 0;
	bpf_probe_read_kernel_str(name.text, sizeof(name), image + attempt->scan.names + section.sh_name);
	if (is_modinfo(&name) && section.sh_flags & SHF_ALLOC && !attempt->scan.end && section.sh_offset < size &&
	    section.sh_size <= size - section.sh_offset) { /* the kernel, too, takes the first */
		attempt->scan.at = (__u64)image + section.sh_offset;
		attempt->scan.end = attempt->scan.at + section.sh_size;
	}
	if (is_this_module(&name) && section.sh_offset < size &&
	    bpf_core_field_offset(struct module, name) + MODULE_NAME_SIZE <= size - section.sh_offset)
		bpf_probe_read_kernel_str(attempt->image_name, sizeof(attempt->image_name),
					  image + section.sh_offset + bpf_core_field_offset(struct module, name));
	return !attempt->scan.end || !attempt->image_name[0];
}

__noinline int section_leg(__u32 first)
{
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < STEPS; i++)
		if (!section_step(first + i))
			return 0;
	return 1;
}

/* Looks at one string of .modinfo; 0: it is the license, or there is nothing more to look at. */
int modinfo_step(void);
int modinfo_leg(void);

static __always_inline __u64 up_to(__u64 most, __u64 size)
{
	return size < most ? size : most;
}

__noinline int modinfo_step(void)
{
	struct attempt *attempt = attempt_here();
	union {
		char text[ENTRY_SIZE];
		__u64 word;
	} entry;
	const union short_text wanted = { .text = "license=" };
	__u64 at;
	long size;

	if (!attempt)
		return 0;
	entry.word = 0;
	at = attempt->scan.at;
	attempt->license_read = at >= attempt->scan.end;
	if (attempt->license_read)
		return 0;
	size = bpf_probe_read_kernel_str(entry.text, up_to(sizeof(entry), attempt->scan.end - at), (const void *)at);
	if (size <= 0)
		return 0;
	if (!attempt->scan.midway && entry.word == wanted.words[0]) {
		bpf_probe_read_kernel_str(attempt->license, sizeof(attempt->license), entry.text + 8);
		attempt->license_read = 1;
		return 0;
	}
	attempt->scan.midway = size == sizeof(entry);
	attempt->scan.at = at + size - attempt->scan.midway;
	return 1;
}

__noinline int modinfo_leg(void)
{
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < STEPS; i++)
		if (!modinfo_step())
			return 0;
	return 1;
}

static __always_inline bool is_elf64(const struct elf_header *elf)
{
	return elf->e_ident[0] == 0x7f && elf->e_ident[1] == 'E' && elf->e_ident[2] == 'L' && elf->e_ident[3] == 'F' &&
	       elf->e_shentsize == sizeof(struct elf_section);
}

__noinline int image_look(__u64 image, __u64 size)
{
	struct attempt *attempt = attempt_here();
	struct elf_section names;
	struct elf_header elf;

	if (!attempt || size < sizeof(elf) || bpf_probe_read_kernel(&elf, sizeof(elf), (const void *)image))
		return 0;
	if (!is_elf64(&elf) || elf.e_shoff >= size || elf.e_shstrndx >= elf.e_shnum ||
	    (__u64)elf.e_shnum * sizeof(names) > size - elf.e_shoff)
		return 0;
	if (bpf_probe_read_kernel(&names, sizeof(names),
				  (const void *)image + elf.e_shoff + elf.e_shstrndx * sizeof(names)) ||
	    names.sh_offset >= size)
		return 0;
	attempt->scan.image = image;
	attempt->scan.size = size;
	attempt->scan.sections = elf.e_shoff;
	attempt->scan.names = names.sh_offset;
	attempt->scan.count = elf.e_shnum;
	attempt->scan.at = attempt->scan.end = attempt->scan.midway = 0;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < LEGS; i++)
		if (!section_leg(i * STEPS))
			break;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < LEGS && attempt->scan.end; i++)
		if (!modinfo_leg())
			break;
	return 0;
}
