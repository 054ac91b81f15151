/**
 * A spec of so many hosts, each with its own networks, of which every second one is on a VLAN of its own, and with its own
 * containers, each on one network.
 */
export function largeSpec(hosts: number, networks: number, containers: number): string {
  const names = Array.from({ length: hosts }, (_, at) => `node${String(at + 1).padStart(2, '0')}`);
  const base = (host: number, network: number): string => `10.${String(host + 1)}.${String(network)}`;
  const all = names.flatMap((name, host) =>
    Array.from({ length: networks }, (_, at) => {
      const subnet = base(host, at);
      const lan = `driver: macvlan, parent: eth0, vlan: ${String(at + 1)}, gateway: ${subnet}.1, `;
      return `  ${name}-net${String(at + 1)}: { ${at % 2 === 0 ? lan : ''}subnet: ${subnet}.0/24, ip_range: ${subnet}.128/25, hosts: { ${name}: {} } }\n`;
    }),
  );
  const guests = names.flatMap((name, host) =>
    Array.from({ length: containers }, (_, at) => {
      const network = at % networks;
      const address = `${base(host, network)}.${String(10 + Math.floor(at / networks))}`;
      return `  ${name}-service-${String(at + 1)}: { host: ${name}, networks: { ${name}-net${String(network + 1)}: { ipv4_address: ${address} } } }\n`;
    }),
  );
  const places = names.map((name) => `  ${name}: { docker: "ssh://root@${name}" }\n`);
  return `name: large\nnetworks:\n${all.join('')}containers:\n${guests.join('')}hosts:\n${places.join('')}`;
}
