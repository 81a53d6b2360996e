# SPDX-License-Identifier: BSD-2-Clause
# Mode scene: a short scripted scene. kmodwatch's stdout goes live to the host's; all else to its stderr. FORMAT says
# whether that is a terminal (text).
. /usr/lib/vm/monitor.sh
mkfifo /run/stdout /run/stderr
pass stdout </run/stdout &
pass stderr </run/stderr &
exec >/run/stderr 2>&1
export OUT=/run/scene
mkdir -p $OUT
failed=0

say() { echo "# $*"; }
do_it() { "$@" || { say "failed: $*"; failed=1; }; usleep 500000; }
refused() { ! "$@"; }
quiet() { "$@" >/dev/null; }

watch() {
	if [ "$FORMAT" = text ]; then
		monitor_text /run/stdout
	else
		STDOUT=/run/stdout monitor_start kmodwatch --format json -v
	fi
}

if watch; then
	sed '/, verified_insns [0-9]*$/d' $OUT/stderr # it is verbose so that it says when it watches
	say "root loads a module with a parameter: modprobe dummy numdummies=2"
	do_it modprobe dummy numdummies=2
	say "user nobody tries to load a module, and is refused: insmod /m/brd.ko"
	do_it refused act as 65534 insmod /m/brd.ko
	say "an unprivileged user opens a crypto socket, and the kernel loads a module for it"
	do_it quiet act as 1000 act socket 38 5
	say "root unloads a module: rmmod dummy"
	do_it rmmod dummy
	: >$OUT/stderr
	monitor_stop
fi
cat $OUT/stderr
ended=$(cat $OUT/exit)
say "kmodwatch ended with $ended"
[ $failed = 0 ] || [ "$ended" != 0 ] || ended=1
exec >/dev/null 2>&1  # or the pass above would never end
goodbye "$ended"
