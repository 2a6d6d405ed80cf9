#!/bin/sh
# Runs a command in a copy-on-write view of a root file system, with the network of the host.
# usage: enter-rootfs.sh ROOTFS MOUNT_POINT [--bind SOURCE TARGET]... [--uid UID] -- COMMAND [ARGUMENT]...
# Everything is mounted in a mount namespace of its own and is gone when the command ends; what it writes outside the binds is lost.
set -eu
if [ "${ENTERED:-}" != yes ]; then
    ENTERED=yes exec unshare --mount --propagation private "$0" "$@"
fi
unset ENTERED
rootfs=$1 scratch=$2 uid=0
shift 2
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
root=$scratch/root
mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$scratch/upper,workdir=$scratch/work" "$root"
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"

bind() {
    if [ -d "$1" ]; then
        mkdir -p "$root$2"
    else
        mkdir -p "$root${2%/*}"
        [ -e "$root$2" ] || : > "$root$2"
    fi
    mount --rbind "$1" "$root$2"
}
bind /etc/resolv.conf /etc/resolv.conf
bind /etc/hosts /etc/hosts

while [ "$1" != -- ]; do
    case $1 in
    --bind) bind "$2" "$3"; shift 3 ;;
    --uid) uid=$2; shift 2 ;;
    *) echo "enter-rootfs.sh: unknown option $1" >&2; exit 2 ;;
    esac
done
shift
exec chroot --userspec="$uid:$uid" "$root" "$@"
