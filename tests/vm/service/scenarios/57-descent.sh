# Who loads through systemd-run: a scope is still descent, so what an install command loads in one is the request's, in the background too.
# A service is systemd's child: it has no requester, and its line says so by its unit.
. /usr/lib/vm/helpers.sh
modprobe -r dummy 2>/dev/null

# load: the one line of dummy's loads that succeeded since the last
load() {
	for ((tries = 0; tries < 100; tries++)); do
		events 'select(.kind=="module_load" and .module.name=="dummy" and .outcome=="success")' | tail -n +$((seen + 1)) >/run/load
		[ -s /run/load ] && break
		sleep 0.1
	done
	seen=$((seen + 1))
	is "loads" 1 "$(wc -l </run/load)"
	modprobe -r dummy
}
seen=$(events 'select(.kind=="module_load" and .module.name=="dummy" and .outcome=="success")' | wc -l)
of() { jq -r "$1" /run/load; }

systemd-run -q --scope modprobe dummy
load
is "a scope's parent" bash "$(of '.process.ancestors[0].comm')"
check "its cgroup" grep -q '"cgroup":"/system.slice/run-[^"]*\.scope"' /run/load
is "its requester" false "$(of 'has("requested_by")')"

systemd-run -q --wait modprobe dummy
load
is "a service's parent" "1 systemd" "$(of '"\(.process.ppid) \(.process.ancestors[0].comm)"')"
check "its cgroup" grep -q '"cgroup":"/system.slice/run-[^"]*\.service"' /run/load
is "its requester" false "$(of 'has("requested_by")')"

systemd-run -q --scope sh -c '(sleep 1; exec insmod /m/dummy.ko) &'
load
is "the parent of what a scope leaves behind" 1 "$(of .process.ppid)"
check "its cgroup" grep -q '"cgroup":"/system.slice/run-[^"]*\.scope"' /run/load
is "its requester" false "$(of 'has("requested_by")')"

# by COMMAND: a request whose install command it is
by() {
	printf 'alias net-pf-11 later\ninstall later %s >/dev/null 2>&1 </dev/null\n' "$1" >/etc/modprobe.d/later.conf
	/usr/lib/vm/act socket 11 >/dev/null
	load
}
by 'systemd-run -q --scope insmod /m/dummy.ko'
is "the request of a scope" "net-pf-11 act" "$(of '"\(.requested_by.alias) \(.requested_by.process.comm)"')"
by 'systemd-run -q --scope sh -c "(sleep 1; exec insmod /m/dummy.ko) &"'
is "the request of what a scope leaves behind" "1 net-pf-11 act" "$(of '"\(.process.ppid) \(.requested_by.alias) \(.requested_by.process.comm)"')"
by 'sh -c "setsid systemd-run -q --scope --slice=other.slice sh -c \\"(sleep 1; insmod /m/dummy.ko; :) &\\" &"'
is "the request of one in another slice" "net-pf-11 act" "$(of '"\(.requested_by.alias) \(.requested_by.process.comm)"')"
check "its cgroup" grep -q '"cgroup":"/other.slice/run-[^"]*\.scope"' /run/load
by 'systemd-run -q insmod /m/dummy.ko'
is "the requester of a service" false "$(of 'has("requested_by")')"
check "its cgroup" grep -q '"cgroup":"/system.slice/run-[^"]*\.service"' /run/load
rm /etc/modprobe.d/later.conf
modprobe dummy
