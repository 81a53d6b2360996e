# After the last: `make uninstall` leaves nothing attached, wherever the options had it pinned.
. /usr/lib/vm/helpers.sh
attached() { grep -c -E '^(__(x64|ia32)_sys_(f?init|delete)_module|load_module|strndup_user|security_kernel_.*|call_usermodehelper_.*) ' /sys/kernel/tracing/enabled_functions; }
# The names of all tracing programs in the kernel, by their ids: on tracepoints, and whatever else is held by anything.
programs() {
	perl -e 'for (my $id = 0;; close $f) {
		my $next = pack "L4", $id; syscall(321, 11, $next, 16) && last; $id = (unpack "L4", $next)[1];
		my $by = pack "L4", $id; my $fd = syscall 321, 13, $by, 16; $fd < 0 && next; open $f, "<&=", $fd;
		my $info = "\0" x 128; my $ask = pack "LLQ", $fd, 128, unpack "Q", pack "p", $info; syscall 321, 15, $ask, 16;
		26 == unpack("L", $info) && print unpack("x64 Z16", $info), "\n" }'
}
check "the programs are there before (module_free, canary)" [ "$(programs | grep -c -x -e module_free -e canary)" = 2 ]
echo 'KMODWATCH_OPTIONS="--pin /sys/fs/bpf/elsewhere"' >/etc/default/kmodwatch
systemctl restart kmodwatch
check "it runs on other pins" [ -e /sys/fs/bpf/elsewhere/current/maps/ring ]
systemctl stop kmodwatch
check "pins outlive a stop" [ -e "$PIN"/current/maps/ring ]
check "and the probes with them" [ "$(attached)" -gt 0 ]
cp /usr/sbin/kmodwatch /run/kmodwatch
cd /usr/lib/vm/uninstall || fail "there is no recipe"
sh -ex ./recipe >/run/recipe 2>&1 || fail "make uninstall: $(cat /run/recipe)"
check "the folders are gone" [ ! -e "$PIN" -a ! -e /sys/fs/bpf/elsewhere ]
is "what is left of it" "/etc/default/kmodwatch" "$(ls -d /usr/sbin/kmodwatch /usr/lib/systemd/system/kmodwatch.service \
	/etc/systemd/system/*/kmodwatch.service /usr/share/kmodwatch /var/lib/kmodwatch/kmodwatch-modules /etc/default/kmodwatch 2>/dev/null)"
# the kernel frees what held a program after a grace period or two
for _ in $(seq 30); do
	[ "$(attached) $(programs)" = "0 " ] && break
	sleep 0.5
done
is "attached functions" 0 "$(attached)"
is "programs" "" "$(programs)"
/run/kmodwatch --unpin
is "unpin's exit status where nothing is" 0 $?
