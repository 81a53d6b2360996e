// SPDX-License-Identifier: BSD-2-Clause
#include "decode_call.h"

#include <fcntl.h>
#include <inttypes.h>
#include <libaudit.h>
#include <limits.h>
#include <string.h>

const char *decode_call_name(enum module_call module_call)
{
	switch (module_call) {
	case CALL_UNKNOWN:
		break;
	case CALL_INIT_MODULE:
		return "init_module";
	case CALL_FINIT_MODULE:
		return "finit_module";
	case CALL_DELETE_MODULE:
		return "delete_module";
	}
	return NULL;
}

static const char *abi_name(uint8_t abi)
{
	static const char *const names[] = {
		[ABI_X86_64] = "x86_64",   [ABI_I386] = "i386", [ABI_X32] = "x32",
		[ABI_AARCH64] = "aarch64", [ABI_ARM] = "arm",
	};

	return abi < sizeof(names) / sizeof(names[0]) ? names[abi] : NULL;
}

/* Names for the bits that have one, `0x…` for each other bit. */
static void decode_flags(const struct call *call, struct decode_buffer *buffer, struct list *list)
{
	static const struct {
		uint8_t module_call;
		uint32_t bit;
		const char *name;
	} names[] = {
		{ CALL_FINIT_MODULE, 1, "IGNORE_MODVERSIONS" }, /* uapi/linux/module.h */
		{ CALL_FINIT_MODULE, 2, "IGNORE_VERMAGIC" },	  { CALL_FINIT_MODULE, 4, "COMPRESSED_FILE" },
		{ CALL_DELETE_MODULE, O_NONBLOCK, "O_NONBLOCK" }, { CALL_DELETE_MODULE, O_TRUNC, "O_TRUNC" },
	};

	*list = (struct list) { .known = KNOWN, .items = buffer->flags };
	for (uint32_t shift = 0; shift < 32; shift++) {
		uint32_t bit = 1u << shift;
		struct text *text = &buffer->flags[list->count];

		if (!(call->flags & bit))
			continue;
		text->known = ABSENT;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (names[i].module_call == call->module_call && names[i].bit == bit)
				*text = text_of(names[i].name);
		if (text->known == ABSENT)
			*text = decode_text(buffer, "0x%x", bit);
		list->count++;
	}
}

/*
 * Of a call that a signal interrupted, these are the kernel's own (include/linux/errno.h): it turns them into EINTR, or
 * makes the call again, behind the place where the result is read.
 */
static const char *restart_name(uint64_t number)
{
	switch (number) {
	case 512:
		return "ERESTARTSYS";
	case 513:
		return "ERESTARTNOINTR";
	case 514:
		return "ERESTARTNOHAND";
	case 516:
		return "ERESTART_RESTARTBLOCK";
	}
	return NULL;
}

static struct text errno_text(uint64_t number, struct decode_buffer *buffer)
{
	const char *name = number <= INT_MAX ? audit_errno_to_name((int)number) : NULL;

	if (!name)
		name = restart_name(number);
	return name ? text_of(name) : decode_text(buffer, "%" PRIu64, number);
}

void decode_call(const struct call *call, struct decode_buffer *buffer, struct syscall_part *part)
{
	*part = (struct syscall_part) {
		.known = KNOWN,
		.name = text_of(decode_call_name(call->module_call)),
		.abi = text_of(abi_name(call->abi)),
		.ret = call->end == END_RETURNED ? number_of((uint64_t)call->ret) : NUMBER_UNKNOWN,
	};
	if (call->end == END_FAILURE)
		part->errno_name = TEXT_UNKNOWN;
	else if (call->end == END_RETURNED && call->ret < 0)
		part->errno_name = errno_text(-(uint64_t)call->ret, buffer);
	if (call->duration_ns)
		part->duration_ns = number_of(call->duration_ns);
	if (call->module_call != CALL_INIT_MODULE && call->filtered)
		part->flags.known = UNKNOWN;
	else if (call->module_call != CALL_INIT_MODULE)
		decode_flags(call, buffer, &part->flags);
}
