import { describe, expect, test } from 'vitest';
import type { LinkFact, RouteFact } from '../../../packages/core/src/links.js';
import type { LinkResource } from '../../../packages/core/src/model.js';
import { linkChange, linkReplacements } from '../../../packages/core/src/plan/compare-links.js';

const ALIAS = 'netctl:home/link:shim';
const ROUTE = { destination: '192.168.1.192/27', source: '192.168.1.223' };
const THERE: RouteFact = { ...ROUTE, table: 'main', link: 'shim', protocol: 'static' };

function shim(props: Partial<LinkResource['props']> = {}): LinkResource {
  return {
    type: 'link',
    role: 'shim',
    host: 'local',
    ref: 'link:shim',
    path: '',
    requires: [],
    why: '',
    props: {
      name: 'shim',
      kind: 'macvlan',
      parent: 'eth0',
      mode: 'bridge',
      addresses: ['192.168.1.223'],
      routes: [ROUTE],
      ...props,
    },
  };
}

function fact(change: Partial<LinkFact> = {}): LinkFact {
  return {
    name: 'shim',
    index: 7,
    kind: 'macvlan',
    parent: 'eth0',
    type: 'ether',
    mtu: 1500,
    up: true,
    mode: 'bridge',
    alias: ALIAS,
    group: 0x6e63,
    wireless: false,
    addresses: [{ address: '192.168.1.223', prefixLength: 32, scope: 'global' }],
    ...change,
  };
}

describe('what a link is made again for', () => {
  test.each<[string, Partial<LinkResource['props']>, Partial<LinkFact>, readonly string[]]>([
    ['nothing', {}, {}, []],
    ['kind', { kind: 'ipvlan' }, {}, ['kind']],
    ['parent', {}, { parent: 'eth1' }, ['parent']],
    ['mode', {}, { mode: 'vepa' }, ['mode']],
    ['flag', { kind: 'ipvlan', flag: 'private' }, { kind: 'ipvlan', flag: 'bridge' }, ['flag']],
    ['a flag that an old kernel does not tell', { kind: 'ipvlan', flag: 'bridge' }, { kind: 'ipvlan' }, []],
    ['MAC, which neighbours know, never', { mac: '02:00:00:00:00:01' }, { mac: '02:00:00:00:00:02' }, []],
    ['VLAN id', { kind: 'vlan', vlanId: 30 }, { kind: 'vlan', vlan: { id: 31, protocol: '802.1q' } }, ['vlan']],
    ['802.1ad', { kind: 'vlan', vlanId: 30 }, { kind: 'vlan', vlan: { id: 30, protocol: '802.1ad' } }, ['protocol']],
    ['802.1Q in capitals', { kind: 'vlan', vlanId: 30 }, { kind: 'vlan', vlan: { id: 30, protocol: '802.1Q' } }, []],
  ])('%s', (_what, props, have, fields) => {
    const { mode: _mode, ...rest } = shim(props).props;
    const want = props.kind === undefined ? shim(props) : { ...shim(), props: rest };
    expect(linkReplacements(want, fact(have)).map(({ field }) => field)).toEqual(fields);
  });
});

describe('what is changed in place', () => {
  const change = (want: LinkResource, have: LinkFact, routes: readonly RouteFact[] = [THERE]) =>
    linkChange(want, have, routes, ALIAS);

  test('nothing, when all is as wanted', () => expect(change(shim(), fact())).toBeUndefined());

  test('alias, MTU and up', () => {
    expect(change(shim({ mtu: 1400 }), fact({ alias: 'x', up: false }))).toEqual({ alias: ALIAS, mtu: 1400, up: true });
  });

  test('an address with the length of the LAN, and the routes that go with it', () => {
    const have = fact({ addresses: [{ address: '192.168.1.223', prefixLength: 24, scope: 'global' }] });
    expect(change(shim(), have)).toEqual({
      removeAddresses: ['192.168.1.223/24'],
      addAddresses: ['192.168.1.223'],
      addRoutes: [ROUTE],
    });
  });

  test('a route that is lost, has another source, or goes by a router', () => {
    const { source: _source, ...bare } = THERE;
    for (const routes of [[], [{ ...THERE, source: '192.168.1.10' }], [bare]]) {
      expect(change(shim(), fact(), routes)).toEqual({ addRoutes: [ROUTE] });
    }
    expect(change(shim(), fact(), [{ ...THERE, via: '192.168.1.1' }])).toEqual({
      addRoutes: [ROUTE],
      removeRoutes: [ROUTE.destination],
    });
  });

  test('a route of another table is somebody’s policy, neither wanted nor unwanted', () => {
    expect(change(shim(), fact(), [{ ...THERE, table: '100' }])).toEqual({ addRoutes: [ROUTE] });
    expect(change(shim(), fact(), [THERE, { ...THERE, table: '100', destination: '10.0.0.0/8' }])).toBeUndefined();
  });

  test('a route of another link is none of ours', () => {
    expect(change(shim(), fact(), [THERE, { ...THERE, link: 'eth0', destination: '10.0.0.0/8' }])).toBeUndefined();
  });

  test('what IPv6 gives a link by itself stays', () => {
    const linkLocal = { address: 'fe80::1', prefixLength: 64, scope: 'link' };
    const slaac = { address: '2001:db8::5', prefixLength: 64, scope: 'global' };
    const routes: RouteFact[] = [
      THERE,
      { destination: 'fe80::/64', table: 'main', link: 'shim', protocol: 'kernel' },
      { destination: '2001:db8::/64', table: 'main', link: 'shim', protocol: 'ra' },
    ];
    expect(change(shim(), fact({ addresses: [...fact().addresses, linkLocal, slaac] }), routes)).toBeUndefined();
  });

  test('a VLAN link keeps the addresses and routes that others gave it', () => {
    const want: LinkResource = { ...shim({ addresses: [], routes: [] }), role: 'vlan' };
    expect(change(want, fact())).toBeUndefined();
  });
});
