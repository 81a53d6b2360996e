# SPDX-License-Identifier: BSD-2-Clause
# Mode shell: a prompt on the serial console, on request with kmodwatch in its background. Leaving it powers off.
export TERM=$TERMINAL MONITOR ROWS COLUMNS COLOR ZONE OUT=/run/shell
mkdir -p $OUT
cat >/root/.bashrc <<'RC'
PS1='\[\e[1m\]guest\[\e[0m\] \w # '
RC
cat >/run/session <<'SESSION'
. /usr/lib/vm/monitor.sh
stty sane rows $ROWS cols $COLUMNS
echo
echo "This is a guest with Linux $(uname -r), and kmodwatch is on its PATH. Leave with exit: the guest is gone then."
if [ $MONITOR = yes ]; then
	echo "kmodwatch is watching in the background. Try: modprobe dummy numdummies=2; rmmod dummy"
	monitor_text /dev/tty || cat $OUT/stderr
fi
bash
if [ $MONITOR = yes ]; then monitor_stop; wait; else echo 0 >$OUT/exit; fi
SESSION
setsid -c sh /run/session </dev/ttyS0 >/dev/ttyS0 2>&1
goodbye "$(cat $OUT/exit)"
