// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/kernel/ring_memory.h"
#include "../../user/options.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static void more_than_the_machine_has(void **state)
{
	struct options options = { .ring_kib = 64, .image_ring_kib = 64 };
	struct sysinfo machine;
	uint64_t kib;

	assert_int_equal(sysinfo(&machine), 0);
	kib = (uint64_t)machine.totalram * machine.mem_unit / 1024;
	if (kib >= UINT32_MAX)
		skip();
	assert_int_equal(ring_memory_check(&(struct options) { 0 }), 0); /* as the kernel side has them */
	assert_int_equal(ring_memory_check(&options), 0);
	options.ring_kib = (unsigned int)kib;
	assert_int_equal(ring_memory_check(&options), -EFBIG);
	options.ring_kib = (unsigned int)(kib - 64);
	assert_int_equal(ring_memory_check(&options), 0);
	options.image_ring_kib = options.ring_kib; /* each would do */
	assert_int_equal(ring_memory_check(&options), -EFBIG);
}

static void limit(const char *root, const char *path, const char *value)
{
	char name[256];
	FILE *f;

	snprintf(name, sizeof(name), "%s%s", root, path);
	mkdir(name, 0700);
	snprintf(name, sizeof(name), "%s%s/memory.max", root, path);
	f = fopen(name, "w");
	assert_non_null(f);
	fputs(value, f);
	fclose(f);
}

/* The least of a cgroup's limit and those of the cgroups around it. */
static void cgroups(void **state)
{
	static const uint64_t none = UINT64_MAX, mib = 1 << 20;
	static const char *const made[] = { "/a/bc/memory.max", "/a/bc", "/a/memory.max", "/a", "" };
	char root[] = "/tmp/kmodwatch-cgroups-XXXXXX";
	size_t at = 0;

	assert_non_null(mkdtemp(root));
	limit(root, "/a", "max\n");
	limit(root, "/a/bc", "max\n");
	assert_int_equal(ring_memory_cgroup_limit(root, "/a/bc", &at), none);
	assert_int_equal(ring_memory_cgroup_limit(root, "/", &at), none);
	assert_int_equal(ring_memory_cgroup_limit(root, "", &at), none);
	limit(root, "/a", "2097152\n");
	assert_int_equal(ring_memory_cgroup_limit(root, "/a/bc", &at), 2 * mib);
	assert_int_equal(at, 2);
	limit(root, "/a/bc", "1048576\n");
	assert_int_equal(ring_memory_cgroup_limit(root, "/a/bc", &at), mib);
	assert_int_equal(at, 5);
	assert_int_equal(ring_memory_cgroup_limit(root, "/a/b", &at),
			 2 * mib); /* no such cgroup; its parent's counts */
	assert_int_equal(ring_memory_cgroup_limit(root, "/a/x/y", &at), 2 * mib);
	for (size_t i = 0; i < COUNT(made); i++) {
		char name[256];

		snprintf(name, sizeof(name), "%s%s", root, made[i]);
		assert_int_equal(remove(name), 0);
	}
}

/* What is not for want of memory stays what it is, and so does what may pass. */
static void judged(void **state)
{
	struct rlimit before, little = { 65536, 65536 };

	assert_int_equal(ring_memory_judge(1 << 20, -EINVAL), -EINVAL);
	assert_int_equal(ring_memory_judge(0, -ENOMEM), -ENOMEM);
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &before), 0);
	little.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &little), 0);
	assert_int_equal(ring_memory_judge(65535, -EPERM), -EPERM);
	assert_int_equal(ring_memory_judge(65536, -EPERM), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &before), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_than_the_machine_has),
		cmocka_unit_test(cgroups),
		cmocka_unit_test(judged),
	};

	return cmocka_run_group_tests_name("ring_memory", tests, NULL, NULL);
}
