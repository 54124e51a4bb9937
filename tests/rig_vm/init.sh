#!/bin/busybox sh
# The first process of the guest. The host's files are seen read-only, with memory laid over them for what is
# written; /out is the one folder that both share. Then the jobs run, and the guest switches itself off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
b=/bin/busybox
off() { echo "$1"; $b sync; $b poweroff -f; }

$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
while read -r module; do $b insmod "/modules/$module" || echo "insmod $module failed"; done < /modules/order

for option in $($b cat /proc/cmdline); do
  case $option in modules=*) modules=${option#modules=} ;; esac
done
shared=trans=virtio,version=9p2000.L,msize=262144
$b mount -t 9p -o "ro,cache=loose,$shared" host /host || off "the host's files cannot be mounted"
$b mount -t tmpfs -o size=1g written /written
$b mkdir /written/upper /written/work
$b mount -t overlay -o lowerdir=/host,upperdir=/written/upper,workdir=/written/work root /root ||
  off "the memory over the host's files cannot be mounted"
for folder in dev proc sys; do $b mount -o move /$folder /root/$folder; done
$b mkdir -p /root/out /root/dev/shm /root/dev/pts /root/lib/modules
for folder in dev/shm run tmp-guest; do $b mkdir -p "/root/$folder" && $b mount -t tmpfs guest "/root/$folder"; done
$b mount -t devpts devpts /root/dev/pts
$b mount -t 9p -o "rw,$shared" out /root/out || off "/out cannot be mounted"
$b ln -sfn "$modules" "/root/lib/modules/$($b uname -r)"
$b ifconfig lo up
$b chroot /root /bin/bash /out/jobs.sh
off "the jobs have ended"
