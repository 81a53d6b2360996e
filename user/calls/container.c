// SPDX-License-Identifier: BSD-2-Clause
#include "container.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

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

static bool is_hex(char c)
{
	return isdigit((unsigned char)c) || (c >= 'a' && c <= 'f');
}

/*
 * All of these name a container by 64 hex digits: docker-, libpod- (podman), cri-containerd-, nerdctl- and
 * crio-ID.scope with systemd, libpod-payload-ID where podman splits a service's cgroup, SLICE:cri-containerd:ID where
 * runc was not told of systemd; with plain cgroups libpod-ID and crio-ID, and the bare ID for docker and containerd, in
 * whatever parent they were told. libpod-conmon-ID and crio-conmon-ID are the monitors beside it, and fail the count of
 * digits; the bare ID below libpod_parent is a pod's, whose monitors are in it.
 */
static size_t read_hash(struct part part, struct part parent, char *id)
{
	static const char *const prefixes[] = { "docker-",	   "libpod-payload-", "libpod-",
						"cri-containerd-", "nerdctl-",	      "crio-" };
	static const char runc[] = ":cri-containerd:";
	const char *colon = memmem(part.bytes, part.size, runc, strlen(runc));
	bool bare = true;

	strip_suffix(&part, ".scope");
	if (colon) {
		part.size -= (size_t)(colon - part.bytes) + strlen(runc);
		part.bytes = colon + strlen(runc);
	}
	for (size_t i = 0; bare && i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		bare = !strip_prefix(&part, prefixes[i]);
	if (part.size != CONTAINER_ID_MAX || (bare && strip_prefix(&parent, "libpod_parent") && !parent.size))
		return 0;
	for (size_t i = 0; i < part.size; i++)
		if (!is_hex(part.bytes[i]))
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
		if (n == CONTAINER_ID_MAX)
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
	char name[CONTAINER_ID_MAX];
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

size_t container_id(const char *cgroup, size_t size, char id[static CONTAINER_ID_MAX])
{
	struct part parent = { 0 };
	size_t found = 0;

	for (size_t at = 0; at < size;) {
		const char *slash = memchr(cgroup + at, '/', size - at);
		struct part part = { cgroup + at, slash ? (size_t)(slash - cgroup) - at : size - at };
		struct part below = { part.bytes + part.size + !!slash, size - at - part.size - !!slash };
		size_t inner = read_hash(part, parent, id);

		if (!inner)
			inner = read_machine(part, below, id);
		found = inner ? inner : found;
		parent = part;
		at += part.size + 1;
	}
	return found;
}
