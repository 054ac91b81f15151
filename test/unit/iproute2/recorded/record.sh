#!/bin/sh
# Records what `ip` of this machine prints for links and routes made in a scratch network namespace (run as root).
# Prints what to keep as links.json and routes.json beside this file: ./record.sh links > links.json
# stacked.json is of links that not every kernel has: it needs the modules 8021q and ipvlan.
set -eu
[ "${NETCTL_INSIDE:-}" ] || exec env NETCTL_INSIDE=1 LC_ALL=C unshare --net -- "$0" "$@"
ip link set lo up
ip link add eth0 type veth peer name peer0
ip link set eth0 up
ip link set peer0 up
ip addr add 192.168.1.10/24 dev eth0
ip addr add fd00:1::10/64 dev eth0 nodad
ip route add default via 192.168.1.1
ip -6 route add default via fd00:1::1
ip link add br0 type bridge
ip link add vp0 type veth peer name vp1
ip link set vp0 master br0
ip link set vp1 group 5
ip link add link eth0 name shim0 group 28259 address 02:11:22:33:44:55 mtu 1400 type macvlan mode bridge
ip link set dev shim0 alias 'netctl owner=web'
ip addr replace 192.168.1.223/32 dev shim0
ip addr replace fd00:1::223/128 dev shim0 nodad
ip link set dev shim0 up
ip -4 route replace 192.168.1.192/27 dev shim0 src 192.168.1.223 proto static
ip -6 route replace fd00:1::100/120 dev shim0 src fd00:1::223 proto static
ip link add vx0 type vxlan id 42 dev eth0 dstport 4789
ip route add blackhole 10.9.0.0/16
ip route add unreachable fd99::/64
ip route add prohibit 10.10.0.1
ip route add 10.8.0.0/16 nexthop via 192.168.1.1 nexthop via 192.168.1.2
ip -6 route add fd98::/64 nexthop via fd00:1::1 nexthop via fd00:1::2
ip route add 10.7.0.0/16 via 192.168.1.1 table 100
ip route add 10.6.0.0/16 via inet6 fd00:1::1 dev eth0
if [ "$1" = stacked ]; then
  mark() {
    ip link set dev "$1" alias "netctl:web/link:$1"
    ip link set dev "$1" up
  }
  ip link add link eth0 name eth0-v30 group 28259 type vlan id 30
  mark eth0-v30
  ip link add link eth0 name eth0.40 mtu 1400 type vlan id 40
  ip link add link eth0 name ad50 type vlan proto 802.1ad id 50
  ip link add link eth0-v30 name mac30 group 28259 address 02:11:22:33:44:66 type macvlan mode bridge
  mark mac30
  # The mode and the flag are of the parent, so each needs one.
  for mode in l2 l3 l3s; do
    ip link add p-$mode type veth peer name q-$mode
    ip link set p-$mode up
  done
  ip link add link p-l2 name ip-l2 group 28259 type ipvlan mode l2 bridge
  ip addr replace 192.168.2.223/32 dev ip-l2
  ip addr replace fd00:2::223/128 dev ip-l2 nodad
  mark ip-l2
  ip link add link p-l3 name ip-l3 type ipvlan mode l3 private
  ip link add link p-l3s name ip-l3s type ipvlan mode l3s vepa
fi
case $1 in
stacked) ip -json -Numeric -details addr show ;;
links) ip -json -Numeric -details addr show ;;
routes) ip -json route show table all ;;
esac
