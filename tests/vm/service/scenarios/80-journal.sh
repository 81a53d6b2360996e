# The journal: native fields, found by journalctl's own matches; nothing that a process chooses can forge one.
. /usr/lib/vm/helpers.sh
echo 'KMODWATCH_OPTIONS="--snapshot"' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "active" eventually 10 systemctl is-active kmodwatch
loaded() { journalctl KMODWATCH_KIND=module_load MODULE_NAME=crc_itu_t -o json --no-pager | tail -1 | jq -e -r "$1"; }
modprobe crc-itu-t
check "a load is found by its fields" eventually 8 loaded .MODULE_NAME
is "PROCESS_COMM" modprobe "$(loaded .PROCESS_COMM)"
is "KMODWATCH_OUTCOME" success "$(loaded .KMODWATCH_OUTCOME)"
check "SYSCALL_NAME" [ "$(loaded .SYSCALL_NAME)" = "$(loaded .KMODWATCH_JSON | jq -r .syscall.name)" ]
is "PRIORITY" 5 "$(loaded .PRIORITY)"
is "PROCESS_ARGV" '["modprobe","crc-itu-t"]' "$(loaded '.PROCESS_ARGV|tojson')"
is "the whole line is there" '"crc_itu_t"' "$(loaded .KMODWATCH_JSON | jq .module.name)"
check "the sentence" sh -c 'case "$1" in "crc_itu_t was loaded by uid 0, modprobe, from /"*"/crc-itu-t.ko"*) ;; *) exit 1 ;; esac' - "$(loaded .MESSAGE)"
modprobe -r crc-itu-t

# Every kind arrives, whatever it matters: journald drops what is above the unit's LogLevelMax=.
for kind in monitor_start module_present tool_exec module_coming module_load module_unload audit_parity; do
	check "$kind is in the journal" eventually 5 sh -c "journalctl KMODWATCH_KIND=$kind -o cat --no-pager | grep -q ."
done

# More arguments than one message can have fields: anybody can do that.
before=$(main_pid)
setpriv --reuid 65534 --clear-groups modprobe --many $(seq 1000) 2>/dev/null
many() { journalctl KMODWATCH_KIND=tool_exec PROCESS_ARGV=--many -o json --all --no-pager | jq -e "$1"; }
check "an execution with a thousand arguments is there" eventually 8 many '.KMODWATCH_JSON | fromjson | .process.argv | length > 900'
check "it says that not all are fields" many '[.KMODWATCH_TRUNCATED] | flatten | index("PROCESS_ARGV") != null'
is "the same monitor" "$before" "$(main_pid)"

insmod /m/dummy.ko "$(printf 'a=1\nMODULE_NAME=forged\nKMODWATCH_KIND=forged')" 2>/dev/null || insmod /m/mac-celtic.ko "$(printf 'a=1\nMODULE_NAME=forged\nKMODWATCH_KIND=forged')"
sleep 2
is "entries with a forged field" 0 "$(journalctl MODULE_NAME=forged -o json --no-pager | grep -c .)"
is "forged events" 0 "$(journalctl KMODWATCH_KIND=forged -o json --no-pager | grep -c .)"
rmmod mac_celtic 2>/dev/null || rmmod dummy

# a large one (journalctl shows more than 4 KiB with --all only)
insmod /m/mac-celtic.ko "x=$(printf '%04000d' 1)"
rmmod mac_celtic
large() { [ "$(journalctl KMODWATCH_KIND=module_load MODULE_NAME=mac_celtic -o json --all --no-pager | tail -1 | jq -r .KMODWATCH_JSON | wc -c)" -gt 4096 ]; }
check "a large entry arrives" eventually 5 large

# journald away for a while, and back with a rate limit that events are not held to
mkdir -p /run/systemd/journald.conf.d
printf '[Journal]\nRateLimitIntervalSec=60s\nRateLimitBurst=4\n' >/run/systemd/journald.conf.d/rate.conf
systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journald 2>/dev/null
modprobe mac-celtic
sleep 2
modprobe -r mac-celtic
systemctl start systemd-journald.socket systemd-journald
after() { [ "$(journalctl MODULE_NAME=mac_celtic -o json --no-pager | jq -r 'select(.KMODWATCH_KIND|test("load")).KMODWATCH_KIND' | tail -2 | tr '\n' ' ')" = "module_load module_unload " ]; }
eventually 20 after || fail "what happened without journald is not there: $(journalctl MODULE_NAME=mac_celtic --no-pager | tail -5)"
for ((i = 1; i <= 100; i++)); do # below the limit of 20 a second, above which they are counted
	modprobe --dry-run --flood no-such-module 2>/dev/null
	((i % 10)) || sleep 1
done
flood() { journalctl KMODWATCH_KIND=tool_exec PROCESS_ARGV=--flood -o cat --no-pager | wc -l; }
hundred() { [ "$(flood)" = 100 ]; }
eventually 20 hundred || fail "of 100 executions there are $(flood)"
rm /run/systemd/journald.conf.d/rate.conf
systemctl restart systemd-journald
echo '# nothing' >/etc/default/kmodwatch
check "it can be reloaded" eventually 20 systemctl reload kmodwatch
