# The check of a system below a folder: a real one, the same as from inside; and none of this one's files come into it.
. /usr/lib/vm/helpers.sh
rules=/etc/audit/rules.d/50-root.rules
image=/run/image tree=/run/tree
mkdir $image
mount --bind / $image
disk() { /usr/sbin/kmodwatch --check-audit --profile complete --format json "$@" | jq -c '[.requirements[].targets[] | [.path // .syscall, .abi, .disk.verdict]]'; }
outcome() { /usr/sbin/kmodwatch --check-audit --profile complete --format json "$@" | jq -r .outcome; }
before=$(disk --root $image)
is "without rules" "$(disk)" "$before"
/usr/sbin/kmodwatch --print-rules --profile complete --root $image >$rules
check "rules are printed for it" [ -s $rules ]
cp -p /etc/audit/audit.rules /run/audit.rules
cat $rules >/etc/audit/audit.rules
is "with rules, on disk" "$(disk)" "$(disk --root $image)"
check "they count" [ "$(disk --root $image)" != "$before" ]
is "without what the kernel says" null "$(/usr/sbin/kmodwatch --check-audit --root $image --format json | jq -c .audit.enabled)"

# a tree whose rules are behind an absolute link, and which has a tool that is a link out of it
mkdir -p $tree/usr/bin $tree/usr/sbin $tree/etc/audit $tree/srv/rules
cp -a /usr/bin/kmod $tree/usr/bin/
cp -a /usr/sbin/insmod /usr/sbin/rmmod /usr/sbin/modprobe $tree/usr/sbin/
mkdir $tree/lib64
cp -L /lib64/ld-linux-x86-64.so.2 $tree/lib64/ # what runs a tool is used with it
ln -s usr/sbin $tree/sbin
ln -s /usr/bin $tree/bin
cp /etc/passwd /etc/group $tree/etc/
cp $rules $tree/srv/rules/
ln -s /srv/rules $tree/etc/audit/rules.d
is "behind an absolute link" parity "$(outcome --root $tree)"
mkdir -p /srv/rules
cp $rules /srv/rules/
rm -r $tree/srv/rules
is "the same name outside" gap "$(outcome --root $tree)"
ln -sfn ../../../../../srv/rules $tree/etc/audit/rules.d
is "out of it by .." gap "$(outcome --root $tree)"
setpriv --reuid 65534 --clear-groups /usr/sbin/kmodwatch --check-audit --profile complete --root $tree --format json >/run/outcome
is "the same for another user" gap "$(jq -r .outcome /run/outcome)"
umount $image
cp -p /run/audit.rules /etc/audit/audit.rules
rm -r $rules /srv/rules $tree $image
