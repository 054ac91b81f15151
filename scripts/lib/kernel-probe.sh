# What the kernel suite needs of a kernel, each tried by making it in a network namespace that is gone with the shell.
# Sourced by scripts/kernel, and in User Mode Linux by uml/guest.

# Prints what is missing, one line each: `ipvlan`, `IPVS`.
kernel_lacks() {
  local name
  for name in ipvlan 802.1Q bonding dummy macvlan vxlan IPVS ESP iptables forwarding; do
    unshare --net -- bash -c "$(declare -f tries); tries $name" &>/dev/null || printf '%s\n' "$name"
  done
}

tries() {
  case $1 in
    ipvlan) ip link add p type veth peer name q && ip link add link p name x type ipvlan mode l3s ;;
    802.1Q) ip link add p type veth peer name q && ip link add link p name x type vlan id 7 ;;
    macvlan) ip link add p type veth peer name q && ip link add link p name x type macvlan mode bridge ;;
    bonding) ip link add name x type bond ;;
    dummy) ip link add name x type dummy ;;
    vxlan) ip link add name x type vxlan id 7 dstport 4789 ;;
    # The service of a swarm. No tool of ours speaks to it, and it is listed once its module is there.
    IPVS) { [[ -e /proc/net/ip_vs ]] || modprobe ip_vs; } && [[ -e /proc/net/ip_vs ]] ;;
    # The cipher that an encrypted overlay uses (libnetwork, drivers/overlay/encryption.go).
    ESP)
      ip xfrm state add src 10.0.0.1 dst 10.0.0.2 proto esp spi 1 mode transport \
        aead 'rfc4106(gcm(aes))' 0x00112233445566778899aabbccddeeff00112233 64
      ;;
    # A swarm's load balancer works in a namespace of its own, which takes this over from the machine's.
    forwarding) [[ $(</proc/sys/net/ipv4/ip_forward) == 1 ]] ;;
    # The rules by which an engine marks what to encrypt, and refuses what is not.
    iptables)
      iptables -t nat -A POSTROUTING -j MASQUERADE && iptables -t mangle -A OUTPUT -p udp -j MARK --set-mark 7 &&
        iptables -A INPUT -m policy --dir in --pol none -j DROP && {
        iptables -A INPUT -p udp -m u32 --u32 '0=1' || iptables -A INPUT -p udp -m bpf --bytecode '1,6 0 0 0'
      }
      ;;
  esac
}
