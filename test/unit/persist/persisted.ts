import type { LinkFact, LinkFacts } from '../../../packages/core/src/links.js';
import { persistedLinks } from '../../../packages/core/src/persist/persisted-links.js';
import type { PersistedLinks } from '../../../packages/core/src/persist/persisted-links.js';
import { parseSpec } from '../../../packages/core/src/spec/load.js';

const link = (name: string, mac: string): LinkFact => ({
  name,
  index: mac.length,
  type: 'ether',
  mtu: 1500,
  up: true,
  mac,
  group: 0,
  wireless: false,
  addresses: [],
});

export const eth0 = link('eth0', '52:54:00:00:00:01');

/** A host with two cables. */
export const cables: LinkFacts = {
  links: [eth0, link('eth-1', '52:54:00:00:00:02')],
  routes: [],
  mayChange: true,
};

export function persisted(
  text: string,
  { host, facts = cables, env = {} }: { host?: string; facts?: LinkFacts; env?: Readonly<Record<string, string>> } = {},
): PersistedLinks {
  return persistedLinks(parseSpec({ bytes: text, file: 'spec.yaml', env }), facts, host);
}

/** A shim with both families, and one on a VLAN with a MTU, which is on a link with a dash. */
export const spec = `name: home
networks:
  lan:
    driver: macvlan
    parent: eth0
    enable_ipv6: true
    ipam:
      config:
        - { subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27 }
        - { subnet: "fd00::/64", ip_range: "fd00::c0/122" }
    shim: true
  iot:
    driver: ipvlan
    parent: eth-1
    vlan: 30
    mtu: 1400
    subnet: 192.168.30.0/24
    gateway: 192.168.30.1
    ip_range: 192.168.30.64/26
    shim: { address: 192.168.30.9, name: iot-door }
containers:
  printer: { networks: { iot: { ipv4_address: 192.168.30.180 } } }
`;
