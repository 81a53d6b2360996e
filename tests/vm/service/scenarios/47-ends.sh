# How a call ends, with the few capabilities and the sealed /proc of the service: a call that lasts is not taken for one that
# has ended, and one whose process is gone has its line.
. /usr/lib/vm/helpers.sh
ends() { events 'select(.kind=="module_load" and .process.comm=="act")'; }
ends >/run/before
/usr/lib/vm/act stuck-after 2 /m/mac-celtic.ko stay >/run/said &
stuck=$!
check "two calls are under way" eventually 10 grep -q stuck /run/said
sleep 8
is "lines of calls that are under way" "$(cat /run/before)" "$(ends)"
kill -KILL $stuck
wait $stuck
more() { [ "$(ends | wc -l)" = $(($(wc -l </run/before) + 2)) ]; }
check "each is a line once it has ended" eventually 10 more
sleep 3
check "and one" more
