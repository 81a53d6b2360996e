# The program's file is replaced while it runs, as a package does, and then by something that is none: the monitor that
# runs sees on, and what happens while none can start waits in the pins.
. /usr/lib/vm/helpers.sh
program=/usr/sbin/kmodwatch
cp $program /run/kmodwatch.kept
echo 'KMODWATCH_OPTIONS="--self-test 1"' >/etc/default/kmodwatch
systemctl restart kmodwatch
sleep 3
seen=$(events 'select(.kind=="module_unload" and .module.name=="mac_celtic").id' | sort -u | wc -l)
sees() { # HOW MANY: so many loads since the last time
	seen=$((seen + $1))
	check "$2" eventually 15 sh -c '. /usr/lib/vm/helpers.sh; [ "$(events "select(.kind==\"module_unload\" and .module.name==\"mac_celtic\").id" | sort -u | wc -l)" = '$seen' ]'
}
load() { modprobe mac-celtic && modprobe -r mac-celtic; }
replace() { cp "$1" $program.new && chmod 755 $program.new && mv $program.new $program; }

replace /run/kmodwatch.kept
load
sleep 3 # a self-test of a program whose file is gone
sees 1 "with its file replaced"
is "blind" "" "$(run_events 'select(.kind=="monitor_blind")')"
systemctl restart kmodwatch
load
sees 1 "after the restart"
is "resumed" true "$(run_events 'select(.kind=="monitor_start")|.resumed!=null')"
check "written over in place, the kernel refuses" sh -c "! (echo none >>$program) 2>/dev/null"

echo 'none' >/run/none
replace /run/none
load
sees 1 "with a file that is no program"
systemctl kill -s KILL --kill-whom=main kmodwatch
load
sleep 3
is "with no program" activating "$(systemctl is-active kmodwatch)"
load
replace /run/kmodwatch.kept
check "active with the program" eventually 20 systemctl is-active kmodwatch
sees 2 "what happened meanwhile"

echo '# nothing' >/etc/default/kmodwatch
systemctl restart kmodwatch
