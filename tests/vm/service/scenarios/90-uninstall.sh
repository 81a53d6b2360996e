# After the last: nothing is left attached.
. /usr/lib/vm/helpers.sh
attached() { grep -c -E '^(__(x64|ia32)_sys_(f?init|delete)_module|load_module|strndup_user|security_kernel_.*|call_usermodehelper_.*) ' /sys/kernel/tracing/enabled_functions; }
systemctl start kmodwatch
check "it is attached before" [ "$(attached)" -gt 0 ]
systemctl disable --now kmodwatch
check "pins outlive a stop" [ -e "$PIN"/current/maps/ring ]
check "and the probes with them" [ "$(attached)" -gt 0 ]
/usr/sbin/kmodwatch --unpin
is "unpin's exit status" 0 $?
check "the folder is gone" [ ! -e "$PIN" ]
# the kernel frees what held a program after a grace period or two
for _ in $(seq 30); do
	[ "$(attached)" = 0 ] && break
	sleep 0.5
done
is "attached functions" 0 "$(attached)"
/usr/sbin/kmodwatch --unpin
is "unpin's exit status where nothing is" 0 $?
