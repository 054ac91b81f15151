import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { LINK_GROUP } from '../../../packages/core/src/links.js';
import type { LinkAddress, LinkFact, LinkFacts, RouteFact } from '../../../packages/core/src/links.js';
import { cables, eth0, persisted, spec } from './persisted.js';

const failureOf = (run: () => unknown): NetctlError => {
  try {
    run();
  } catch (error) {
    if (error instanceof NetctlError) return error;
    throw error;
  }
  throw new Error('it did not fail');
};
const lan = (more: string, top = ''): string =>
  `name: home\n${top}networks:\n  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, ${more} }\n`;

const route = (destination: string, via?: string): RouteFact => {
  return { destination, table: 'main', link: 'eth0', ...(via === undefined ? {} : { via }) };
};
const address = (text: string): LinkAddress => ({ address: text, prefixLength: 24, scope: 'global' });

describe('what is kept of a spec', () => {
  test('its links, the lowest first, and a spec of them alone', () => {
    const { stack, links, parents, spec: stored } = persisted(spec);
    expect([stack, parents]).toEqual(['home', ['eth-1', 'eth0']]);
    expect(links.map(({ alias }) => alias)).toEqual([
      'netctl:home/link:eth-1-v30',
      'netctl:home/link:iot-door',
      'netctl:home/link:lan-shim',
    ]);
    expect(stored).toBe(`name: home
networks:
  lan:
    driver: macvlan
    parent: eth0
    enable_ipv6: true
    ipam:
      config:
        - subnet: 192.168.1.0/24
          ip_range: 192.168.1.192/27
          gateway: 192.168.1.1
        - subnet: fd00::/64
          ip_range: fd00::c0/122
    shim: true
  iot:
    driver: ipvlan
    parent: eth-1-v30
    subnet: 192.168.30.0/24
    gateway: 192.168.30.1
    ip_range: 192.168.30.64/26
    shim:
      address: 192.168.30.9
      name: iot-door
vlans:
  eth-1-v30:
    parent: eth-1
    id: 30
    mtu: 1400
containers:
  address-1:
    networks:
      iot:
        ipv4_address: 192.168.30.180
`);
    // Again from what was stored.
    expect(persisted(stored)).toEqual(persisted(spec));
  });

  test('with its variables in place, and nothing that links do not follow from', () => {
    const text = lan('labels: { token: "${SECRET}" }, shim: { name: "${DOOR}" }', 'avoid: [10.0.0.0/8]\n');
    const { spec: stored } = persisted(text, { env: { SECRET: 'hunter2', DOOR: 'door' } });
    expect(stored).toContain('name: door');
    expect(stored).not.toMatch(/hunter2|DOOR|avoid|labels/);
  });

  test('the name of the stack, also of a Compose project', () => {
    const { stack, spec: stored } = persisted(`name: cams
services: { cam: { image: x, networks: { lan: { ipv4_address: 192.168.1.50 } } } }
networks:
  lan:
    external: true
    x-netctl: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }
`);
    expect(stack).toBe('cams');
    expect(stored).toMatch(/^name: cams$/m);
    expect(stored).toContain('ipv4_address: 192.168.1.50');
    expect(persisted(stored).links).toHaveLength(1);
  });

  test('of several hosts, those of one, with its own parent and slice', () => {
    const text = `name: home
hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" } }
networks:
  lan:
    driver: macvlan
    parent: eth0
    subnet: 192.168.1.0/24
    gateway: 192.168.1.1
    ip_range: 192.168.1.192/26
    split: 28
    shim: true
    hosts: { a: , b: { parent: eth-1 } }
`;
    const { parents, links, spec: stored } = persisted(text, { host: 'b' });
    expect(parents).toEqual(['eth-1']);
    expect(links[0]?.props.addresses).toEqual(['192.168.1.223']);
    expect(stored).not.toContain('hosts');
    expect(failureOf(() => persisted(text))).toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('--on a') as unknown,
    });
    expect(failureOf(() => persisted(text, { host: 'c' }))).toMatchObject({ code: 'USAGE' });
  });

  test('the configuration that a host has of a network of a whole swarm', () => {
    const text = lan(
      'scope: swarm, attachable: true, shim: true',
      'hosts: { a: { docker: "unix:///a" } }\nswarm: { managers: [a] }\n',
    );
    const { links, spec: stored } = persisted(text);
    expect(links.map(({ props }) => props.name)).toEqual(['lan-shim']);
    expect(persisted(stored).links).toEqual(links);
  });

  test('of every example with links that this host could have', () => {
    const folder = join(import.meta.dirname, '../../../examples');
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    const kept = files.flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const mac = '52:54:00:00:00:01';
      const names = ['eth0', 'eth1', 'enp3s0', 'bond0'];
      const links = names.map((one): LinkFact => ({ ...eth0, name: one, mac }));
      const hosts = [...text.matchAll(/^ {2}(node\d+):/gm)].map(([, host]) => host).slice(0, 1);
      try {
        const how = { facts: { ...cables, links }, ...(hosts[0] === undefined ? {} : { host: hosts[0] }) };
        return persisted(text, how).links.length > 0 ? [name] : [];
      } catch (error) {
        if (error instanceof NetctlError && /asks for no VLAN link|has no host/.test(error.message)) return [];
        throw error;
      }
    });
    expect(kept).toEqual(expect.arrayContaining(['home-lan.yaml', 'vlan-trunk.yaml', 'several-hosts.yaml']));
  });
});

describe('what is refused', () => {
  test('a spec that asks for no link', () => {
    const { code, message } = failureOf(() => persisted(lan('')));
    expect([code, message]).toEqual([
      'REFUSED',
      'The spec of home asks for no VLAN link and no shim: nothing would be lost',
    ]);
  });

  test('a parent that is not there, with its place', () => {
    const { problems } = failureOf(() => persisted(lan('shim: true').replace('eth0', 'eno9')));
    expect(problems).toMatchObject([{ code: 'PARENT_MISSING', path: 'networks.lan.shim', line: 3 }]);
  });

  test('a VLAN that has another name on this host', () => {
    const twin = {
      ...eth0,
      name: 'v30',
      kind: 'vlan',
      parent: 'eth0',
      vlan: { id: 30, protocol: '802.1q' },
    };
    const facts = { ...cables, links: [...cables.links, twin] };
    const { problems } = failureOf(() => persisted(lan('vlan: 30'), { facts }));
    expect(problems.map(({ code }) => code)).toEqual(['VLAN_ID_TAKEN']);
  });

  test.each<[code: string, more: Partial<LinkFacts>]>([
    ['SHIM_COVERS_GATEWAY', { routes: [route('192.168.1.0/24'), route('default', '192.168.1.200')] }],
    ['SHIM_ROUTE_TAKEN', { routes: [route('192.168.1.0/24'), { ...route('192.168.1.192/28'), link: 'eth-1' }] }],
    ['SHIM_ADDRESS_TAKEN', { links: [{ ...eth0, addresses: [address('192.168.1.223')] }] }],
    ['LINK_TAKEN', { links: [eth0, { ...eth0, name: 'lan-shim', kind: 'macvlan', parent: 'eth0' }] }],
  ])('what an apply refuses, since it would cut the host off at the next boot: %s', (code, more) => {
    const failure = failureOf(() => persisted(lan('shim: true'), { facts: { ...cables, ...more } }));
    expect(failure.message).toBe('Nothing was written: these links cannot be made');
    expect(failure.problems).toMatchObject([{ code, path: 'networks.lan.shim', line: 3 }]);
  });

  test('but not what is so only now: a parent that is down, a link in the way of a change, no right to change links', () => {
    const old = { ...eth0, name: 'eth0-v30', kind: 'vlan', parent: 'eth0', vlan: { id: 31, protocol: '802.1q' } };
    const ours = { ...old, alias: 'netctl:home/link:eth0-v30', group: LINK_GROUP };
    const facts = { ...cables, links: [{ ...eth0, up: false }, ours], mayChange: false };
    expect(persisted(lan('vlan: 30'), { facts }).links).toHaveLength(1);
  });

  test('nothing is kept of a link that somebody else makes', () => {
    const theirs = {
      ...eth0,
      name: 'eth0.40',
      kind: 'vlan',
      parent: 'eth0',
      vlan: { id: 40, protocol: '802.1q' },
    };
    const facts = { ...cables, links: [...cables.links, theirs] };
    const { links, parents, spec: stored } = persisted(lan('shim: true').replace('eth0', 'eth0.40'), { facts });
    expect([links.length, parents]).toEqual([1, ['eth0.40']]);
    expect(stored).not.toContain('vlans');
  });
});
