import type { Problem } from '@netctl/core';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askEngine,
  engineVersion,
  inspectNetwork,
  isAtLeast,
  makeForeignNetwork,
  removeForeignNetwork,
  tryEngine,
} from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { expectText } from './support/failures.js';
import { type Desk, openDesk } from './support/netctl.js';
import { about, problemsWith, refusedUntouched } from './support/refusal.js';

/*
 * What engines do with a create that no one should have sent: some fail and leave something behind, and most accept it
 * and do nothing. Each test shows that the engine at hand does so, and what netctl says before it comes to that.
 */

const BRIDGE = 'com.docker.network.bridge.';
const MTU = 'com.docker.network.driver.mtu';

let host: Host;
let desk: Desk;
let version: string;
const since = (wanted: string): boolean => isAtLeast(version, wanted);

beforeAll(async () => {
  host = await startHost({
    interfaces: [{ name: 'eth0', addresses: ['192.168.1.10/24'] }, { name: 'eth1' }],
    engine: testEngine(),
  });
  desk = await openDesk(host);
  version = await engineVersion(host);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

const subnets = (...list: readonly string[]): object => ({ Config: list.map((Subnet) => ({ Subnet })) });

/** Asks for a network as netctl never would; whether the engine made it, and what it said. It is gone afterwards. */
async function asked(body: object): Promise<{ readonly made: boolean; readonly text: string }> {
  const { status, text } = await tryEngine(host, 'POST', '/networks/create', {
    Name: 'trap',
    CheckDuplicate: true,
    ...body,
  });
  if (status === 201) await askEngine(host, 'DELETE', '/networks/trap');
  return { made: status === 201, text };
}

async function bridges(): Promise<readonly string[]> {
  const { stdout } = await host.run('ip', ['-json', 'link', 'show', 'type', 'bridge']);
  return (JSON.parse(stdout) as readonly { ifname: string }[]).map(({ ifname }) => ifname);
}

describe('a create that fails and leaves a subnet taken, until the engine restarts', () => {
  /** Applies a network on that subnet: the engine knows no network that has it, and refuses where it leaked. */
  async function applyOn(subnet: string, leaked: boolean): Promise<void> {
    const path = await desk.write('leaked.yaml', { name: 'leaked', networks: { 'leaked-net': { subnet } } });
    const first = await desk.netctl(['apply', path]);
    if (leaked) {
      expectText(first, {
        exit: 1,
        code: 'STEP_FAILED',
        cause: /Could not make network leaked-net: .*Pool overlaps with other one/,
        cure: /an earlier failed create still holds it until the engine restarts; choose another subnet/,
      });
      await host.restartEngine();
      const second = await desk.netctl(['apply', path]);
      expect(second.exitCode, second.stderr).toBe(0);
    } else expect(first.exitCode, first.stderr).toBe(0);
    expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  }

  test('an auxiliary address outside the subnet: on 20.10', async () => {
    const config = [{ Subnet: '10.70.0.0/24', AuxiliaryAddresses: { nas: '10.71.0.5' } }];
    const problems = await refusedUntouched(host, desk, {
      name: 'aux',
      networks: { aux: { ipam: { config: [{ subnet: '10.70.0.0/24', aux_addresses: { nas: '10.71.0.5' } }] } } },
    });
    expect(problems).toMatchObject([{ code: 'OUTSIDE_SUBNET', path: 'networks.aux.ipam.config[0].aux_addresses.nas' }]);

    expect(await asked({ IPAM: { Config: config } })).toMatchObject({ made: false });
    const leaked = !since('23.0');
    expect(await asked({ IPAM: subnets('10.70.0.0/24') })).toMatchObject({ made: !leaked });
    await applyOn('10.70.0.0/24', leaked);
  });

  test('several subnets of which a later one overlaps: from 27 to 28', async () => {
    const other = await makeForeignNetwork(host, 'other', { IPAM: subnets('10.72.1.0/24') });
    const problems = await refusedUntouched(host, desk, {
      name: 'several',
      networks: {
        several: {
          driver: 'macvlan',
          parent: 'eth0',
          ipam: {
            config: [
              { subnet: '10.72.0.0/24', gateway: '10.72.0.1', ip_range: '10.72.0.64/26' },
              { subnet: '10.72.1.0/24', gateway: '10.72.1.1' },
            ],
          },
        },
      },
    });
    expect(problems).toMatchObject([{ code: 'SUBNET_OVERLAP', message: expect.stringContaining('other') as string }]);

    const body = { Driver: 'macvlan', Options: { parent: 'eth0' }, IPAM: subnets('10.72.0.0/24', '10.72.1.0/24') };
    expect((await asked(body)).text).toContain('Pool overlaps with other one');
    await removeForeignNetwork(host, other);
    const leaked = since('27.0') && !since('29.0');
    expect(await asked({ IPAM: subnets('10.72.0.0/24') })).toMatchObject({ made: !leaked });
    await applyOn('10.72.0.0/24', leaked);
  });
});

describe('a create that fails and leaves a bridge behind: from 26 on', () => {
  const mtus: readonly (readonly [string, object, object, string])[] = [
    ['an MTU that is too large', { mtu: 99_999 }, { Options: { [MTU]: '99999' } }, 'INVALID_VALUE'],
    [
      'an MTU option that is too large',
      { driver_opts: { [MTU]: 65_536 } },
      { Options: { [MTU]: '65536' } },
      'INVALID_OPTION',
    ],
    ['an MTU option that is too small', { driver_opts: { [MTU]: 67 } }, { Options: { [MTU]: '67' } }, 'INVALID_OPTION'],
    [
      'an MTU that is too small for IPv6',
      { mtu: 1000, enable_ipv6: true, subnet: 'fd00:75::/64' },
      { EnableIPv6: true, Options: { [MTU]: '1000' }, IPAM: subnets('fd00:75::/64') },
      'MTU_TOO_SMALL',
    ],
  ];
  test.each(mtus)('%s', async (_what, network, body, code) => {
    expect(await refusedUntouched(host, desk, { name: 'mtu', networks: { mtu: network } })).toMatchObject([{ code }]);

    const before = await bridges();
    const { made } = await asked(body);
    expect(made).toBe(!since('26.0'));
    const orphans = (await bridges()).filter((name) => !before.includes(name));
    expect(orphans).toHaveLength(made ? 0 : 1);
    for (const name of orphans) await host.run('ip', ['link', 'delete', name]);
  });

  test('but not the smallest and the largest MTU, which work', async () => {
    const path = await desk.write('fits.yaml', {
      name: 'fits',
      networks: {
        least: { mtu: 68 },
        most: { mtu: 65_535 },
        six: { mtu: 1280, enable_ipv6: true, ipam: { config: [{ subnet: 'fd00:76::/64' }] } },
      },
    });
    const applied = await desk.netctl(['apply', path]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });
});

interface Nonsense {
  readonly what: string;
  /** What an engine is asked behind netctl's back, and whether this one takes it. */
  readonly body: object;
  readonly taken: () => boolean;
  /** The same in a spec, and what netctl says. */
  readonly network: object;
  readonly code: string;
  readonly severity?: 'warning' | 'note';
  readonly says: RegExp;
}

const always = (): boolean => true;
const lan = {
  driver: 'macvlan',
  parent: 'eth0',
  gateway: '10.80.0.1',
  ip_range: '10.80.0.64/26',
  subnet: '10.80.0.0/24',
};

/** Refused, or warned of, by what the spec says alone. */
const nonsense: readonly Nonsense[] = [
  {
    what: 'an option that no driver has',
    body: { Options: { [`${BRIDGE}enable_ic`]: 'false' } },
    taken: always,
    network: { driver_opts: { [`${BRIDGE}enable_ic`]: 'false' } },
    code: 'UNKNOWN_OPTION',
    severity: 'warning',
    says: /has no option "com\.docker\.network\.bridge\.enable_ic"; the engine stores it and does nothing/,
  },
  {
    what: 'an option of another driver',
    body: { Options: { macvlan_mode: 'vepa' } },
    taken: always,
    network: { driver_opts: { macvlan_mode: 'vepa' } },
    code: 'OPTION_OF_OTHER_DRIVER',
    says: /is an option of macvlan, and does nothing with the driver bridge/,
  },
  {
    what: 'a flag that ipvlan has not',
    body: { Driver: 'ipvlan', Options: { parent: 'eth1', ipvlan_flag: 'foo' } },
    taken: () => !since('23.0'),
    network: {
      ...lan,
      driver: 'ipvlan',
      parent: 'eth1',
      subnet: '10.81.0.0/24',
      gateway: '10.81.0.1',
      ip_range: '10.81.0.64/26',
      driver_opts: { ipvlan_flag: 'foo' },
    },
    code: 'INVALID_OPTION',
    says: /"ipvlan_flag" must be bridge, private or vepa, and is "foo"/,
  },
  {
    what: 'a scope that is none',
    body: { Scope: 'bogus' },
    taken: () => since('25.0'),
    network: { scope: 'bogus' },
    code: 'INVALID_VALUE',
    says: /must be local or swarm/,
  },
  {
    what: 'attachable on a local network',
    body: { Attachable: true },
    taken: always,
    network: { attachable: true },
    code: 'ATTACHABLE_NO_EFFECT',
    severity: 'note',
    says: /can join a local network anyway/,
  },
  {
    what: 'an MTU on macvlan',
    body: { Driver: 'macvlan', Options: { parent: 'eth0', [MTU]: '9000' } },
    taken: always,
    network: { ...lan, driver_opts: { [MTU]: 9000 } },
    code: 'MTU_IGNORED',
    says: /stores an MTU and ignores it/,
  },
  {
    what: 'a gateway mode that is none',
    body: { Options: { [`${BRIDGE}gateway_mode_ipv4`]: 'bogus' } },
    taken: () => !since('27.0'),
    network: { driver_opts: { [`${BRIDGE}gateway_mode_ipv4`]: 'bogus' } },
    code: 'INVALID_OPTION',
    says: /must be nat, routed, nat-unprotected or isolated, and is "bogus"/,
  },
  {
    what: 'a configuration with an MTU that is none',
    body: { ConfigOnly: true, Options: { [MTU]: 'x' } },
    taken: always,
    network: { config_only: true, driver_opts: { [MTU]: 'x' } },
    code: 'INVALID_OPTION',
    says: /must be a whole number from 68 to 65535, or 0, and is "x"/,
  },
  {
    what: 'a range outside the subnet',
    body: { IPAM: { Config: [{ Subnet: '10.82.0.0/24', IPRange: '10.83.0.0/25' }] } },
    taken: () => !since('25.0'),
    network: { subnet: '10.82.0.0/24', ip_range: '10.83.0.0/25' },
    code: 'OUTSIDE_SUBNET',
    says: /The range 10\.83\.0\.0\/25 is outside the subnet 10\.82\.0\.0\/24/,
  },
  {
    what: 'a range wider than the subnet',
    body: { IPAM: { Config: [{ Subnet: '10.84.0.0/24', IPRange: '10.84.0.0/16' }] } },
    taken: () => !since('25.0'),
    network: { subnet: '10.84.0.0/24', ip_range: '10.84.0.0/16' },
    code: 'OUTSIDE_SUBNET',
    says: /is outside the subnet 10\.84\.0\.0\/24/,
  },
  {
    what: 'a subnet that does not start where it could',
    body: { IPAM: { Config: [{ Subnet: '10.85.0.5/24' }] } },
    taken: () => !since('25.0'),
    network: { subnet: '10.85.0.5/24' },
    code: 'HOST_BITS',
    says: /does not start where a \/24 can start/,
  },
  {
    what: 'a subnet that means any',
    body: { IPAM: { Config: [{ Subnet: '0.0.0.0/26' }] } },
    taken: always,
    network: { subnet: '0.0.0.0/26' },
    code: 'UNUSABLE_SUBNET',
    says: /cannot be the subnet of containers/,
  },
  {
    what: 'an IPv6 subnet without IPv6',
    body: { IPAM: subnets('10.86.0.0/24', 'fd00:86::/64') },
    taken: always,
    network: { ipam: { config: [{ subnet: '10.86.0.0/24' }, { subnet: 'fd00:86::/64' }] } },
    code: 'IPV6_NOT_ENABLED',
    says: /has an IPv6 subnet, which the engine ignores without enable_ipv6/,
  },
  {
    what: 'the mark of the default bridge',
    body: { Options: { [`${BRIDGE}default_bridge`]: 'true' } },
    taken: always,
    network: { driver_opts: { [`${BRIDGE}default_bridge`]: 'true' } },
    code: 'OPTION_REFUSED',
    says: /the engine's own mark for its docker0 network/,
  },
];

/** Refused by what the host is like. */
const nonsenseHere: readonly Nonsense[] = [
  {
    what: 'a gateway mode of a newer engine',
    body: { Options: { [`${BRIDGE}gateway_mode_ipv4`]: 'routed' } },
    taken: always,
    network: { subnet: '10.87.0.0/24', driver_opts: { [`${BRIDGE}gateway_mode_ipv4`]: 'routed' } },
    code: 'ENGINE_TOO_OLD',
    says: /gateway mode `routed` needs engine 27\.0, this one is /,
  },
  {
    what: 'a configuration with a parent that is missing',
    body: { ConfigOnly: true, Driver: 'macvlan', Options: { parent: 'nosuch0' } },
    taken: always,
    network: {
      driver: 'macvlan',
      config_only: true,
      parent: 'nosuch0',
      subnet: '10.88.0.0/24',
      gateway: '10.88.0.1',
      ip_range: '10.88.0.64/26',
    },
    code: 'PARENT_MISSING',
    says: /the host has no link named nosuch0/,
  },
  {
    what: 'a bridge on the subnet of the host itself',
    body: { IPAM: subnets('192.168.1.0/24') },
    taken: always,
    network: { subnet: '192.168.1.0/24' },
    code: 'SUBNET_OVERLAP',
    says: /192\.168\.1\.0\/24 overlaps 192\.168\.1\.10\/24, which the link eth0 of this host has/,
  },
];

describe.each([
  ['the spec alone', nonsense],
  ['the host', nonsenseHere],
])('nonsense that an engine accepts, known by %s', (_by, rows) => {
  let problems: readonly Problem[];
  beforeAll(async () => {
    const networks = Object.fromEntries(rows.map(({ network }, index) => [`n${String(index)}`, network]));
    problems = await problemsWith(desk, { name: 'nonsense', networks });
  });

  test.each(rows.map((row, index) => ({ ...row, key: `n${String(index)}` })))(
    '$what',
    async ({ body, taken, key, code, severity = 'error', says }) => {
      expect(await asked(body)).toMatchObject({ made: taken() });
      const mine = about(key, problems);
      // An engine that has the mode is not too old.
      if (code === 'ENGINE_TOO_OLD' && since('27.0')) expect(mine).toEqual([]);
      else
        expect(mine.filter((one) => one.code === code)).toMatchObject([
          { severity, message: expect.stringMatching(says) as string },
        ]);
    },
  );
});

test('an option that nobody knows is stored as it is, and is not drift', async () => {
  const path = await desk.write('typo.yaml', {
    name: 'typo',
    networks: { typo: { driver_opts: { [`${BRIDGE}enable_ic`]: 'false' } } },
  });
  const applied = await desk.netctl(['apply', path]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect(await inspectNetwork(host, 'typo')).toMatchObject({ Options: { [`${BRIDGE}enable_ic`]: 'false' } });
  expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);
  expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
});
