import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DRIVER_OPTIONS } from '../../packages/core/src/spec/options.js';
import type { BuiltinDriver } from '../../packages/core/src/spec/options.js';
import { NETWORK_KEYS } from '../../packages/core/src/spec/network-schema.js';
import { testEngine } from './support/engine.js';
import {
  askEngine,
  engineVersion,
  inspectNetwork,
  isAtLeast,
  makeForeignNetwork,
  networkNames,
} from './support/engine-client.js';
import { kernelLacks, lacking, type TestedKind } from './support/kernel.js';
import { type Desk, documentOf, openDesk, type PlanDocument } from './support/netctl.js';
import { valuesOf } from './support/option-values.js';
import { until } from './support/until.js';

/** One key of the spec, in networks that use it, and how the engine's inspect of one of them shows it. */
interface Field {
  readonly networks: Readonly<Record<string, object>>;
  /** The real name of the network to look at; the first key unless told. */
  readonly look?: string;
  readonly shows: object;
  /** The first engine that has it. Before, it is refused by name. */
  readonly since?: string;
  readonly kinds?: readonly TestedKind[];
}

const MTU = 'com.docker.network.driver.mtu';

/** On engine 20.10 each macvlan network needs a parent of its own. */
const lan = (number: number, more: object): object => ({
  driver: 'macvlan',
  parent: `eth${String(number)}`,
  subnet: `10.90.${String(number)}.0/24`,
  gateway: `10.90.${String(number)}.1`,
  ...more,
});

const fields: Readonly<Record<string, readonly Field[]>> = {
  name: [{ networks: { 'f-key': { name: 'f-name' } }, look: 'f-name', shows: { Name: 'f-name' } }],
  driver: [
    { networks: { 'f-default': null as never }, shows: { Driver: 'bridge', Scope: 'local' } },
    { networks: { 'f-macvlan': lan(1, {}) }, shows: { Driver: 'macvlan', Scope: 'local' } },
    { networks: { 'f-overlay': { driver: 'overlay' } }, shows: { Driver: 'overlay', Scope: 'swarm' } },
  ],
  driver_opts: [
    {
      networks: { 'f-opts': { driver_opts: { 'com.docker.network.bridge.enable_icc': 'false', [MTU]: 1300 } } },
      shows: { Options: { 'com.docker.network.bridge.enable_icc': 'false', [MTU]: '1300' } },
    },
  ],
  attachable: [{ networks: { 'f-attach': { driver: 'overlay', attachable: true } }, shows: { Attachable: true } }],
  enable_ipv4: [
    {
      networks: { 'f-six': { enable_ipv4: false, enable_ipv6: true, subnet: 'fd90::/64' } },
      shows: { EnableIPv4: false, EnableIPv6: true },
      since: '28.0',
    },
  ],
  enable_ipv6: [
    {
      networks: {
        'f-dual': {
          enable_ipv6: true,
          ipam: { config: [{ subnet: '10.91.1.0/24' }, { subnet: 'fd91::/64', gateway: 'fd91::1' }] },
        },
      },
      shows: { EnableIPv6: true, IPAM: { Config: [{ Subnet: '10.91.1.0/24' }, { Subnet: 'fd91::/64' }] } },
    },
    {
      networks: { 'f-ula': { enable_ipv6: true } },
      shows: { EnableIPv6: true, IPAM: { Config: [{}, { Subnet: expect.stringMatching(/^fd/) as string }] } },
      since: '27.0',
    },
  ],
  external: [
    {
      networks: { 'f-ext': { external: true, name: 'f-foreign' } },
      look: 'f-foreign',
      shows: { Labels: { foreign: 'yes' } },
    },
  ],
  internal: [{ networks: { 'f-internal': { internal: true } }, shows: { Internal: true } }],
  ipam: [
    {
      networks: {
        'f-ipam': {
          ipam: {
            driver: 'default',
            options: { colour: 'blue' },
            config: [
              {
                subnet: '10.91.2.0/24',
                ip_range: '10.91.2.128/25',
                gateway: '10.91.2.254',
                aux_addresses: { printer: '10.91.2.200', camera: '10.91.2.20' },
              },
            ],
          },
        },
      },
      shows: {
        IPAM: {
          Driver: 'default',
          Options: { colour: 'blue' },
          Config: [
            {
              Subnet: '10.91.2.0/24',
              IPRange: '10.91.2.128/25',
              Gateway: '10.91.2.254',
              AuxiliaryAddresses: { printer: '10.91.2.200', camera: '10.91.2.20' },
            },
          ],
        },
      },
    },
    {
      networks: {
        'f-pools': {
          driver: 'macvlan',
          parent: 'eth2',
          ipam: { config: [{ subnet: '10.90.2.0/25', gateway: '10.90.2.1' }, { subnet: '10.90.2.128/25' }] },
        },
      },
      shows: { IPAM: { Config: [{ Subnet: '10.90.2.0/25', Gateway: '10.90.2.1' }, { Subnet: '10.90.2.128/25' }] } },
    },
  ],
  labels: [
    {
      networks: { 'f-label-map': { labels: { team: 'web', size: 3, on: true, empty: null } } },
      shows: { Labels: { team: 'web', size: '3', on: 'true', empty: '' } },
    },
    {
      networks: { 'f-label-list': { labels: ['team=web', 'rule=a=b', 'empty'] } },
      shows: { Labels: { team: 'web', rule: 'a=b', empty: '' } },
    },
  ],
  parent: [{ networks: { 'f-parent': lan(3, {}) }, shows: { Options: { parent: 'eth3' } } }],
  mode: [
    { networks: { 'f-private': lan(4, { mode: 'private' }) }, shows: { Options: { macvlan_mode: 'private' } } },
    {
      networks: { 'f-l3': { driver: 'ipvlan', parent: 'eth5', mode: 'l3', subnet: '10.90.5.0/24' } },
      shows: { Driver: 'ipvlan', Options: { parent: 'eth5', ipvlan_mode: 'l3' } },
      kinds: ['ipvlan'],
    },
  ],
  vlan: [
    { networks: { 'f-vlan': lan(5, { vlan: 7 }) }, shows: { Options: { parent: 'eth5-v7' } }, kinds: ['vlan'] },
    {
      networks: { 'f-dotted': lan(6, { parent: 'eth6.8' }) },
      shows: { Options: { parent: 'eth6.8' } },
      kinds: ['vlan'],
    },
  ],
  subnet: [
    { networks: { 'f-subnet': { subnet: '10.91.3.0/24' } }, shows: { IPAM: { Config: [{ Subnet: '10.91.3.0/24' }] } } },
    {
      networks: { 'f-auto': { subnet: 'auto' } },
      // The first pool that netctl looks in, which Docker itself reaches last.
      shows: { IPAM: { Config: [{ Subnet: '172.28.0.0/24' }] } },
    },
  ],
  gateway: [
    {
      networks: { 'f-gateway': { subnet: '10.91.4.0/24', gateway: '10.91.4.77' } },
      shows: { IPAM: { Config: [{ Gateway: '10.91.4.77' }] } },
    },
  ],
  ip_range: [
    {
      networks: { 'f-range': { subnet: '10.91.5.0/24', ip_range: '10.91.5.64/26' } },
      shows: { IPAM: { Config: [{ Subnet: '10.91.5.0/24', IPRange: '10.91.5.64/26' }] } },
    },
    {
      networks: { 'f-range-block': { subnet: '10.91.6.0/24', ip_range: '10.91.6.64-10.91.6.127' } },
      shows: { IPAM: { Config: [{ Subnet: '10.91.6.0/24', IPRange: '10.91.6.64/26' }] } },
    },
    {
      networks: { 'f-range-blocks': lan(7, { ip_range: '10.90.7.64-10.90.7.111' }) },
      shows: {
        IPAM: {
          Config: [
            { Subnet: '10.90.7.0/24', IPRange: '10.90.7.64/27', Gateway: '10.90.7.1' },
            { Subnet: '10.90.7.0/24', IPRange: '10.90.7.96/28' },
          ],
        },
      },
    },
  ],
  reserve: [
    {
      networks: {
        'f-reserve': lan(8, {
          ip_range: '10.90.8.64/27',
          reserve: { printer: '10.90.8.70', phones: '10.90.8.90-10.90.8.99', router: '10.90.8.1' },
        }),
      },
      shows: {
        IPAM: {
          Config: [
            {
              // Those outside the range are not Docker's to hand out, and need no reservation.
              AuxiliaryAddresses: {
                printer: '10.90.8.70',
                'phones-1': '10.90.8.90',
                'phones-2': '10.90.8.91',
                'phones-3': '10.90.8.92',
                'phones-4': '10.90.8.93',
                'phones-5': '10.90.8.94',
                'phones-6': '10.90.8.95',
              },
            },
          ],
        },
      },
    },
  ],
  shim: [
    {
      networks: { 'f-shim': lan(9, { ip_range: '10.90.9.64/27', shim: true }) },
      shows: { IPAM: { Config: [{ AuxiliaryAddresses: { 'netctl-shim': '10.90.9.95' } }] } },
    },
    {
      networks: {
        'f-shim-given': lan(10, { ip_range: '10.90.10.64/27', shim: { address: '10.90.10.80', name: 'f-door' } }),
      },
      shows: { IPAM: { Config: [{ AuxiliaryAddresses: { 'netctl-shim': '10.90.10.80' } }] } },
    },
  ],
  // It asks nothing of the engine: `verify` proves it.
  isolated_from: [
    { networks: { 'f-isolated': { isolated_from: ['f-internal'] } }, shows: { Name: 'f-isolated', Internal: false } },
  ],
  // Of several hosts: what each engine gets of them is the rest of these.
  split: [],
  hosts: [],
  encrypted: [
    { networks: { 'f-secret': { driver: 'overlay', encrypted: true } }, shows: { Options: { encrypted: '' } } },
  ],
  mtu: [
    { networks: { 'f-mtu': { mtu: 1400 } }, shows: { Options: { [MTU]: '1400' } } },
    // The engine's option is the MTU of the network below, from which it takes what VXLAN and ESP need.
    { networks: { 'f-mtu-over': { driver: 'overlay', mtu: 1400 } }, shows: { Options: { [MTU]: '1450' } } },
    {
      networks: { 'f-mtu-secret': { driver: 'overlay', mtu: 1400, encrypted: true } },
      shows: { Options: { [MTU]: '1476', encrypted: '' } },
    },
    { networks: { 'f-mtu-auto': { driver: 'overlay', mtu: 'auto' } }, shows: { Options: { [MTU]: '1480' } } },
    { networks: { 'f-mtu-bridge': { mtu: 'auto' } }, shows: { Options: { [MTU]: '1480' } } },
  ],
  config_only: [
    {
      networks: { 'f-config': lan(11, { config_only: true, ip_range: '10.90.11.64/27', labels: { a: 'b' } }) },
      shows: {
        ConfigOnly: true,
        Driver: 'null',
        Options: { parent: 'eth11' },
        Labels: { a: 'b' },
        IPAM: { Config: [{ Subnet: '10.90.11.0/24', IPRange: '10.90.11.64/27' }] },
      },
    },
  ],
  config_from: [
    {
      networks: { 'f-from': { driver: 'macvlan', config_from: 'f-config' } },
      shows: {
        ConfigFrom: { Network: 'f-config' },
        Driver: 'macvlan',
        Options: { parent: 'eth11' },
        IPAM: { Config: [{ Subnet: '10.90.11.0/24', IPRange: '10.90.11.64/27' }] },
      },
    },
  ],
  scope: [
    { networks: { 'f-local': { scope: 'local' } }, shows: { Scope: 'local' } },
    {
      networks: {
        'f-swarm-lan': { driver: 'macvlan', scope: 'swarm', attachable: true, config_from: 'f-swarm-config' },
        'f-swarm-config': lan(12, { config_only: true }),
      },
      shows: { Scope: 'swarm', Driver: 'macvlan', Attachable: true, ConfigFrom: { Network: 'f-swarm-config' } },
    },
  ],
  ingress: [
    {
      networks: { 'f-ingress': { driver: 'overlay', ingress: true, subnet: '10.92.1.0/24' } },
      shows: { Ingress: true, IPAM: { Config: [{ Subnet: '10.92.1.0/24' }] } },
    },
  ],
};

const drivers = ['bridge', 'macvlan', 'ipvlan', 'overlay'] as const satisfies readonly BuiltinDriver[];
type Driver = (typeof drivers)[number];
const optionParents: Readonly<Partial<Record<Driver, string>>> = { macvlan: 'eth13', ipvlan: 'eth14' };

/** A value for every option of the driver, other than its default. Those that the engine lacks are refused by name. */
function optionValues(driver: Driver): Readonly<Record<string, string>> {
  const keys = Object.keys(DRIVER_OPTIONS[driver]);
  const values = keys.map((key): [string, string] => [key, valuesOf(driver, key)[0]?.value ?? '']);
  const parent = optionParents[driver];
  return { ...Object.fromEntries(values), ...(parent === undefined ? {} : { parent }) };
}

const optionSubnets: Readonly<Record<Driver, string>> = {
  bridge: '10.93.1.0/24',
  macvlan: '10.93.2.0/24',
  ipvlan: '10.93.3.0/24',
  overlay: '10.93.4.0/24',
};
/** What decides an engine's answer about an option that it has, and takes the option out of what inspect shows. */
const requestFieldWins = ['com.docker.network.enable_ipv4', 'com.docker.network.enable_ipv6'];

let segment: Lan;
let host: Host;
let desk: Desk;
let version: string;
let lackedKinds: readonly TestedKind[];

/** The driver's options that this engine has, and those that it has not. */
function optionsHere(driver: Driver, supported: boolean): Record<string, string> {
  const known = DRIVER_OPTIONS[driver];
  return Object.fromEntries(
    Object.entries(optionValues(driver)).filter(([key]) => isAtLeast(version, known[key]?.since ?? '0') === supported),
  );
}

const isPossible = ({ since, kinds = [] }: Field): boolean =>
  isAtLeast(version, since ?? '0') && !kinds.some((kind) => lackedKinds.includes(kind));

beforeAll(async () => {
  segment = await startLan({ addresses: ['192.168.1.1/24'] });
  host = await startHost({
    interfaces: [
      { name: 'eth0', lan: segment, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1', mtu: 1480 },
      ...Array.from({ length: 14 }, (_, index) => ({ name: `eth${String(index + 1)}`, lan: segment })),
    ],
    engine: testEngine(),
  });
  desk = await openDesk(host);
  version = await engineVersion(host);
  lackedKinds = await kernelLacks(['ipvlan', 'vlan', 'macvlan', 'vxlan']);
  await host.initSwarm('192.168.1.10');
  await makeForeignNetwork(host, 'f-foreign', { Labels: { foreign: 'yes' } });
  // The swarm brings one, and has room for one; its removal goes on after the answer.
  await askEngine(host, 'DELETE', '/networks/ingress');
  await until('the ingress network goes', async () => !(await networkNames(host)).includes('ingress'));

  const possible = Object.values(fields).flat().filter(isPossible);
  const options = drivers
    .filter((driver) => driver === 'bridge' || driver === 'overlay' || !lackedKinds.includes(driver))
    .map((driver) => [
      `o-${driver}`,
      { driver, driver_opts: optionsHere(driver, true), ipam: { config: [{ subnet: optionSubnets[driver] }] } },
    ]);
  const spec = await desk.write('fields.yaml', {
    name: 'fields',
    networks: Object.assign({}, ...possible.map(({ networks }) => networks), Object.fromEntries(options)) as object,
  });
  const applied = await desk.netctl(['apply', spec]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  const second = await desk.netctl(['plan', spec, '--json']);
  expect(documentOf<PlanDocument>(second).steps).toEqual([]);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await segment.close();
});

test('every key of a network in the schema is in the table', () => {
  expect(Object.keys(fields).sort()).toEqual([...NETWORK_KEYS].sort());
});

const cases = Object.entries(fields).flatMap(([key, list]) =>
  list.map((field) => ({ key, network: field.look ?? Object.keys(field.networks)[0] ?? '', field })),
);

test.each(cases)('$key is in the inspect of $network, or is refused by name', async ({ network, field }) => {
  if (isPossible(field)) {
    expect(await inspectNetwork(host, network)).toMatchObject(field.shows);
    return;
  }
  const spec = await desk.write('refused.yaml', { name: 'refused', networks: field.networks });
  const refused = await desk.netctl(['plan', spec, '--json']);
  expect(refused.exitCode).toBe(3);
  const errors = documentOf<PlanDocument>(refused).problems.filter(({ severity }) => severity === 'error');
  expect(errors).toMatchObject([
    field.since !== undefined && !isAtLeast(version, field.since)
      ? {
          code: 'ENGINE_TOO_OLD',
          message: expect.stringContaining(`needs engine ${field.since}, this one is ${version}`) as string,
        }
      : { code: 'KERNEL_LACKS', message: expect.stringContaining(` ${field.kinds?.[0] ?? ''} links`) as string },
  ]);
});

describe.each(drivers)('the options of the driver %s', (driver) => {
  test('that the engine has are in its inspect', async (ctx) => {
    if (driver !== 'bridge' && driver !== 'overlay' && lackedKinds.includes(driver)) ctx.skip(lacking([driver]));
    const { Options } = await inspectNetwork(host, `o-${driver}`);
    const wanted = Object.entries(optionsHere(driver, true)).filter(([key]) => !requestFieldWins.includes(key));
    expect(wanted.length).toBeGreaterThan(0);
    expect(Options).toMatchObject(Object.fromEntries(wanted));
  });

  test('that it lacks are refused by name and version', async (ctx) => {
    const tooNew = optionsHere(driver, false);
    if (Object.keys(tooNew).length === 0) ctx.skip(`engine ${version} has every option of ${driver}`);
    const base = driver === 'macvlan' || driver === 'ipvlan' ? { parent: 'eth14', subnet: '10.93.9.0/24' } : {};
    const spec = await desk.write('too-new.yaml', {
      name: 'too-new',
      networks: { 'n-options': { driver, driver_opts: tooNew, ...base } },
    });
    const planned = await desk.netctl(['plan', spec, '--json']);
    expect(planned.exitCode).toBe(3);
    const refusals = documentOf<PlanDocument>(planned).problems.filter(({ code }) => code === 'ENGINE_TOO_OLD');
    expect(refusals.map(({ path }) => path).sort()).toEqual(
      Object.keys(tooNew)
        .map((key) => `networks.n-options.driver_opts[${JSON.stringify(key)}]`)
        .sort(),
    );
    for (const [key, value] of Object.entries(tooNew)) {
      const { since = '', noun } = DRIVER_OPTIONS[driver][key] ?? {};
      const what = noun === undefined ? `the option ${key}` : `${noun} \`${value}\``;
      expect(refusals.map(({ message }) => message).join('\n')).toContain(
        `${what} needs engine ${since}, this one is ${version}`,
      );
    }
  });
});

test('what carries netctl’s marks: all but external and config-from networks', async () => {
  expect((await inspectNetwork(host, 'f-name')).Labels).toMatchObject({
    'io.netctl.stack': 'fields',
    'io.netctl.ref': 'network:f-key',
  });
  expect((await inspectNetwork(host, 'f-foreign')).Labels).toEqual({ foreign: 'yes' });
});
