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
	acts --profile none root >/run/acts-1.rules || exit 1
	acts --profile sudo user >/run/acts-2.rules || exit 1
	kmodwatch --print-profile complete >>/run/acts-1.rules
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
