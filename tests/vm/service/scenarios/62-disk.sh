# Folders that cannot be written to are named, with the mend, and never keep it from watching.
. /usr/lib/vm/helpers.sh
mkdir -p /srv/images

# a folder outside of the unit's sandbox
echo 'KMODWATCH_OPTIONS="--capture /srv/images"' >/etc/default/kmodwatch
systemctl reload kmodwatch 2>/dev/null && fail "the reload does not fail"
check "it names the folder" eventually 5 said "modules cannot be captured in /srv/images: it is read-only here"
check "and the mend" eventually 5 said "ReadWritePaths= below [Service] (systemctl edit kmodwatch)"
echo 'KMODWATCH_OPTIONS="--capture /srv/images/new"' >/etc/default/kmodwatch
systemctl reload kmodwatch 2>/dev/null && fail "the reload does not fail for a new folder"
check "it names the new folder" eventually 5 said "modules cannot be captured in /srv/images/new: it is read-only here"
echo 'KMODWATCH_OPTIONS="--capture /root/images"' >/etc/default/kmodwatch
systemctl reload kmodwatch 2>/dev/null && fail "the reload does not fail for /root"
check "it names the hidden folder" eventually 5 said "modules cannot be captured in /root/images: permission denied: if kmodwatch runs as a service"
echo 'KMODWATCH_OPTIONS="--capture /srv/images"' >/etc/default/kmodwatch
systemctl restart kmodwatch
started "with a folder that it may not write to"
check "what is not kept is told" eventually 5 told '.kind=="events_lost" and .what=="captured image"'
mkdir -p /run/systemd/system/kmodwatch.service.d
printf '[Service]\nReadWritePaths=/srv/images\n' >/run/systemd/system/kmodwatch.service.d/images.conf
systemctl daemon-reload
systemctl restart kmodwatch
started "with the mend"
check "it keeps modules there" eventually 10 sh -c 'ls /srv/images | grep -q "\.ko$"'
rm -r /run/systemd/system/kmodwatch.service.d/images.conf /srv/images
systemctl daemon-reload

# a full disk under all that it writes
echo 'KMODWATCH_OPTIONS="--capture /var/lib/kmodwatch/images"' >/etc/default/kmodwatch
systemctl stop kmodwatch
mount -t tmpfs -o size=64k,nr_inodes=8,mode=0700 none /var/lib/kmodwatch
head -c 1M /dev/zero >/var/lib/kmodwatch/ballast 2>/dev/null
for i in 1 2 3 4 5 6; do : >/var/lib/kmodwatch/$i; done 2>/dev/null
systemctl start kmodwatch
started "on a full disk"
check "it says what is not captured" eventually 5 said "modules cannot be captured in /var/lib/kmodwatch/images: No space left on device"
check "and what is not kept" eventually 5 said "the list of loaded modules is not kept (/var/lib/kmodwatch): No space left on device"
systemctl restart kmodwatch
started "on a full disk, again"
rm /var/lib/kmodwatch/*
modprobe mac-celtic && modprobe -r mac-celtic
check "modules are kept when there is room" eventually 10 sh -c 'ls /var/lib/kmodwatch/images | grep -q "\.ko$"'
check "the list too" eventually 15 [ -s /var/lib/kmodwatch/kmodwatch-modules ]
systemctl stop kmodwatch
umount /var/lib/kmodwatch
echo '# nothing' >/etc/default/kmodwatch
systemctl start kmodwatch
started "as before"
