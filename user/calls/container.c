// SPDX-License-Identifier: BSD-2-Clause
#include "container.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { HASH_SIZE = 64, MACHINE_NAME_MAX = 64 };

struct part {
	const char *bytes;
	size_t size;
};

static bool strip_prefix(struct part *part, const char *prefix)
{
	size_t size = strlen(prefix);

	if (part->size < size || memcmp(part->bytes, prefix, size) != 0)
		return false;
	part->bytes += size;
	part->size -= size;
	return true;
}

static bool strip_suffix(struct part *part, const char *suffix)
{
	size_t size = strlen(suffix);

	if (part->size < size || memcmp(part->bytes + part->size - size, suffix, size) != 0)
		return false;
	part->size -= size;
	return true;
}

static bool is_word(struct part part, const char *word)
{
	return strip_prefix(&part, word) && !part.size;
}

static bool is_hex(char c)
{
	return isdigit((unsigned char)c) || (c >= 'a' && c <= 'f');
}

/*
 * All of these name a container by 64 hex digits: docker-, libpod- (podman), cri-containerd-, nerdctl- and
 * crio-ID.scope with systemd, libpod-payload-ID where podman splits a service's cgroup, SLICE:cri-containerd:ID where
 * runc was not told of systemd; with plain cgroups libpod-ID and crio-ID, and the bare ID for docker and containerd, in
 * whatever parent they were told. libpod-conmon-ID and crio-conmon-ID are the monitors beside it, and fail the count of
 * digits; the bare ID below libpod_parent is a pod's, whose monitors are in it. Below `docker` it is docker's,
 * elsewhere one or the other's.
 */
static size_t read_hash(struct part part, struct part parent, char *id, const char **runtime)
{
	static const struct {
		const char *prefix, *runtime;
	} rows[] = {
		{ "docker-", "docker" },      { "libpod-payload-", "podman" },
		{ "libpod-", "podman" },      { "cri-containerd-", "containerd" },
		{ "nerdctl-", "containerd" }, { "crio-", "crio" },
	};
	static const char runc[] = ":cri-containerd:";
	const char *colon = memmem(part.bytes, part.size, runc, strlen(runc));
	const char *found = NULL;

	strip_suffix(&part, ".scope");
	if (colon) {
		part.size -= (size_t)(colon - part.bytes) + strlen(runc);
		part.bytes = colon + strlen(runc);
		found = "containerd";
	}
	for (size_t i = 0; !found && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strip_prefix(&part, rows[i].prefix))
			found = rows[i].runtime;
	if (part.size != HASH_SIZE || (!found && is_word(parent, "libpod_parent")))
		return 0;
	for (size_t i = 0; i < part.size; i++)
		if (!is_hex(part.bytes[i]))
			return 0;
	memcpy(id, part.bytes, part.size);
	*runtime = found ? found : is_word(parent, "docker") ? "docker" : NULL;
	return part.size;
}

/*
 * lxc.payload.NAME; before LXC 4.0 lxc.payload/NAME and lxc/NAME. lxc.monitor.NAME is the process that watches it.
 * Incus and LXD have the same, with PROJECT_NAME where there are projects.
 */
static size_t read_lxc(struct part part, struct part parent, char *id)
{
	bool named = strip_prefix(&part, "lxc.payload.") || is_word(parent, "lxc.payload") || is_word(parent, "lxc");

	if (!named || part.size > CONTAINER_ID_MAX)
		return 0;
	memcpy(id, part.bytes, part.size);
	return part.size;
}

static unsigned int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? (unsigned int)(c - '0') : (unsigned int)(c - 'a') + 10;
}

static bool is_escaped(struct part part, size_t i)
{
	return i + 3 < part.size && part.bytes[i] == '\\' && part.bytes[i + 1] == 'x' && is_hex(part.bytes[i + 2]) &&
	       is_hex(part.bytes[i + 3]);
}

/* Unit names have \x2d for a dash and the like: systemd.unit(5). */
static size_t unescape(struct part part, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < part.size; i++) {
		if (n == MACHINE_NAME_MAX)
			return 0;
		if (is_escaped(part, i)) {
			out[n++] = (char)(hex_digit(part.bytes[i + 2]) << 4 | hex_digit(part.bytes[i + 3]));
			i += 3;
		} else {
			out[n++] = part.bytes[i];
		}
	}
	return n;
}

/*
 * machine-NAME.scope, by systemd-machined, or systemd-nspawn@NAME.service. What is in the container is in `payload`
 * below it: nspawn itself is not, nor are virtual machines, which are registered by such names too.
 */
static size_t read_machine(struct part part, struct part below, char *id)
{
	char name[MACHINE_NAME_MAX];
	size_t size;

	if (!(strip_prefix(&part, "machine-") && strip_suffix(&part, ".scope")) &&
	    !(strip_prefix(&part, "systemd-nspawn@") && strip_suffix(&part, ".service")))
		return 0;
	if (!strip_prefix(&below, "payload") || (below.size && *below.bytes != '/'))
		return 0;
	size = unescape(part, name);
	if (!size || memchr(name, '\0', size))
		return 0;
	memcpy(id, name, size);
	return size;
}

/* The container that this part of the path is; 0: it is none. */
static size_t read_part(struct part part, struct part parent, struct part below, char *id, const char **runtime)
{
	size_t size = read_hash(part, parent, id, runtime);

	if (size)
		return size;
	size = read_machine(part, below, id);
	if (size) {
		*runtime = "nspawn";
		return size;
	}
	size = read_lxc(part, parent, id);
	if (size)
		*runtime = "lxc";
	return size;
}

size_t container_find(const char *cgroup, size_t size, char id[static CONTAINER_ID_MAX], const char **runtime)
{
	struct part parent = { 0 };
	size_t found = 0;

	for (size_t at = 0; at < size;) {
		const char *slash = memchr(cgroup + at, '/', size - at);
		struct part part = { cgroup + at, slash ? (size_t)(slash - cgroup) - at : size - at };
		struct part below = { part.bytes + part.size + !!slash, size - at - part.size - !!slash };
		size_t inner = read_part(part, parent, below, id, runtime);

		found = inner ? inner : found;
		parent = part;
		at += part.size + 1;
	}
	return found;
}
