#!/bin/bash
# First process of the cluster's mount, network and PID namespaces: prepares them, then reaps what daemons leave behind.
# When it ends, the kernel ends every other process in them and takes their mounts, links and nftables rules away.
# usage: init.sh NODE_ADDRESS READY_FILE LOAD_BALANCER_ADDRESS...
set -eu
node_address=$1 ready=$2
shift 2

mount --make-rshared /
# Hidden here, so that daemons that have a fixed path make nothing on the host.
for folder in /run /var/log /var/lib; do mount -t tmpfs tmpfs "$folder"; done
mkdir -p /run/netns

# The kubelet would set these for the whole machine, namespaces or not: show it the values that it wants.
mkdir /run/tunables
while read -r name value; do
    echo "$value" > "/run/tunables/${name//\//.}"
    mount --bind "/run/tunables/${name//\//.}" "/proc/sys/$name"
done <<'TUNABLES'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
TUNABLES

ip link set lo up
ip link add node0 type veth peer name outside
ip addr add "$node_address/24" dev node0
for address in "$@"; do ip addr add "$address/24" dev node0; done
ip link set node0 up
ip link set outside up
# Nothing is behind it, but kube-proxy rewrites only what has a route.
ip route add default via "${node_address%.*}.254" dev node0
echo 1 > /proc/sys/net/ipv4/ip_forward

echo ready > "$ready"
while :; do wait -n 2> /dev/null || sleep 1; done
