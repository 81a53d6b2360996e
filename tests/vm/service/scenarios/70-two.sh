# One reader a pin; --unpin leaves nothing; a stranger's folder is refused.
. /usr/lib/vm/helpers.sh
said=$(/usr/sbin/kmodwatch --pin "$PIN" 2>&1 >/dev/null)
is "the second's exit status" 2 $?
check "it names the holder ($said)" sh -c 'case "$1" in *"process '"$(main_pid)"':"*) ;; *) exit 1 ;; esac' - "$said"
said=$(/usr/sbin/kmodwatch --unpin 2>&1)
is "unpin's exit status while it runs" 2 $?
check "nothing was taken from it" [ -e "$PIN"/current/maps/ring ]

mkdir /run/plain
/usr/sbin/kmodwatch --pin /run/plain >/dev/null 2>/run/said
is "exit status for a folder on another file system" 2 $?
check "and why" grep -q "not on a bpffs" /run/said
mkdir -m 0777 /sys/fs/bpf/open
chmod 0777 /sys/fs/bpf/open
/usr/sbin/kmodwatch --pin /sys/fs/bpf/open >/dev/null 2>/run/said
is "exit status for a folder that others may write" 2 $?
check "and why" grep -q "others can write to it" /run/said
rmdir /sys/fs/bpf/open
ln -s "$PIN" /sys/fs/bpf/link
/usr/sbin/kmodwatch --pin /sys/fs/bpf/link >/dev/null 2>/run/said
is "exit status for a link" 2 $?
rm /sys/fs/bpf/link

