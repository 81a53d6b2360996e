# Whoever reads the lines stands still: the watchdog is fed all the same, also through a reload, and nothing is lost. A pipe,
# since journald's sockets take 8 MB before they are full.
. /usr/lib/vm/helpers.sh
mkfifo /run/reader
exec 9<>/run/reader
mkdir -p /run/systemd/system/kmodwatch.service.d
printf '[Service]\nWatchdogSec=4\nStandardOutput=file:/run/reader\n' >/run/systemd/system/kmodwatch.service.d/reader.conf
echo 'KMODWATCH_OPTIONS="--format json"' >/etc/default/kmodwatch
systemctl daemon-reload
cat <&9 >/run/got &
reader=$!
systemctl restart kmodwatch
pid=$(main_pid)
restarts=$(systemctl show -P NRestarts kmodwatch)
waits() { systemctl show -P StatusText kmodwatch | grep -q ^Waiting; }
same() {
	is "the process ($1)" "$pid" "$(main_pid)"
	is "its restarts ($1)" "$restarts" "$(systemctl show -P NRestarts kmodwatch)"
}
kill -STOP $reader
for ((i = 0; i < 20; i++)); do # more than the pipe takes
	insmod /m/veth.ko
	rmmod veth
done
check "it waits" eventually 10 waits
sleep 9 # twice the watchdog's time
same waiting
systemctl reload kmodwatch
sleep 9
same reloaded
kill -CONT $reader
gone() { grep '"kind":"module_unload"' /run/got | grep -c '"outcome":"success".*"name":"veth"'; }
all_gone() { [ "$(gone)" -ge 20 ]; }
eventually 30 all_gone
is "unloads" 20 "$(gone)"
is "lines that are cut" 0 "$(grep -vc '^{.*}$' /run/got)"
check "it watches" eventually 10 sh -c 'systemctl show -P StatusText kmodwatch | grep -q ^Watching'
same "in the end"
rm -r /run/systemd/system/kmodwatch.service.d
echo '# nothing' >/etc/default/kmodwatch
systemctl daemon-reload
systemctl restart kmodwatch
kill $reader
