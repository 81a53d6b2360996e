// SPDX-License-Identifier: BSD-2-Clause
/* Containers by the paths of their cgroups, as the runtimes make them; and what only looks like one. */
#include "../../user/calls/container.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define ID "34dc0b5e626f2c5c4c5170e34b10e7654ce36f0fcd532739f4445baabea03376"
#define OTHER "9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d"
#define POD "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podac04f3f2_1f2c_11e9.slice"

static void paths(void **state)
{
	static const struct {
		const char *cgroup, *id; /* NULL: none */
	} rows[] = {
		{ "/system.slice/docker-" ID ".scope", ID },
		{ "/system.slice/docker-" ID ".scope/init.scope", ID },
		{ "/docker/" ID, ID },
		{ "/custom-parent/" ID, ID },
		{ "/docker/" ID "/docker/" OTHER, OTHER }, /* docker in docker */
		{ "/system.slice/docker-" ID ".scope" POD "/cri-containerd-" OTHER ".scope", OTHER }, /* kind */
		{ "/machine.slice/libpod-" ID ".scope/container", ID },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope", ID },
		{ "/libpod_parent/libpod-" ID, ID },
		{ POD "/cri-containerd-" ID ".scope", ID },
		{ "/kubepods/besteffort/pod74c13223-5a00-11e9-b385-42010a80018d/" ID, ID },
		{ "/default/" ID, ID },
		{ "/system.slice/nerdctl-" ID ".scope", ID },
		{ POD "/crio-" ID ".scope", ID },
		{ "/kubepods/burstable/pod74c13223/crio-" ID, ID },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/redis.service/libpod-payload-" ID, ID },
		{ "/system.slice/containerd.service/kubepods-besteffort-podX.slice:cri-containerd:" ID, ID },
		{ "/libpod_parent/" OTHER "/libpod-" ID, ID },
		{ "/machine.slice/machine-qemu\\x2dweb.scope/payload", "qemu-web" },
		{ "/machine.slice/machine-web.scope/payload/system.slice/nginx.service", "web" },
		{ "/machine.slice/machine-my\\x2dbox.scope/payload", "my-box" },
		{ "/machine.slice/systemd-nspawn@my\\x2dbox.service/payload/init.scope", "my-box" },
		{ "/machine.slice/systemd-nspawn@a.service/payload/system.slice/docker-" ID ".scope", ID },

		{ "", NULL },
		{ "/", NULL },
		{ "/system.slice/docker.service", NULL },
		{ "/user.slice/user-1000.slice/session-1.scope", NULL },
		{ "/machine.slice/libpod-conmon-" ID ".scope", NULL },
		{ POD "/crio-conmon-" ID ".scope", NULL },
		{ POD, NULL },
		{ "/machine.slice/systemd-nspawn@a.service/supervisor", NULL },
		{ "/machine.slice/machine-a.scope/supervisor/x", NULL },
		{ "/machine.slice/machine-a.scope/payloads", NULL },
		{ "/machine.slice/systemd-nspawn@a.service", NULL },
		{ "/libpod_parent/" ID "/conmon", NULL },
		{ "/x:cri-containerd:" ID "0", NULL },
		{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator", NULL },
		{ "/machine.slice/machine-.scope/payload", NULL },
		{ "/machine.slice/machine-\\x00.scope/payload", NULL },
		{ "/machine.slice/machine-" ID "x.scope/payload", NULL },
		{ "/docker/34dc0b5e626f", NULL },
		{ "/docker/" ID "0", NULL },
		{ "/docker/34DC0B5E626F2C5C4C5170E34B10E7654CE36F0FCD532739F4445BAABEA03376", NULL },
		{ "/docker-docker-" ID, NULL },
		{ "/x" ID ".scope", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t size = strlen(rows[i].cgroup), wanted = rows[i].id ? strlen(rows[i].id) : 0;
		char *copy = exact_copy(rows[i].cgroup, size), id[CONTAINER_ID_MAX];

		if (container_id(copy, size, id) != wanted || (wanted && memcmp(id, rows[i].id, wanted) != 0))
			fail_msg("%s", rows[i].cgroup);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
