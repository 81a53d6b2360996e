/* SPDX-License-Identifier: BSD-2-Clause */
/* Who did it, in words: "root (login alice), modprobe". */
#ifndef KMODWATCH_WHO_H
#define KMODWATCH_WHO_H

#include "names.h"
#include "phrase.h"

/* The user: by name where names (NULL: none are known) has one; in a container by number, since names are the host's.
 */
void who_user(struct phrase *phrase, const struct process *process, struct names *names);
void who_uid(struct phrase *phrase, const struct number *uid, struct names *names);

/*
 * The user and the program, with what is executed where that has another name, is deleted or is in another mount
 * namespace; the container; and whether its folder is deleted or in another mount namespace.
 */
void who_process(struct phrase *phrase, const struct process *process, struct names *names);

/* Who executed a tool: the user, and the program that started it. */
void who_parent(struct phrase *phrase, const struct process *process, struct names *names);

#endif
