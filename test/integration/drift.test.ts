import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DRIVER_OPTIONS } from '../../packages/core/src/spec/options.js';
import { NETWORK_KEYS } from '../../packages/core/src/spec/network-schema.js';
import { covers } from '../support/table/covers.js';
import {
  fieldCases,
  type FieldCases,
  ipamCases,
  ipamConfigCases,
  nextParent,
  nextSubnet,
  parentsUsed,
} from './support/drift/field-cases.js';
import type { DriftNetwork, Mutation, Shown } from './support/drift/mutation.js';
import { optionNetworks, untoldOf } from './support/drift/option-cases.js';
import { type Rounds, runRounds } from './support/drift/rounds.js';
import { testEngine } from './support/engine.js';
import { askEngine, engineVersion, isAtLeast, makeForeignNetwork, networkNames } from './support/engine-client.js';
import {
  type Desk,
  documentOf,
  type FailureDocument,
  openDesk,
  type PlanDocument,
  reportOf,
} from './support/netctl.js';
import { byCommand, planned } from './support/planned.js';
import { until } from './support/until.js';

const networksOf = (cases: Readonly<Record<string, FieldCases>>): readonly DriftNetwork[] =>
  Object.values(cases).flatMap((one) => (typeof one === 'string' ? [] : one));

const onBridge = (): Readonly<Record<string, unknown>> => ({ subnet: `${nextSubnet()}.0/24` });
const onLan = (): Readonly<Record<string, unknown>> => ({ ...onBridge(), parent: nextParent() });
const networks: readonly DriftNetwork[] = [
  ...networksOf(fieldCases),
  ...networksOf(ipamCases),
  ...networksOf(ipamConfigCases),
  ...optionNetworks('bridge', onBridge, nextParent),
  ...optionNetworks('macvlan', onLan, nextParent),
  ...optionNetworks('overlay', onBridge, nextParent),
];

let segment: Lan;
let host: Host;
let desk: Desk;
let version: string;
let spec: string;
let rounds: Rounds;
/** Steps that were left after the apply, after a restart of the engine, and after what was done by hand was repaired. */
const left: Record<'applied' | 'restarted' | 'repaired', readonly string[]> = {
  applied: ['not asked'],
  restarted: ['not asked'],
  repaired: ['not asked'],
};

const hasIt = ({ since = '0', until: end = '999' }: Pick<Mutation, 'since' | 'until'>): boolean =>
  isAtLeast(version, since) && !isAtLeast(version, end);

const nameOf = ({ key, spec: one }: DriftNetwork): string => (one as { name?: string }).name ?? key;

beforeAll(async () => {
  segment = await startLan({ addresses: ['192.168.1.1/24'] });
  host = await startHost({
    interfaces: [
      { name: 'eth0', lan: segment, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1', mtu: 1480 },
      ...Array.from({ length: parentsUsed() }, (_, index) => ({ name: `eth${String(index + 1)}`, lan: segment })),
    ],
    engine: testEngine(),
  });
  desk = await openDesk(host);
  version = await engineVersion(host);
  await host.initSwarm('192.168.1.10');
  await makeForeignNetwork(host, 'f-external', { IPAM: { Config: [{ Subnet: '10.200.251.0/24' }] } });
  // The swarm brings one, and has room for one; its removal goes on after the answer.
  await askEngine(host, 'DELETE', '/networks/ingress');
  await until('the ingress network goes', async () => !(await networkNames(host)).includes('ingress'));

  const here = networks.filter(hasIt);
  spec = await desk.write('drift.yaml', {
    name: 'drift',
    networks: Object.fromEntries(here.map(({ key, spec: one }) => [key, one])),
  });
  const applied = await desk.netctl(['apply', spec]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  left.applied = await planned(desk, spec);
  await host.restartEngine();
  await until('the swarm is back', async () => {
    const { Swarm } = await askEngine<{ Swarm: { ControlAvailable: boolean } }>(host, 'GET', '/info');
    return Swarm.ControlAvailable && (await networkNames(host)).includes('f-ingress');
  });
  left.restarted = await planned(desk, spec);
  const subjects = here.map((network) => ({
    network,
    name: nameOf(network),
    mutations: network.mutations.filter(hasIt),
  }));
  rounds = await runRounds(host, byCommand(desk, spec), subjects);
  const repaired = await desk.netctl(['apply', spec, '--yes', '--json']);
  expect(repaired.exitCode, JSON.stringify(reportOf(repaired).error)).toBe(0);
  left.repaired = await planned(desk, spec);
}, 300_000);

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await segment.close();
});

describe('the cases are all', () => {
  test('every key of a network in the schema has networks, or says why not', () => {
    expect(Object.keys(fieldCases).sort()).toEqual([...NETWORK_KEYS].sort());
  });

  test.each(['bridge', 'macvlan', 'overlay'] as const)('every option of %s is changed, removed and added', (driver) => {
    const labels = optionNetworks(driver, onBridge, () => 'eth0').flatMap(({ mutations }) =>
      mutations.map(({ label }) => label),
    );
    for (const key of Object.keys(DRIVER_OPTIONS[driver])) {
      const kinds = ['fewer', 'different', 'more'].filter((kind) =>
        labels.some((label) => label.startsWith(`${kind} driver_opts.${key}`)),
      );
      const told = untoldOf(driver)[key] === undefined ? ['more'] : [];
      expect(kinds.length, `${key}: ${kinds.join()}`).toBeGreaterThan(told.length);
      expect(kinds).toEqual(expect.arrayContaining(told));
    }
  });

  test('no two networks have one key', () => {
    expect(new Set(networks.map(({ key }) => key)).size).toBe(networks.length);
  });
});

test('after the apply nothing is left to do', () => {
  expect(left.applied).toEqual([]);
});

test('after a restart of the engine nothing is left to do', (ctx) => {
  expect(left.restarted).toEqual([]);
  covers(ctx, version, 'any', 'restart');
});

test.for(networks.filter(({ mutations }) => mutations.length > 0))(
  'what is changed by hand at $key is named',
  (network, ctx) => {
    const { key, mutations, since = '0', shows = [] } = network;
    if (!hasIt(network)) ctx.skip(`it needs engine ${since}, and netctl refuses it here by name and version`);
    const outcomes = new Map(rounds.outcomes.filter((one) => one.key === key).map((one) => [one.label, one]));
    const labels = mutations.filter(hasIt).map(({ label }) => label);
    if (labels.length === 0) ctx.skip(`on engine ${version} it cannot be changed by hand`);
    expect([...outcomes.keys()].sort()).toEqual([...labels].sort());
    expect(labels.map((label) => [label, ...(outcomes.get(label)?.actual ?? [])])).toEqual(
      labels.map((label) => [label, ...(outcomes.get(label)?.expected ?? [])]),
    );
    for (const [driver, feature, first = '0'] of shows) {
      if (isAtLeast(version, first)) covers(ctx, version, driver, feature as never);
    }
  },
);

test('what is not changed by hand is left alone, and each change is named alone', (ctx) => {
  expect(rounds.strays).toEqual([]);
  expect(rounds.outcomes.filter(({ actual, expected }) => actual.join() !== expected.join())).toEqual([]);
  expect(rounds.outcomes.length).toBeGreaterThan(100);
  covers(ctx, version, 'any', 'drift');
});

test('after the repair nothing is left to do', () => {
  expect(left.repaired).toEqual([]);
});

describe('what cannot be had here is refused', () => {
  interface Refusal {
    readonly what: string;
    readonly shown: readonly Shown[];
    readonly network: object;
    /** The first engine that has it. */
    readonly since?: string;
    readonly code: string;
    readonly exit: number;
  }
  const tooOld = { code: 'ENGINE_TOO_OLD', exit: 3 };
  const gatewayMode = 'com.docker.network.bridge.gateway_mode_ipv4';
  const refusals: readonly Refusal[] = [
    {
      what: 'IPv6 with a subnet that the engine chooses',
      shown: [['bridge', 'ipv6-auto']],
      network: { enable_ipv6: true },
      since: '27.0',
      ...tooOld,
    },
    {
      what: 'a network without IPv4',
      shown: [['bridge', 'no-ipv4']],
      network: { enable_ipv4: false, enable_ipv6: true, subnet: 'fd99::/64' },
      since: '28.0',
      ...tooOld,
    },
    {
      what: 'the gateway mode routed',
      shown: [['bridge', 'gateway-mode']],
      network: { subnet: '10.101.1.0/24', driver_opts: { [gatewayMode]: 'routed' } },
      since: '27.0',
      ...tooOld,
    },
    {
      what: 'the gateway mode isolated',
      shown: [['bridge', 'gateway-mode-28']],
      network: { subnet: '10.101.2.0/24', internal: true, driver_opts: { [gatewayMode]: 'isolated' } },
      since: '28.0',
      ...tooOld,
    },
    {
      what: 'IPv6 on an overlay',
      shown: [['overlay', 'ipv6']],
      network: { driver: 'overlay', enable_ipv6: true, subnet: 'fd98::/64' },
      code: 'OVERLAY_IPV6',
      exit: 65,
    },
    {
      what: 'reserved addresses on an overlay',
      shown: [['overlay', 'aux']],
      network: {
        driver: 'overlay',
        ipam: { config: [{ subnet: '10.101.3.0/24', aux_addresses: { nas: '10.101.3.9' } }] },
      },
      code: 'SWARM_DROPS_AUX',
      exit: 65,
    },
  ];

  test.for(refusals)('$what', async ({ since, network, code, exit, shown }, ctx) => {
    if (since !== undefined && isAtLeast(version, since)) ctx.skip(`engine ${version} has it`);
    const path = await desk.write('refused.yaml', { name: 'refused', networks: { n: network } });
    const refused = await desk.netctl(['plan', path, '--json']);
    expect(refused.exitCode).toBe(exit);
    const document = documentOf<Partial<PlanDocument> & Partial<FailureDocument>>(refused);
    const problems = document.problems ?? document.error?.problems ?? [];
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(errors.map((one) => one.code)).toEqual([code]);
    const [{ message } = { message: '' }] = errors;
    if (since !== undefined) {
      // A mode of 28.0 is refused together with its option, which is of 27.0.
      expect(message).toMatch(/ needs engine 2[78]\.0, this one is /);
      expect(message).toContain(version);
    }
    for (const [driver, feature] of shown) covers(ctx, version, driver, feature as never, { refused: message });
  });
});
