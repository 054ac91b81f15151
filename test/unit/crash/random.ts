import fc from 'fast-check';
import { stringify } from 'yaml';
import { LINK_GROUP } from '../../../packages/core/src/links.js';
import { addLink, create } from '../../support/memory/index.js';
import type { World } from '../../support/memory/index.js';

/** Random stacks over random surroundings; they may well be in one another's way, which has to be found before a write. */

const bridge = (index: number): fc.Arbitrary<object> =>
  fc.oneof(
    fc.record({ subnet: fc.constant(`10.${index + 1}.0.0/24`), internal: fc.boolean() }),
    fc.record({ subnet: fc.constant('auto'), labels: fc.record({ tier: fc.constantFrom('a', 'b') }) }),
    fc.record({ driver: fc.constant('bridge') }),
    fc.record({ subnet: fc.constantFrom('10.1.0.0/24', '172.18.0.0/16'), name: fc.constant(`named-${index}`) }),
  );

const onParent = (index: number, driver: 'macvlan' | 'ipvlan', parents: readonly string[]): fc.Arbitrary<object> => {
  const base = `10.${index + 101}.0`;
  return fc
    .record(
      {
        parent: fc.constantFrom(...parents),
        vlan: fc.constantFrom(30, 31),
        range: fc.constantFrom('128/25', '64/26', '192/27'),
        shim: fc.constantFrom(true, false, { name: 'door' }),
        reserve: fc.constant({ nas: `${base}.200` }),
        labels: fc.constant({ a: '1' }),
      },
      { requiredKeys: ['parent', 'range'] },
    )
    .map(({ range, ...rest }) => ({
      driver,
      subnet: `${base}.0/24`,
      gateway: `${base}.1`,
      ip_range: `${base}.${range}`,
      ...rest,
    }));
};

const network = (index: number): fc.Arbitrary<object> =>
  fc.oneof(
    { weight: 3, arbitrary: bridge(index) },
    { weight: 3, arbitrary: onParent(index, 'macvlan', ['eth0', 'eth1', 'eth0.40', 'v50']) },
    { weight: 1, arbitrary: onParent(index, 'ipvlan', ['eth2', 'eth2.40']) },
  );

const vlan = fc.record({ parent: fc.constantFrom('eth0', 'eth1'), id: fc.constantFrom(50, 51) });

/** The text of a spec of the stack `home`; not always a valid one. */
export const spec: fc.Arbitrary<string> = fc
  .record({
    networks: fc
      .array(fc.boolean(), { minLength: 4, maxLength: 4 })
      .chain((wanted) =>
        fc.record(
          Object.fromEntries(wanted.flatMap((yes, index) => (yes ? [[`n${index}`, network(index)] as const] : []))),
        ),
      ),
    vlans: fc.record({ v50: vlan, v51: vlan }, { requiredKeys: [] }),
  })
  .map((value) => stringify({ name: 'home', ...value }));

export const engine = fc.constantFrom(
  { version: '20.10.24', apiVersion: '1.41' },
  { version: '26.1.5', apiVersion: '1.45' },
  { version: '28.5.2', apiVersion: '1.51' },
  { version: '29.1.0', apiVersion: '1.52' },
);

/** Things of others, put there before netctl comes. */
export interface Foreign {
  readonly name: string;
  readonly put: (world: World) => void;
}

const THINGS: readonly Foreign[] = [
  ...[0, 1].map((index): Foreign => ({
    name: `bridge named-${index}`,
    put: (world) => create(world, { Name: `named-${index}`, Driver: 'bridge' }),
  })),
  {
    name: 'bridge of another stack with our key',
    put: (world) =>
      create(world, {
        Name: 'theirs',
        Driver: 'bridge',
        Labels: { 'io.netctl.stack': 'other', 'io.netctl.ref': 'network:n0' },
        IPAM: { Config: [{ Subnet: '10.1.0.0/16' }] },
      }),
  },
  {
    name: 'macvlan network on eth1',
    put: (world) =>
      create(world, {
        Name: 'lan',
        Driver: 'macvlan',
        Options: { parent: 'eth1' },
        IPAM: { Config: [{ Subnet: '10.250.0.0/24' }] },
      }),
  },
  {
    name: 'network that made its own VLAN',
    put: (world) =>
      create(world, {
        Name: 'docked',
        Driver: 'macvlan',
        Options: { parent: 'eth0.40' },
        IPAM: { Config: [{ Subnet: '10.251.0.0/24' }] },
      }),
  },
  {
    name: 'VLAN 30 of another name',
    put: (world) =>
      addLink(world, { name: 'vlan30', kind: 'vlan', parent: 'eth0', vlan: { id: 30, protocol: '802.1q' } }),
  },
  {
    name: 'VLAN link as we would make it',
    put: (world) =>
      addLink(world, {
        name: 'eth1-v30',
        kind: 'vlan',
        parent: 'eth1',
        vlan: { id: 30, protocol: '802.1q' },
        group: 7,
      }),
  },
  {
    name: 'link of the name of a shim',
    put: (world) => addLink(world, { name: 'n1-shim', kind: 'dummy' }),
  },
  {
    name: 'shim of another stack',
    put: (world) =>
      addLink(world, {
        name: 'door',
        kind: 'macvlan',
        parent: 'eth0',
        mode: 'bridge',
        alias: 'netctl:other/link:door',
        group: LINK_GROUP,
      }),
  },
  {
    name: 'VPN',
    put: (world) => {
      addLink(world, { name: 'wg0', kind: 'wireguard', type: 'none' });
      world.routes.push({ destination: '10.2.0.0/16', table: '51820', link: 'wg0', protocol: 'static' });
      world.routes.push({ destination: '172.28.0.0/22', table: 'main', link: 'wg0', protocol: 'static' });
    },
  },
];

export const surroundings: fc.Arbitrary<readonly Foreign[]> = fc.subarray([...THINGS], { maxLength: 4 });
