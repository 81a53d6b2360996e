// SPDX-License-Identifier: BSD-2-Clause
/*
 * The static program: what it does without, in the place of user/build.c. Whatever would take a library of the host
 * in, another C library's perhaps, is here instead, so it does not get there: the linker warns of the rest.
 */
#include "static.h"
#include "../build.h"
#include "../cleanup.h"

#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <openssl/crypto.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#define SD_JOURNAL_SUPPRESS_LOCATION /* else it is a macro */
#include <systemd/sd-journal.h>

const char build_lacks[] =
    " (static: no journal, no service manager, users and groups from /etc/passwd and /etc/group)";
const char *const build_no_journal =
    "--journal cannot be used, since this kmodwatch is linked statically: pipe its lines to "
    "systemd-cat, or install the package";

/* The file of the host would name modules to load. */
__attribute__((constructor)) static void read_no_configuration(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

void *__wrap_dlopen(const char *path, int flags)
{
	(void)path, (void)flags;
	return NULL;
}

/* NSS, which getpwnam(3) asks otherwise, is made of libraries. */
struct passwd *getpwnam(const char *name)
{
	_cleanup_(fclosep) FILE *file = fopen("/etc/passwd", "re");
	struct passwd *user = NULL;

	while (file && (user = fgetpwent(file)) && strcmp(user->pw_name, name))
		;
	return user;
}

struct group *getgrnam(const char *name)
{
	_cleanup_(fclosep) FILE *file = fopen("/etc/group", "re");
	struct group *group = NULL;

	while (file && (group = fgetgrent(file)) && strcmp(group->gr_name, name))
		;
	return group;
}

/* What the libraries have and we never call. */
struct passwd *getpwuid(uid_t uid)
{
	(void)uid;
	return NULL;
}

int initgroups(const char *user, gid_t group)
{
	(void)user, (void)group;
	errno = EPERM;
	return -1;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	(void)node, (void)service, (void)hints, (void)found;
	return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *found)
{
	(void)found;
}

int getnameinfo(const struct sockaddr *address, socklen_t size, char *host, socklen_t host_size, char *service,
		socklen_t service_size, int flags)
{
	(void)address, (void)size, (void)host, (void)host_size, (void)service, (void)service_size, (void)flags;
	return EAI_FAIL;
}

struct hostent *gethostbyname(const char *name)
{
	(void)name;
	return NULL;
}

/* libsystemd cannot be linked statically. */
int sd_notify(int unset, const char *state)
{
	(void)unset, (void)state;
	return 0;
}

int sd_notifyf(int unset, const char *format, ...)
{
	(void)unset, (void)format;
	return 0;
}

int sd_watchdog_enabled(int unset, uint64_t *microseconds)
{
	(void)unset, (void)microseconds;
	return 0;
}

int sd_journal_sendv(const struct iovec *fields, int count)
{
	(void)fields, (void)count;
	return -EOPNOTSUPP;
}
