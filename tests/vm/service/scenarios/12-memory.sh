# What its memory is to the service manager, the kernel's part included.
. /usr/lib/vm/helpers.sh
check "it is active" eventually 20 systemctl is-active kmodwatch
for i in 1 2 3 4 5 6 7 8 9 10; do modprobe brd && modprobe -r brd; done
sleep 3
memory=$(systemctl show -P MemoryCurrent kmodwatch)
rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$(main_pid)/status")
echo "MemoryCurrent: $memory bytes, RSS: $rss kB"
# not 24 MB: 13.6 of it are rings, 8.4 what outlives the process, and the rest maps, programs and 3 MB of the process
[ "$memory" = "[not set]" ] || check "what the service manager shows is at most 42 MB" [ "$memory" -le 42000000 ]
check "RSS is at most 24 MB" [ "$rss" -le 24000 ]
