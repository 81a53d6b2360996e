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
		const char *cgroup, *id, *runtime; /* NULL: none, not known for certain */
	} rows[] = {
		{ "/system.slice/docker-" ID ".scope", ID, "docker" },
		{ "/system.slice/docker-" ID ".scope/init.scope", ID, "docker" },
		{ "/docker/" ID, ID, "docker" },
		{ "/custom-parent/" ID, ID, NULL },
		{ "/docker/" ID "/docker/" OTHER, OTHER, "docker" }, /* docker in docker */
		{ "/system.slice/docker-" ID ".scope" POD "/cri-containerd-" OTHER ".scope", OTHER,
		  "containerd" }, /* kind */
		{ "/machine.slice/libpod-" ID ".scope/container", ID, "podman" },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope", ID, "podman" },
		{ "/libpod_parent/libpod-" ID, ID, "podman" },
		{ POD "/cri-containerd-" ID ".scope", ID, "containerd" },
		{ "/kubepods/besteffort/pod74c13223-5a00-11e9-b385-42010a80018d/" ID, ID, NULL },
		{ "/default/" ID, ID, NULL },
		{ "/system.slice/nerdctl-" ID ".scope", ID, "containerd" },
		{ POD "/crio-" ID ".scope", ID, "crio" },
		{ "/kubepods/burstable/pod74c13223/crio-" ID, ID, "crio" },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/redis.service/libpod-payload-" ID, ID,
		  "podman" },
		{ "/system.slice/containerd.service/kubepods-besteffort-podX.slice:cri-containerd:" ID, ID,
		  "containerd" },
		{ "/libpod_parent/" OTHER "/libpod-" ID, ID, "podman" },
		{ "/machine.slice/machine-qemu\\x2dweb.scope/payload", "qemu-web", "nspawn" },
		{ "/machine.slice/machine-web.scope/payload/system.slice/nginx.service", "web", "nspawn" },
		{ "/machine.slice/machine-my\\x2dbox.scope/payload", "my-box", "nspawn" },
		{ "/machine.slice/systemd-nspawn@my\\x2dbox.service/payload/init.scope", "my-box", "nspawn" },
		{ "/machine.slice/systemd-nspawn@a.service/payload/system.slice/docker-" ID ".scope", ID, "docker" },
		{ "/ecs/0123456789abcdef0123456789abcdef/" ID, ID, NULL },
		{ "/lxc.payload.web", "web", "lxc" },
		{ "/lxc.payload.web/init.scope", "web", "lxc" },
		{ "/lxc.payload.default_web/system.slice/cron.service", "default_web", "lxc" },
		{ "/user.slice/user-1000.slice/session-2.scope/lxc.payload.web/init.scope", "web", "lxc" },
		{ "/lxc.payload/web", "web", "lxc" },
		{ "/lxc.payload/web/system.slice", "web", "lxc" },
		{ "/lxc/web/system.slice/cron.service", "web", "lxc" },
		{ "/lxc/100/ns/init.scope", "100", "lxc" },
		{ "/lxc.payload.web/docker/" ID, ID, "docker" },
		{ "/lxc.payload.a.b", "a.b", "lxc" },
		{ "/lxc.payload." ID ID, ID ID, "lxc" },
		{ "/lxc.payload." ID ID ID ID, NULL, NULL }, /* no cgroup has such a name */

		{ "", NULL, NULL },
		{ "/", NULL, NULL },
		{ "/system.slice/docker.service", NULL, NULL },
		{ "/user.slice/user-1000.slice/session-1.scope", NULL, NULL },
		{ "/machine.slice/libpod-conmon-" ID ".scope", NULL, NULL },
		{ POD "/crio-conmon-" ID ".scope", NULL, NULL },
		{ POD, NULL, NULL },
		{ "/machine.slice/systemd-nspawn@a.service/supervisor", NULL, NULL },
		{ "/machine.slice/machine-a.scope/supervisor/x", NULL, NULL },
		{ "/machine.slice/machine-a.scope/payloads", NULL, NULL },
		{ "/machine.slice/systemd-nspawn@a.service", NULL, NULL },
		{ "/libpod_parent/" ID "/conmon", NULL, NULL },
		{ "/x:cri-containerd:" ID "0", NULL, NULL },
		{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator", NULL, NULL },
		{ "/machine.slice/machine-.scope/payload", NULL, NULL },
		{ "/machine.slice/machine-\\x00.scope/payload", NULL, NULL },
		{ "/machine.slice/machine-" ID "x.scope/payload", NULL, NULL },
		{ "/docker/34dc0b5e626f", NULL, NULL },
		{ "/docker/" ID "0", NULL, NULL },
		{ "/docker/34DC0B5E626F2C5C4C5170E34B10E7654CE36F0FCD532739F4445BAABEA03376", NULL, NULL },
		{ "/docker-docker-" ID, NULL, NULL },
		{ "/x" ID ".scope", NULL, NULL },
		{ "/lxc.monitor.web", NULL, NULL },
		{ "/lxc.monitor/web", NULL, NULL },
		{ "/lxc.pivot", NULL, NULL },
		{ "/lxc.payload.", NULL, NULL },
		{ "/lxc.payload", NULL, NULL },
		{ "/lxc", NULL, NULL },
		{ "/system.slice/lxc.service", NULL, NULL },
		{ "/system.slice/lxc-net.service/x", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t size = strlen(rows[i].cgroup), wanted = rows[i].id ? strlen(rows[i].id) : 0;
		char *copy = exact_copy(rows[i].cgroup, size), id[CONTAINER_ID_MAX];
		const char *runtime = NULL;

		if (container_find(copy, size, id, &runtime) != wanted ||
		    (wanted && memcmp(id, rows[i].id, wanted) != 0))
			fail_msg("%s", rows[i].cgroup);
		if ((runtime == NULL) != (rows[i].runtime == NULL) || (runtime && strcmp(runtime, rows[i].runtime)))
			fail_msg("%s: %s", rows[i].cgroup, runtime);
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
