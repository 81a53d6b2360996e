# SPDX-License-Identifier: BSD-2-Clause
# In the guest: the real auditd, and what the tests do with it. Mode "audit", with JOB one of the functions below.
LOG=/var/log/audit/audit.log

start_auditd() {
	auditd -s nochange >/run/auditd.out 2>&1 3>&-
	tries=0
	until [ -s $LOG ] || [ $tries -ge 100 ]; do tries=$((tries + 1)); usleep 50000; done
	[ -s $LOG ] || { echo "auditd does not start: $(cat /run/auditd.out)"; auditctl -s; } >&2
}

# Waits until all that happened before is in the log.
settle() {
	auditctl -m "mark-$1" >/dev/null 2>&1
	tries=0
	until grep -q "mark-$1" $LOG || [ $tries -ge 200 ]; do tries=$((tries + 1)); usleep 20000; done
	[ $tries -lt 200 ] || echo "LOST mark-$1"
}

# What was recorded: a line for each system call, "pid arch number".
recorded() {
	sed -n 's/^type=SYSCALL .* arch=\([0-9a-f]*\) syscall=\([0-9]*\) .* ppid=[0-9]* pid=\([0-9]*\) .*/\3 \1 \2/p' $LOG
}

reset() {
	auditctl -e 1 >/dev/null 2>&1
	auditctl -D >/dev/null 2>&1
}

# One rule set: loaded for real, judged on disk and in the kernel, acted upon, and what was recorded.
one_set() {
	reset
	: >$LOG
	echo "SET ${1##*/}"
	auditctl -R "$1" >/dev/null 2>&1
	echo "LOADED $?"
	for profile in /run/acts-*.rules; do
		kmodwatch --check-audit --format json --profile $profile --rules "$1" 2>&1 | sed 's/^/DISK /'
		kmodwatch --check-audit --format json --profile $profile 2>&1 | sed 's/^/RUNNING /'
	done
	acts | sed 's/^/ACT /'
	reset
	settle "${1##*/}"
	recorded | sed 's/^/SEEN /'
	echo END
}

prepare() {
	auditctl -e 1 >/dev/null 2>&1
	start_auditd
	reset
	# each result must fit into a line of 64 KiB
	for task in none root sudo user; do
		acts --profile $task >/run/acts-$task.rules || exit 1
	done
	kmodwatch --print-profile complete >/run/acts-complete.rules
}

differential() {
	prepare
	for set in /sets/*; do one_set "$set"; done
}

# One case: as the system's own rules, on disk and in the kernel; then with what --print-rules has to say.
one_case() {
	reset
	: >$LOG
	cp "$1/rules" /etc/audit/audit.rules
	echo "SET ${1##*/}"
	auditctl -R /etc/audit/audit.rules >/dev/null 2>&1
	echo "LOADED $?"
	while read -r profile; do
		kmodwatch --check-audit --format json --profile "$profile" 2>&1 | sed "s/^/PROFILE $profile /"
	done <"$1/profiles"
	acts | sed 's/^/ACT /'
	kmodwatch --print-rules --profile complete >/run/fix.rules 2>/run/fix.errors
	sed 's/^/FIX /' /run/fix.rules /run/fix.errors
	reset
	settle "${1##*/}"
	recorded | sed 's/^/SEEN /'
	echo END

	# the same again, and the fixes on top
	: >$LOG
	echo "SET ${1##*/}+"
	auditctl -R /etc/audit/audit.rules >/dev/null 2>&1
	auditctl -R /run/fix.rules >/dev/null 2>&1
	echo "LOADED $?"
	kmodwatch --check-audit --format json --profile complete 2>&1 | sed "s/^/PROFILE complete /"
	acts | sed 's/^/ACT /'
	reset
	settle "${1##*/}+"
	recorded | sed 's/^/SEEN /'
	echo END
}

cases() {
	prepare
	for case in /cases.d/*; do one_case "$case"; done
}

# The monitor's last audit_parity lines: so many as $1 says, as tail -n has it.
parity_lines() { grep '"kind":"audit_parity"' /run/events | tail -n "$1"; }

# waits_for NAME PATTERN [LINES]: the monitor's last audit_parity (or these lines) comes to match; prints how long it took.
waits_for() {
	start=$(cut -d' ' -f1 /proc/uptime | tr -d .)
	while :; do
		took=$(($(cut -d' ' -f1 /proc/uptime | tr -d .) - start))
		case $(parity_lines "${3:-1}") in
		*$2*) echo "STEP $1 ok ${took}0 ms"; return ;;
		esac
		[ $took -lt 2500 ] || { echo "STEP $1 FAILED: $(parity_lines 1 | cut -c1-600)"; return; }
		usleep 50000
	done
}

watch() {
	kmodwatch --no-snapshot --profile complete >/run/events 2>/run/monitor.errors &
	monitor=$!
}

unwatch() {
	kill $monitor
	wait $monitor
	echo "EXIT $?"
	cat /run/monitor.errors >&2
}

# Someone takes the rules away while the monitor runs.
watching() {
	auditctl -e 1 >/dev/null
	auditctl -D >/dev/null
	kmodwatch --print-profile complete >/run/complete.rules
	kmodwatch --print-rules --profile complete >/etc/audit/audit.rules
	auditctl -R /etc/audit/audit.rules >/dev/null

	# without the kernel side, the kernel is asked
	sysctl -q -w kernel.ftrace_enabled=0
	watch
	waits_for start '"outcome":"parity"'
	auditctl -D >/dev/null
	waits_for asked '"outcome":"gap"'
	auditctl -R /etc/audit/audit.rules >/dev/null
	waits_for asked-again '"outcome":"parity"'
	unwatch
	sysctl -q -w kernel.ftrace_enabled=1

	watch
	waits_for start '"outcome":"parity"'
	sleep 3
	echo "LINES $(grep -c '"kind":"audit_parity"' /run/events)"
	auditctl -D >/dev/null
	waits_for deleted '"outcome":"gap"'
	auditctl -R /etc/audit/audit.rules >/dev/null
	waits_for loaded '"outcome":"parity"'
	auditctl -e 0 >/dev/null
	waits_for off '"disabled":14'
	auditctl -e 1 >/dev/null
	waits_for on '"outcome":"parity"'
	echo junk >>/etc/audit/audit.rules
	waits_for file-bad 'junk is not an option'
	sed -i '/junk/d' /etc/audit/audit.rules
	waits_for file-good '"outcome":"parity"'
	mv /etc/audit/audit.rules /etc/audit/away
	waits_for file-gone '"outcome":"gap"'
	mv /etc/audit/away /etc/audit/audit.rules
	waits_for file-back '"outcome":"parity"'
	mkdir /etc/audit/rules.d
	echo '-D' >/etc/audit/rules.d/x.rules
	waits_for folder-new 'in rules.d'
	rm -r /etc/audit/rules.d
	waits_for folder-gone '"outcome":"parity"'
	mv /etc/audit /etc/away
	waits_for folder-away '"outcome":"gap"'
	mv /etc/away /etc/audit
	waits_for folder-again '"outcome":"parity"'

	# away for a moment only
	lines=$(grep -c '"kind":"audit_parity"' /run/events)
	auditctl -D >/dev/null
	usleep 300000
	auditctl -R /etc/audit/audit.rules >/dev/null
	waits_for put-back '"outcome":"gap"*"outcome":"parity"' +$((lines + 1))

	# rules that go without a request
	rules=$(parity_lines 1 | sed 's/.*"rules":\([0-9]*\).*/\1/')
	mkdir /run/mounted /run/parent
	mount -t tmpfs none /run/mounted
	auditctl -a always,exit -F dir=/run/mounted >/dev/null
	waits_for tree '"rules":'$((rules + 1))
	umount /run/mounted
	waits_for unmounted "\"rules\":$rules"
	auditctl -w /run/parent/file -p w >/dev/null
	waits_for watch '"rules":'$((rules + 1))
	rmdir /run/parent
	waits_for removed "\"rules\":$rules"

	start_auditd
	waits_for auditd '"auditd_pid":[1-9]'
	kill -KILL "$(cat /run/auditd.pid)"
	usleep 100000
	auditctl -m 'what tells the kernel that it is gone' >/dev/null 2>&1
	waits_for auditd-died '"auditd_pid":0'
	auditctl -e 2 >/dev/null
	waits_for locked '"immutable":true'
	unwatch
}

# Each line as a file of its own: does auditctl take it, do we?
acceptance() {
	auditctl -e 1 >/dev/null 2>&1
	n=0
	while IFS= read -r line <&3; do
		n=$((n + 1))
		auditctl -D >/dev/null 2>&1
		printf '%s\n' "$line" >/run/one.rules
		auditctl -R /run/one.rules >/dev/null 2>&1
		theirs=$?
		accept /run/one.rules >/run/one.out 2>&1
		ours=$?
		echo "LINE $n $theirs $ours $(head -1 /run/one.out)"
	done 3</lines
}

mkfifo /run/stdout /run/stderr
pass stdout </run/stdout &
pass stderr </run/stderr &
$JOB </dev/null >/run/stdout 2>/run/stderr
status=$?
kill "$(cat /run/auditd.pid 2>/dev/null)" 2>/dev/null
goodbye $status
