/** The network of a LAN as most people write it: a range outside the DHCP pool, and a shim. */
export const PLAIN_LAN = {
  driver: 'macvlan',
  parent: 'eth0',
  subnet: '192.168.1.0/24',
  gateway: '192.168.1.1',
  ip_range: '192.168.1.192/27',
  shim: true,
} as const;
