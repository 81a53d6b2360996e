// SPDX-License-Identifier: BSD-2-Clause
#include "who.h"
#include "text.h"

#include <ctype.h>
#include <string.h>

enum { EXE_COLUMNS = 60, ID_SHOWN = 12, ID_WHOLE = 64, COMM_MAX = 15 };

static void add_uid(struct phrase *phrase, uint64_t uid, struct names *names)
{
	const char *name = names ? names_of(names, (uint32_t)uid) : NULL;

	if (name)
		phrase_token(phrase, name, strlen(name));
	else
		phrase_addf(phrase, "uid %llu", (unsigned long long)uid);
}

/* "an unknown user" where it is not known: nobody is shown as root by mistake. */
void who_uid(struct phrase *phrase, const struct number *uid, struct names *names)
{
	if (uid->known == KNOWN)
		add_uid(phrase, uid->value, names);
	else
		phrase_add(phrase, "an unknown user");
}

void who_user(struct phrase *phrase, const struct process *process, struct names *names)
{
	const struct number *uid = &process->uid, *euid = &process->euid, *auid = &process->auid;
	const char *between = " (";

	if (process->container.known == KNOWN)
		names = NULL;
	who_uid(phrase, uid, names);
	if (euid->known == KNOWN && (uid->known != KNOWN || euid->value != uid->value)) {
		phrase_add(phrase, " (with the rights of ");
		add_uid(phrase, euid->value, names);
		between = ", ";
	}
	if (auid->known == KNOWN && (uid->known != KNOWN || auid->value != uid->value)) {
		phrase_addf(phrase, "%slogin ", between);
		add_uid(phrase, auid->value, names);
		between = ", ";
	}
	phrase_add(phrase, *between == ',' ? ")" : "");
}

/* All of them name a container by 64 hex digits, or by a name. */
static void add_container(struct phrase *phrase, const struct text *id)
{
	bool digits = id->size == ID_WHOLE;

	for (size_t i = 0; digits && i < id->size; i++)
		digits = isxdigit((unsigned char)id->bytes[i]);
	phrase_add(phrase, ", in container ");
	phrase_token(phrase, id->bytes, digits ? ID_SHOWN : id->size);
}

/* Whether it lies where only an administrator puts programs, as seen from its mount namespace. */
static bool is_installed(const struct text *exe)
{
	static const char *const folders[] = { "/usr/", "/bin/", "/sbin/", "/lib/" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (exe->size > strlen(folders[i]) && !memcmp(exe->bytes, folders[i], strlen(folders[i])))
			return !exe->truncated;
	return false;
}

/*
 * Whether what is executed says nothing that its name does not. A process chooses its name; it has COMM_MAX bytes of
 * its file's by itself. kmod is what the module tools are.
 */
static bool is_told_by(const struct text *exe, const struct text *comm)
{
	static const char *const tools[] = { "modprobe", "insmod", "rmmod" };
	const char *slash = memrchr(exe->bytes, '/', exe->size);
	struct text name = { .known = KNOWN };

	if (!slash || !is_installed(exe))
		return false;
	name.bytes = slash + 1;
	name.size = exe->size - (size_t)(slash + 1 - exe->bytes);
	for (size_t i = 0; text_is(&name, "kmod") && i < sizeof(tools) / sizeof(tools[0]); i++)
		if (text_is(comm, tools[i]))
			return true;
	if (name.size > COMM_MAX)
		name.size = COMM_MAX;
	return name.size == comm->size && !memcmp(name.bytes, comm->bytes, name.size);
}

static bool is_true(const struct number *value)
{
	return value->known == KNOWN && value->value;
}

/* deleted, foreign: for the reader the path leads to another file, or to none. */
static void add_program(struct phrase *phrase, const struct text *comm, const struct text *exe, bool deleted,
			bool foreign)
{
	phrase_text(phrase, comm, "an unknown program");
	if (exe->known != KNOWN || (!deleted && !foreign && comm->known == KNOWN && is_told_by(exe, comm)))
		return;
	phrase_add(phrase, " (");
	phrase_path(phrase, exe, EXE_COLUMNS);
	phrase_add(phrase, foreign ? " in another mount namespace" : "");
	phrase_add(phrase, deleted ? ", deleted" : "");
	phrase_add(phrase, ")");
}

/* From where its arguments' relative paths do not lead to what the reader would take them for. */
static void add_cwd(struct phrase *phrase, const struct process *process)
{
	if (is_true(&process->cwd_deleted))
		phrase_add(phrase, ", in a deleted folder");
	else if (is_true(&process->cwd_foreign))
		phrase_add(phrase, ", in a folder of another mount namespace");
}

void who_process(struct phrase *phrase, const struct process *process, struct names *names)
{
	if (process->known != KNOWN) {
		phrase_add(phrase, "an unknown process");
		return;
	}
	if (process->kthread.known == KNOWN && process->kthread.value) {
		phrase_add(phrase, "the kernel (");
		phrase_text(phrase, &process->comm, "an unknown thread");
		phrase_add(phrase, ")");
		return;
	}
	who_user(phrase, process, names);
	phrase_add(phrase, ", ");
	add_program(phrase, &process->comm, &process->exe, is_true(&process->exe_file.deleted),
		    is_true(&process->exe_foreign));
	if (process->container.known == KNOWN)
		add_container(phrase, &process->container.id);
	add_cwd(phrase, process);
}

void who_parent(struct phrase *phrase, const struct process *process, struct names *names)
{
	const struct ancestor_part *parent = process->ancestors.items;

	if (process->known != KNOWN) {
		phrase_add(phrase, "an unknown process");
		return;
	}
	who_user(phrase, process, names);
	if (process->ancestors.known == KNOWN && process->ancestors.count) {
		phrase_add(phrase, ", ");
		add_program(phrase, &parent->comm, &parent->exe, is_true(&parent->deleted), false);
	}
	if (process->container.known == KNOWN)
		add_container(phrase, &process->container.id);
	add_cwd(phrase, process);
}
