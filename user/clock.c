// SPDX-License-Identifier: BSD-2-Clause
#include "clock.h"
#include "cleanup.h"
#include "log.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* ---- time namespaces (5.6): clock_gettime() is shifted there, and what BPF programs and the kernel's tasks have is
 * not */

static uint64_t namespace_of(const char *proc, const char *who, const char *which)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s/ns/%s", proc, who, which);
	return stat(path, &st) ? 0 : st.st_ino;
}

static int read_offsets(const char *proc, const char *who, int64_t *shift)
{
	_cleanup_(fclosep) FILE *f = NULL;
	long long seconds, ns;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/timens_offsets", proc, who);
	f = fopen(path, "re");
	if (!f || fscanf(f, "monotonic %*s %*s boottime %lld %lld", &seconds, &ns) != 2)
		return -ENODATA;
	*shift = seconds * NS_PER_S + ns;
	return 0;
}

/*
 * The file has the offsets of the namespace that a process's children get (proc_timens_show_offsets()). Right after
 * unshare() that is not yet its own: then another process tells, whose children's namespace is ours.
 */
int clock_read_shift(const char *proc, int64_t *shift)
{
	const uint64_t initial = 0xeffffffa; /* PROC_TIME_INIT_INO */
	uint64_t ours = namespace_of(proc, "self", "time");
	char parent[16];
	const char *const who[] = { "self", parent, "1" };

	if (!ours || ours == initial) {
		*shift = 0;
		return 0;
	}
	snprintf(parent, sizeof(parent), "%d", getppid());
	for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++)
		if (namespace_of(proc, who[i], "time_for_children") == ours)
			return read_offsets(proc, who[i], shift);
	return -ENODATA;
}

/* A process's own namespace does not change while it runs, and neither do the offsets of one that has processes. */
static int64_t boot_shift(void)
{
	static int64_t shift;
	static bool known;

	if (!known && clock_read_shift("/proc", &shift))
		log_line(
		    "this process is in a time namespace, and its offset cannot be read from /proc: times may be wrong "
		    "by that much");
	known = true;
	return shift;
}

uint64_t clock_boot_ns(void)
{
	return read_clock(CLOCK_BOOTTIME) - boot_shift();
}

/* ---- wall time */

/* Between these two is the offset. */
struct bounds {
	uint64_t least, most;
};

static struct bounds measure(void)
{
	uint64_t before = clock_boot_ns(), wall = read_clock(CLOCK_REALTIME), after = clock_boot_ns();

	return (struct bounds) { wall - after, wall - before };
}

/* Two reads of one clock may be some nanoseconds off each other. */
static bool is_within(uint64_t offset, const struct bounds *bounds)
{
	const uint64_t slack = 1000;
	uint64_t above = offset - bounds->least + slack; /* a wall clock before the boot makes an offset below zero */

	return above <= bounds->most - bounds->least + 2 * slack;
}

/*
 * Both clocks are slewed alike, so only setting the wall clock changes what is between them. One look is enough to see
 * that it was not; where each takes a system call (no vDSO on some machines' clock sources) more would cost more than
 * the line.
 */
uint64_t clock_boot_offset(void)
{
	enum { TRIES = 5, NARROW_NS = 2000 };
	static uint64_t offset;
	struct bounds bounds = measure();

	if (is_within(offset, &bounds))
		return offset;
	for (int i = 1; i < TRIES && bounds.most - bounds.least > NARROW_NS; i++) { /* it was interrupted */
		struct bounds other = measure();

		if (other.most - other.least < bounds.most - bounds.least)
			bounds = other;
	}
	offset = bounds.least + (bounds.most - bounds.least) / 2;
	return offset;
}

uint64_t clock_wall(uint64_t boot_ns)
{
	return boot_ns + clock_boot_offset();
}

static uint64_t next_multiple(uint64_t now, uint64_t unit)
{
	return now - now % unit + unit;
}

uint64_t clock_next_minute(uint64_t now)
{
	return next_multiple(now, 60000000000);
}

uint64_t clock_next_second(uint64_t now)
{
	return next_multiple(now, NS_PER_S);
}
