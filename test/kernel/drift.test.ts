import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DRIVER_OPTIONS } from '../../packages/core/src/spec/options.js';
import { covers } from '../support/table/covers.js';
import { driftsOf, shimCases, vlanCases } from '../integration/support/drift/link-cases.js';
import { lookAtLink } from '../integration/support/drift/look-at-link.js';
import {
  auxAddresses,
  different,
  type DriftNetwork,
  mutation,
  options,
  poolOf,
} from '../integration/support/drift/mutation.js';
import { optionNetworks } from '../integration/support/drift/option-cases.js';
import { type Rounds, runRounds } from '../integration/support/drift/rounds.js';
import { testEngine } from '../integration/support/engine.js';
import { engineVersion, isAtLeast } from '../integration/support/engine-client.js';
import { kernelLacks, lacking, type TestedKind } from '../integration/support/kernel.js';
import { linesOf, type OnHost } from '../integration/support/planned.js';
import { kernelAlone } from './support/kernel-alone.js';
import { type Netctl, openNetctl } from './support/netctl.js';

/*
 * What drift.test.ts and drift-links.test.ts do, for what not every kernel has: ipvlan, and VLAN links with macvlan and
 * ipvlan on them. Small, since the kernel that has it may be a slow one.
 */

let used = 0;
const base = (): { readonly subnet: string; readonly parent: string } => {
  used += 1;
  return { subnet: `10.110.${String(used)}.0/24`, parent: `eth${String(used)}` };
};
/** Engines refuse a second ipvlan network on one parent. */
const spares = ['spare0', 'spare1', 'spare2', 'spare3', 'spare4'] as const;
const [spare] = spares;

const onVlan = (driver: 'macvlan' | 'ipvlan', other: string): DriftNetwork => {
  const { subnet, parent } = base();
  return {
    key: `v-${driver}`,
    spec: { driver, parent, vlan: 7, subnet, gateway: subnet.replace('0/24', '1') },
    kinds: driver === 'macvlan' ? ['vlan'] : ['vlan', 'ipvlan'],
    shows: [[driver, 'vlan']],
    mutations: [different(options, 'parent', `${parent}-v7`, other)],
  };
};

const basics = (): DriftNetwork => {
  const { subnet, parent } = base();
  const at = (last: string): string => subnet.replace('0/24', last);
  const pool = { subnet, ip_range: at('64/26'), gateway: at('1'), aux_addresses: { nas: at('80') } };
  return {
    key: 'b-ipvlan',
    spec: { driver: 'ipvlan', parent, ipam: { config: [pool] }, labels: { team: 'web' } },
    kinds: ['ipvlan'],
    shows: [['ipvlan', 'basics']],
    mutations: [
      mutation('fewer', 'ip_range', (body) => delete poolOf(body).IPRange, { to: at('64/26') }),
      mutation('different', 'gateway', (body) => (poolOf(body).Gateway = at('2')), { from: at('2'), to: at('1') }),
      different(auxAddresses, 'nas', at('80'), at('81')),
      mutation('more', 'subnet', (body) => body.IPAM.Config.push({ Subnet: '10.111.0.0/24' }), {
        from: '10.111.0.0/24',
      }),
      mutation('fewer', 'labels.team', (body) => delete body.Labels['team'], { to: 'web' }),
      mutation('different', 'driver', (body) => (body.Driver = 'macvlan'), { from: 'macvlan', to: 'ipvlan' }),
    ],
  };
};

const networks: readonly DriftNetwork[] = [
  ...optionNetworks('ipvlan', base, () => spares[1]).map((one) => ({ ...one, kinds: ['ipvlan'] as const })),
  basics(),
  onVlan('macvlan', spares[2]),
  onVlan('ipvlan', spares[3]),
];

const shimParent = base().parent;
const shim = shimCases({
  name: 'door-shim',
  stack: 'kinds',
  kind: 'ipvlan',
  modes: ['l2', 'l3'],
  parent: shimParent,
  otherParent: spares[4],
  address: '10.112.0.223',
  otherAddress: '10.112.0.77',
  range: '10.112.0.192/27',
  otherRange: '10.112.0.64/27',
});
const doorNetwork = {
  driver: 'ipvlan',
  parent: shimParent,
  mode: 'l2',
  subnet: '10.112.0.0/24',
  gateway: '10.112.0.1',
  ip_range: '10.112.0.192/27',
  shim: true,
};
const trunkParent = base().parent;
const trunk = { parent: trunkParent, id: 50, mtu: 1400 };
const vlan = vlanCases({ name: 'trunk', stack: 'kinds', otherParent: spare, ...trunk });

let segment: Lan | undefined;
let host: Host;
let netctl: Netctl;
let version: string;
let spec: OnHost;
let lacks: readonly TestedKind[];
let rounds: Rounds;
const left: Record<string, readonly string[]> = {};

const lacked = (kinds: readonly TestedKind[] = []): readonly TestedKind[] =>
  kinds.filter((kind) => lacks.includes(kind));
const possible = ({ kinds, since = '0' }: DriftNetwork): boolean =>
  lacked(kinds).length === 0 && isAtLeast(version, since);

beforeAll(async () => {
  lacks = await kernelLacks(['ipvlan', 'vlan']);
  if (lacks.length === 2) return;
  segment = await startLan();
  const names = [...spares, ...Array.from({ length: used }, (_, index) => `eth${String(index + 1)}`)];
  const interfaces = names.map((name) => ({ name, ...(segment === undefined ? {} : { lan: segment }) }));
  host = await startHost({ interfaces, engine: testEngine() });
  netctl = await openNetctl(host);
  version = await engineVersion(host);
  const here = networks.filter(possible);
  spec = netctl.on({
    name: 'kinds',
    networks: {
      ...Object.fromEntries(here.map((one) => [one.key, one.spec])),
      ...(lacks.includes('ipvlan') ? {} : { door: doorNetwork }),
    },
    ...(lacks.includes('vlan') ? {} : { vlans: { trunk } }),
  });
  await spec.apply();
  left['applied'] = linesOf(await spec.plan());
  await host.restartEngine();
  left['restarted'] = linesOf(await spec.plan());
  const subjects = here.map((network) => ({
    network,
    name: network.key,
    mutations: network.mutations.filter(({ since = '0' }) => isAtLeast(version, since)),
  }));
  rounds = await runRounds(host, spec, subjects);
  await spec.apply();
  left['repaired'] = linesOf(await spec.plan());
}, 600_000);

afterAll(async () => {
  if (segment === undefined) return;
  await netctl[Symbol.asyncDispose]();
  await host.close();
  await segment.close();
});

test('every option of ipvlan has a case', () => {
  const labels = networks.flatMap(({ mutations }) => mutations.map(({ label }) => label));
  for (const key of Object.keys(DRIVER_OPTIONS.ipvlan)) {
    expect(labels.filter((label) => label.includes(` driver_opts.${key}`)).length, key).toBeGreaterThan(0);
  }
});

test('after the apply, a restart of the engine and the repair nothing is left to do', (ctx) => {
  if (lacks.length === 2) ctx.skip(lacking(lacks));
  expect(left).toEqual({ applied: [], restarted: [], repaired: [] });
});

test.for(networks)('what is changed by hand at $key is named', (network, ctx) => {
  const { key, kinds = [], since = '0', mutations, shows = [] } = network;
  if (lacked(kinds).length > 0) ctx.skip(lacking(lacked(kinds)));
  if (!isAtLeast(version, since)) ctx.skip(`it needs engine ${since}, and netctl refuses it here by name and version`);
  const outcomes = rounds.outcomes.filter((one) => one.key === key);
  expect(outcomes.length).toBe(mutations.filter((one) => isAtLeast(version, one.since ?? '0')).length);
  expect(outcomes.map(({ label, actual }) => [label, ...actual])).toEqual(
    outcomes.map(({ label, expected }) => [label, ...expected]),
  );
  for (const [driver, feature] of shows) covers(ctx, version, driver, feature as never);
});

test('what is not changed by hand is left alone', (ctx) => {
  if (lacks.length === 2) ctx.skip(lacking(lacks));
  expect(rounds.strays).toEqual([]);
});

if (kernelAlone) {
  describe('an ipvlan shim of which somebody made that', () => {
    test.for(driftsOf(shim))('$label', { timeout: 120_000 }, async (drift, ctx) => {
      if (lacks.includes('ipvlan')) ctx.skip(lacking(['ipvlan']));
      await lookAtLink({ host, spec, link: 'door-shim' }, drift);
    });
  });

  describe('a VLAN link of which somebody made that', () => {
    test.for(driftsOf(vlan))('$label', { timeout: 120_000 }, async (drift, ctx) => {
      if (lacks.includes('vlan')) ctx.skip(lacking(['vlan']));
      await lookAtLink({ host, spec, link: 'trunk' }, drift);
    });
  });
}
