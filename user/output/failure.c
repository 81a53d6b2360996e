// SPDX-License-Identifier: BSD-2-Clause
#include "failure.h"
#include "text.h"

#include <ctype.h>
#include <libaudit.h>
#include <string.h>

/*
 * From kernel/module/main.c and signing.c (kernel/module.c before 5.19), 5.10 to 7.x. stage NULL: any; an unload has
 * none. The first row that fits counts.
 */
static const struct {
	enum event_kind kind;
	bool refusal;
	const char *stage, *errno_name, *words;
} reasons[] = {
	/* CAP_SYS_MODULE, modules_disabled, an LSM or lockdown, before anything is read; EACCES is an LSM's or IMA's */
	{ EVENT_MODULE_LOAD, true, "refused", "EPERM", "not permitted" },
	{ EVENT_MODULE_LOAD, true, "refused", "EACCES", "a security module forbids it" },
	{ EVENT_MODULE_LOAD, false, "refused", "EBADF", "the file descriptor is not open for reading" },
	{ EVENT_MODULE_LOAD, false, "refused", "EINVAL", "not a regular file, an empty file, or unknown flags" },
	{ EVENT_MODULE_LOAD, false, "refused", "ENOEXEC", "too short to be a module" },
	{ EVENT_MODULE_LOAD, false, "refused", "EFBIG", "the file is too large" },
	{ EVENT_MODULE_LOAD, false, "refused", "ETXTBSY", "the file is open for writing" },
	{ EVENT_MODULE_LOAD, false, "read", "EFAULT", "its bytes are not in the caller's memory" },
	{ EVENT_MODULE_LOAD, false, "read", "EFBIG", "the file is too large" },
	{ EVENT_MODULE_LOAD, true, "read", "EPERM", "not permitted" },
	{ EVENT_MODULE_LOAD, true, "read", "EACCES", "a security module forbids it" },
	/* module_sig_check() makes EKEYREJECTED of a missing signature, an unknown key and an unknown algorithm */
	{ EVENT_MODULE_LOAD, true, "verify", "EKEYREJECTED", "its signature is missing or not accepted" },
	{ EVENT_MODULE_LOAD, true, "verify", "ENOKEY", "it is signed with a key that the kernel does not know" },
	{ EVENT_MODULE_LOAD, true, "verify", "EBADMSG", "its signature is malformed" },
	/* unsigned under lockdown, module_blacklist=, an LSM that saw the bytes */
	{ EVENT_MODULE_LOAD, true, "verify", "EPERM", "the kernel's policy forbids it" },
	{ EVENT_MODULE_LOAD, true, "verify", "EACCES", "a security module forbids it" },
	{ EVENT_MODULE_LOAD, false, "verify", "EEXIST", "a module of that name is already loaded" },
	{ EVENT_MODULE_LOAD, false, "verify", "EBUSY", "a module of that name, or one that it needs, is being loaded" },
	{ EVENT_MODULE_LOAD, false, "verify", "ENOENT", "it needs a symbol that is not there" },
	{ EVENT_MODULE_LOAD, false, "verify", "ENOEXEC", "not a valid module for this kernel" },
	/* parse_args(); a symbol of another version, or in a namespace that is not imported */
	{ EVENT_MODULE_LOAD, false, "verify", "EINVAL", "a parameter is invalid, or a symbol has the wrong version" },
	{ EVENT_MODULE_LOAD, false, "verify", "ERANGE", "the value of a parameter is out of range" },
	{ EVENT_MODULE_LOAD, false, "verify", "ENOSPC", "the value of a parameter is too long" },
	{ EVENT_MODULE_LOAD, false, "verify", "EFAULT", "its parameters are not in the caller's memory" },
	{ EVENT_MODULE_LOAD, false, "verify", "EOPNOTSUPP",
	  "this kernel cannot unpack it; kmod then unpacks it itself, and tries again" },
	{ EVENT_MODULE_UNLOAD, true, NULL, "EPERM", "not permitted" },
	{ EVENT_MODULE_UNLOAD, false, NULL, "ENOENT", "no module of that name is loaded" },
	{ EVENT_MODULE_UNLOAD, false, NULL, "EAGAIN", "it is in use" },
	{ EVENT_MODULE_UNLOAD, false, NULL, "EWOULDBLOCK", "it is in use" },
	{ EVENT_MODULE_UNLOAD, false, NULL, "EBUSY",
	  "its init has not finished, it is already being unloaded, or it cannot be unloaded" },
	{ EVENT_MODULE_UNLOAD, false, NULL, "EFAULT", "its name is not in the caller's memory" },
	{ EVENT_MODULE_LOAD, false, NULL, "ENOMEM", "there is not enough memory" },
};

enum { REASONS = sizeof(reasons) / sizeof(reasons[0]), KERNELS_OWN = 512 };

static size_t find(const struct event *event)
{
	bool of_init = text_is(&event->stage, "init"); /* any driver's own word, which may be any errno */
	size_t i = 0;

	while (i < REASONS && (of_init || reasons[i].kind != event->kind ||
			       !text_is(&event->syscall.errno_name, reasons[i].errno_name) ||
			       (reasons[i].stage && !text_is(&event->stage, reasons[i].stage))))
		i++;
	return i;
}

bool failure_is_refusal(const struct event *event)
{
	size_t i = find(event);

	return (i < REASONS && reasons[i].refusal) || text_is(&event->settled_by, "seccomp");
}

/*
 * Whether it was not for want of a right: the process has CAP_SYS_MODULE. What refuses then is kernel.modules_disabled,
 * lockdown or an LSM.
 */
static bool had_the_right(const struct event *event)
{
	const struct number *capable = &event->process.cap_sys_module;

	return !text_is(&event->stage, "init") && text_is(&event->syscall.errno_name, "EPERM") &&
	       event->process.known == KNOWN && capable->known == KNOWN && capable->value;
}

/* "No such device" within a sentence. Names in capitals stay. */
static void add_description(struct phrase *phrase, const char *description)
{
	char first[] = { (char)tolower((unsigned char)description[0]), '\0' };

	if (isupper((unsigned char)description[1])) {
		phrase_add(phrase, description);
		return;
	}
	phrase_add(phrase, first);
	phrase_add(phrase, description + 1);
}

void failure_why(struct phrase *phrase, const struct event *event)
{
	const struct number *ret = &event->syscall.ret;
	uint64_t number = ret->known == KNOWN ? -ret->value : 0;
	const char *description =
	    number < KERNELS_OWN && audit_errno_to_name((int)number) ? strerror((int)number) : NULL;
	size_t i = find(event);

	if (text_is(&event->settled_by, "seccomp")) {
		phrase_add(phrase, "a seccomp filter does not let the caller");
		return;
	}
	phrase_add(phrase, text_is(&event->stage, "init") ? "its init failed: " : "");
	if (had_the_right(event))
		phrase_add(phrase, "the kernel's policy forbids it");
	else if (i < REASONS)
		phrase_add(phrase, reasons[i].words);
	else if (description && *description)
		add_description(phrase, description);
	else if (number >= KERNELS_OWN &&
		 number < KERNELS_OWN + 5) /* include/linux/errno.h: ERESTARTSYS and its like */
		phrase_add(phrase, "a signal interrupted it");
	else
		phrase_add(phrase, "for an unknown reason");
	phrase_add(phrase, " (");
	phrase_text(phrase, &event->syscall.errno_name, "unknown error");
	phrase_add(phrase, ")");
}
