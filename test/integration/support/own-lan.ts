/** A macvlan network with a LAN of its own, 10.<third>.0.0/24, on eth0 unless told. */
export function ownLan(third: number, more: object = {}): object {
  return {
    driver: 'macvlan',
    parent: 'eth0',
    subnet: `10.${third}.0.0/24`,
    gateway: `10.${third}.0.1`,
    ip_range: `10.${third}.0.64/26`,
    ...more,
  };
}
