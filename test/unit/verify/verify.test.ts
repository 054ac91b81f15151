import { expect, test } from 'vitest';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { memoryHost } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';
import type { MemoryEndpoint, WorldInput } from '../../support/memory/index.js';
import type { NameAnswer } from '../../../packages/core/src/verify/prober.js';
import type { Stage } from './bench.js';
import { causes, kinds, link, on, only, staged, told } from './bench.js';

const bridge = (name: string): object => ({ 'com.docker.network.bridge.name': name });
const specOf = (networks: object, more: object = {}): string => JSON.stringify({ name: 'home', networks, ...more });
const web = { subnet: '10.5.0.0/24', driver_opts: bridge('br-web') };
const bridges = [link('br-web', 5, ['10.5.0.1/24'], { kind: 'bridge' })];
const two = [on('one', { web: { ip: '10.5.0.2' } }), on('two', { web: { ip: '10.5.0.3' } })];
/** The host asks as whoever knows who is there. */
const byHost = ({ pid }: { readonly pid?: number }): boolean => pid === undefined;

test('two containers on a bridge: each thing that is to be proved', async () => {
  const result = await staged({ spec: specOf({ web }), containers: two });
  expect(told(result)).toEqual([]);
  expect(result.checks.map(({ id }) => id)).toEqual([
    'gateway:local/web/one->10.5.0.1',
    'gateway:local/web/two->10.5.0.1',
    'outside:local/web/one->192.168.1.1',
    'outside:local/web/two->192.168.1.1',
    'container:local/web/one->two',
    'container:local/web/two->one',
    'name:local/web/one->two/two',
    'name:local/web/two->one/one',
    'mtu:local/web/one->two',
    'mtu:local/web/two->one',
    'route:local/web/one',
    'route:local/web/two',
  ]);
  expect(new Set(result.checks.map(({ id }) => id)).size).toBe(result.checks.length);
});

test('one that is stopped is not tested, one that is paused is, and one without its interface fails', async () => {
  const containers = [
    on('off', { web: { ip: '10.5.0.4' } }, 'exited'),
    on('idle', { web: { ip: '10.5.0.5' } }, 'paused'),
    on('cut', { web: { ip: '10.5.0.6' } }),
  ];
  const result = await staged({ spec: specOf({ web }), containers, inside: { 3: { lost: true } } });
  expect(told(result)).toEqual([
    'failed interface: cut has an interface on web',
    'untested interface: off has an interface on web',
  ]);
  expect(causes(result)[0]).toBe('the engine says that cut has 10.5.0.6, and no interface in the container has it');
  expect(only(result, 'gateway')).toMatchObject([{ from: { name: 'idle' }, state: 'passed' }]);
});

test('a network that is not there fails, and says what makes it', async () => {
  const result = await staged({ spec: specOf({ web }), unapplied: true });
  expect(result.checks).toMatchObject([
    { kind: 'network', state: 'failed', cause: 'there is no network web', cure: 'netctl apply' },
  ]);
});

test('a bridge that keeps its containers apart: silence is what is wanted', async () => {
  const apart = { ...web, driver_opts: { ...web.driver_opts, 'com.docker.network.bridge.enable_icc': 'false' } };
  const kept = await staged({ spec: specOf({ web: apart }), containers: two });
  expect(only(kept, 'container')).toEqual([]);
  expect(only(kept, 'isolation').map(({ state }) => state)).toEqual(['passed', 'passed']);
  const leaking = await staged({ spec: specOf({ web: apart }), containers: two, answers: () => true });
  expect(only(leaking, 'isolation')).toMatchObject([
    { state: 'failed', evidence: ['10.5.0.3 answered'] },
    { state: 'failed' },
  ]);
});

test('silence proves something only of one who answers somebody', async () => {
  const spec = specOf({
    web: { ...web, isolated_from: ['db'] },
    db: { subnet: '10.6.0.0/24', driver_opts: bridge('br-db') },
  });
  const containers = [...two, on('store', { db: { ip: '10.6.0.2' } })];
  const isolation = async (answers: Parameters<typeof staged>[0]['answers']): Promise<readonly string[]> => {
    const result = await staged({ spec, containers, ...(answers === undefined ? {} : { answers }) });
    return only(result, 'isolation').map(({ state }) => state);
  };
  expect(await isolation((spot, { payload }) => payload !== 58 || byHost(spot))).toEqual(['passed', 'passed']);
  expect(await isolation(() => true)).toEqual(['failed', 'failed']);
  expect(await isolation(() => false)).toEqual(['untested', 'untested']);
  // The host reaches everybody, and those who ought not to reach anybody cannot send.
  expect(await isolation((spot, { payload }) => payload !== 58 && byHost(spot))).toEqual(['untested', 'untested']);
});

test('a container on both sides of an isolation is a way through', async () => {
  const spec = specOf({
    web: { ...web, isolated_from: ['db'] },
    db: { subnet: '10.6.0.0/24', driver_opts: bridge('br-db') },
  });
  const containers = [
    on('both', { web: { ip: '10.5.0.2' }, db: { ip: '10.6.0.2' } }),
    on('one', { web: { ip: '10.5.0.3' } }),
  ];
  const result = await staged({ spec, containers });
  expect(only(result, 'isolation')).toMatchObject([
    { state: 'failed', cause: 'both is on both', from: { name: 'both' }, isolatedFrom: 'network:db' },
    { state: 'passed', from: { name: 'one' }, isolatedFrom: 'network:db' },
  ]);
});

test('an internal network: no gateway is asked for, and nobody gets out, if there is anybody outside', async () => {
  const spec = specOf({ web: { ...web, internal: true } });
  const shut = await staged({
    spec,
    containers: two,
    bridges,
  });
  expect(new Set(kinds(shut))).toEqual(new Set(['container', 'name', 'isolation', 'mtu']));
  expect(told(shut)).toEqual([]);
  const nobody = await staged({ spec, containers: two, answers: (_, { address }) => address !== '192.168.1.1' });
  expect(only(nobody, 'isolation').map(({ state }) => state)).toEqual(['untested', 'untested']);
});

test('of two internal networks of a container it is the one that leads out which fails', async () => {
  const db = { subnet: '10.6.0.0/24', driver_opts: bridge('br-db'), internal: true };
  const result = await staged({
    spec: specOf({ web: { ...web, internal: true }, db }),
    containers: [on('both', { web: { ip: '10.5.0.2' }, db: { ip: '10.6.0.2' } })],
    bridges: [...bridges, link('br-db', 6, ['10.6.0.1/24'], { kind: 'bridge' })],
    answers: (_, { address, by }) => address !== '192.168.1.1' || by !== 'eth0',
  });
  expect(only(result, 'isolation').map(({ network, state }) => [network, state])).toEqual([
    ['network:web', 'passed'],
    ['network:db', 'failed'],
  ]);
});

test('a name that an older engine may have made up is not held against it, unless its DNS is silent', async () => {
  const containers = [on('bold_euler', { web: { ip: '10.5.0.2' } }), on('proxy', { web: { ip: '10.5.0.3' } })];
  const claim = 'proxy is told that bold_euler is 10.5.0.2';
  const by = async (version: string, answer: NameAnswer, more: Stage['names'] = {}): Promise<unknown> => {
    const world = { engine: { version } };
    const names = { bold_euler: answer, ...more };
    const result = await staged({ spec: specOf({ web }), containers, names, world });
    return only(result, 'name').find((one) => one.claim === claim)?.state;
  };
  expect(await by('24.0.9', { error: 'NXDOMAIN' })).toBe('untested');
  expect(await by('24.0.9', { error: 'no address' })).toBe('untested');
  expect(await by('25.0.0', { error: 'NXDOMAIN' })).toBe('failed');
  // A provider that has an address for whatever is asked.
  expect(await by('24.0.9', { addresses: ['198.51.100.1'] })).toBe('untested');
  expect(await by('24.0.9', { addresses: ['10.5.0.2'] })).toBe('passed');
  for (const error of ['no answer', 'SERVFAIL']) {
    expect(await by('24.0.9', { error })).toBe('failed');
    // It is told of itself, so that its engine does answer, and others do not.
    expect(await by('24.0.9', { error }, { 'id-of-proxy': { addresses: ['10.5.0.3'] } })).toBe('untested');
    expect(await by('24.0.9', { error }, { 'id-of-proxy': { error } })).toBe('failed');
  }
});

test('names: who else answers to them, aliases that were never given, and another DNS', async () => {
  const spec = specOf({ web }, { containers: { two: { networks: { web: { aliases: ['www'] } } } } });
  const wrong = await staged({ spec, containers: two, names: { two: { addresses: ['10.5.0.99'] } } });
  // The apply in memory was before the containers were there, so the alias is wanted and not given.
  expect(only(wrong, 'name').map(({ claim, state, cause }) => [claim, state, cause])).toEqual([
    ['one is told that two is 10.5.0.3', 'failed', 'somebody else answers to the name on a network of this container'],
    [
      'one is told that www is 10.5.0.3',
      'failed',
      'the spec gives it the alias www, and it was put on the network without',
    ],
    ['two is told that one is 10.5.0.2', 'passed', undefined],
  ]);
  const shared = { settings: { Aliases: ['pool'] } };
  const pool = [on('a', { web: { ip: '10.5.0.2', ...shared } }), on('b', { web: { ip: '10.5.0.3', ...shared } })];
  const shares = await staged({
    spec: specOf({ web }),
    containers: pool,
    names: { pool: { addresses: ['10.5.0.2', '10.5.0.3'] } },
  });
  expect(told(shares)).toEqual([]);
  const elsewhere = await staged({
    spec: specOf({ web }),
    containers: two,
    resolvers: { 1: 'nameserver 9.9.9.9\n', 2: 'nameserver 127.0.0.11\noptions ndots:0\n' },
  });
  expect(only(elsewhere, 'name')).toMatchObject([
    { state: 'failed', evidence: ['its /etc/resolv.conf names 9.9.9.9'] },
    { state: 'passed' },
  ]);
});

test('the MTU: that of the interface, what is lost on the way, and what is too much', async () => {
  const wrong = await staged({ spec: specOf({ web }), containers: two, inside: { 1: { mtu: 1400 } } });
  expect(only(wrong, 'mtu')[0]).toMatchObject({
    state: 'failed',
    cause: 'its interface eth0 has an MTU of 1400, and the network is for 1500',
  });
  const lost = await staged({ spec: specOf({ web }), containers: two, answers: (_, { whole }) => whole !== true });
  expect(only(lost, 'mtu')).toMatchObject([
    { state: 'failed', evidence: ['no answer to 1500 bytes in one packet'] },
    { state: 'failed' },
  ]);
  const given = await staged({
    spec: specOf({ web: { ...web, mtu: 1400 } }),
    containers: two,
    inside: { 1: { mtu: 1400 }, 2: { mtu: 1400 } },
  });
  expect(told(given)).toEqual([]);
});

test('the default route: by the priority, by another network, by nobody', async () => {
  const spec = specOf({ web, db: { subnet: '10.6.0.0/24', driver_opts: bridge('br-db') } });
  const both = [on('both', { web: { ip: '10.5.0.2' }, db: { ip: '10.6.0.2', settings: { GwPriority: 5 } } })];
  const routes = async (via?: string): Promise<readonly (string | undefined)[]> => {
    const result = await staged({ spec, containers: both, inside: { 1: via === undefined ? {} : { via } } });
    return only(result, 'route').map(({ state, cause }) => cause ?? state);
  };
  expect(await routes()).toEqual([expect.stringContaining('it leaves by web, and not by db')]);
  expect(await routes('')).toEqual(['both has no default route']);
  const alone = [on('one', { web: { ip: '10.5.0.2' } })];
  const astray = await staged({ spec, containers: alone, inside: { 1: { via: '10.5.0.66' } } });
  expect(only(astray, 'route')).toMatchObject([
    { state: 'failed', cause: 'it leaves by 10.5.0.66, which is not the gateway of web' },
  ]);
});

test('the default route: through the right gateway by another interface', async () => {
  const spec = specOf({ web, db: { subnet: '10.6.0.0/24', driver_opts: bridge('br-db') } });
  const both = [on('both', { web: { ip: '10.5.0.2' }, db: { ip: '10.6.0.2', settings: { GwPriority: 5 } } })];
  const route = async (link: string): Promise<unknown> => {
    const routes = [{ destination: '0.0.0.0/0', table: 'main', link, via: '10.6.0.1' }];
    const result = await staged({ spec, containers: both, inside: { 1: { via: '', routes } } });
    return only(result, 'route').map(({ state, evidence }) => [state, ...evidence]);
  };
  expect(await route('eth0')).toEqual([['failed', 'default via 10.6.0.1 dev eth0']]);
  expect(await route('eth1')).toEqual([['passed', 'default via 10.6.0.1 dev eth1']]);
});

test('the default route of IPv6, which older engines do not give by a second network', async () => {
  const six = { enable_ipv6: true, ipam: { config: [{ subnet: '10.6.0.0/24' }, { subnet: 'fd06::/64' }] } };
  const containers = [on('both', { six: { ip: '10.6.0.2', ip6: 'fd06::2' } })];
  const routes = async (via6?: string): Promise<readonly unknown[]> => {
    const inside = { 1: via6 === undefined ? {} : { via6 } };
    const result = await staged({ spec: specOf({ six }), containers, inside });
    return only(result, 'route').map(({ id, claim, state, cause }) => [id, claim, state, cause]);
  };
  const [id, claim] = ['route:local/six/both/6', 'both leaves over IPv6 by six, through fd06::1'];
  const four = ['route:local/six/both', 'both leaves by six, through 10.6.0.1', 'passed', undefined];
  expect(await routes('fd06::1')).toEqual([four, [id, claim, 'passed', undefined]]);
  expect(await routes('fd06::66')).toEqual([
    four,
    [id, claim, 'failed', 'it leaves by fd06::66, which is not the gateway of six'],
  ]);
  expect(await routes()).toEqual([four, [id, claim, 'failed', 'both has no default route of IPv6']]);
});

const six = {
  enable_ipv6: true,
  ipam: { config: [{ subnet: '10.6.0.0/24' }, { subnet: 'fd06::/64' }] },
  driver_opts: bridge('br-six'),
};

test('of several default routes all have to be right, and some prove nothing', async () => {
  const containers = [on('both', { six: { ip: '10.6.0.2', ip6: 'fd06::2' } })];
  const beside = async (via6: string, via: string): Promise<unknown> => {
    const routes = [{ destination: '::/0', table: 'main', link: 'eth0', via }];
    const result = await staged({ spec: specOf({ six }), containers, inside: { 1: { via6, routes } } });
    return only(result, 'route')[1];
  };
  expect(await beside('fd06::1', 'fd06::1')).toMatchObject({ state: 'passed' });
  const cause = 'it has 2 default routes, and which of them the kernel takes is up to their metrics';
  const evidence = ['default via fd06::1 dev eth0', 'default via fe80::1 dev eth0'];
  expect(await beside('fd06::1', 'fe80::1')).toMatchObject({ state: 'untested', cause, evidence });
  expect(await beside('fe80::1', 'fd06::1')).toMatchObject({ state: 'untested', cause });
  expect(await beside('fd06::66', 'fe80::1')).toMatchObject({ state: 'failed' });
});

test('a network beside the spec is a way out of the families that it has, and of no other', async () => {
  const routes = async (bridged: MemoryEndpoint): Promise<readonly string[]> => {
    const containers = [on('both', { six: { ip: '10.6.0.2', ip6: 'fd06::2' }, bridge: bridged })];
    const inside = { 1: { via: '172.17.0.1' } };
    const result = await staged({ spec: specOf({ six }), containers, inside });
    return only(result, 'route').map(({ id, cause }) => `${id}: ${cause ?? ''}`);
  };
  expect(await routes({ ip: '172.17.0.2' })).toEqual(['route:local/six/both/6: both has no default route of IPv6']);
  expect(await routes({ ip: '172.17.0.2', ip6: 'fd17::2' })).toEqual([]);
});

test('a LAN of IPv4 has nobody by IPv6, and that is no check', async () => {
  const lan = {
    ...{ driver: 'macvlan', parent: 'eth0', enable_ipv6: true },
    ipam: { config: [{ subnet: '192.168.1.0/24', gateway: '192.168.1.1' }, { subnet: 'fd01::/64' }] },
  };
  const containers = [on('tv', { lan: { ip: '192.168.1.20', ip6: 'fd01::20' } })];
  const neighbours = [{ address: '192.168.1.7', link: 'eth0' }];
  const result = await staged({ spec: specOf({ lan }), containers, neighbours });
  expect(only(result, 'neighbour').map(({ id, state }) => [id, state])).toEqual([
    ['neighbour:local/lan/tv->192.168.1.7', 'passed'],
  ]);
  const alone = await staged({ spec: specOf({ lan }), containers });
  expect(only(alone, 'neighbour').map(({ cause }) => cause)).toEqual(['nobody else is known on the LAN of eth0']);
});

test('what could not be sent by IPv6 for want of a route passes, and is told of as not sent', async () => {
  const ipam = { config: [{ subnet: '10.7.0.0/24' }, { subnet: 'fd07::/64' }] };
  const dark = { internal: true, enable_ipv6: true, ipam, driver_opts: bridge('br-dark') };
  const world = {
    routes: [
      { destination: '0.0.0.0/0', table: 'main', link: 'eth0', via: '192.168.1.1' },
      { destination: '::/0', table: 'main', link: 'eth0', via: 'fd01::1' },
    ],
  };
  const containers = [on('a', { dark: { ip: '10.7.0.2', ip6: 'fd07::2' } }), on('b', { dark: { ip: '10.7.0.3' } })];
  const bySix = async (said: readonly string[], via6?: string): Promise<readonly unknown[]> => {
    const inside = via6 === undefined ? {} : { inside: { 1: { via6 } } };
    const result = await staged({ spec: specOf({ dark }), containers, world, said, ...inside });
    const [four, ...rest] = only(result, 'isolation').map(({ state, evidence }) => [state, ...evidence]);
    expect(four).toEqual(['passed']);
    return rest;
  };
  const said = ['ping: connect: Network is unreachable'];
  const why = 'a has no route to fd01::1 by eth0, so that nothing could be sent';
  expect(await bySix(said)).toEqual([['passed'], ['passed', why]]);
  expect(await bySix([])).toEqual([['passed'], ['passed']]);
  // It was another packet of that container that could not be sent.
  expect(await bySix(said, 'fd07::1')).toEqual([['passed'], ['passed']]);
});

test('what stands in on an internal bridge has the addresses of that for gateways, of the families that it has', async () => {
  const ipam = { config: [{ subnet: '10.7.0.0/24' }, { subnet: 'fd07::/126' }] };
  const dark = { internal: true, enable_ipv6: true, ipam, driver_opts: bridge('br-dark') };
  const own = link('br-dark', 5, ['10.7.0.1/24', 'fd07::1/64', 'fe80::1/64'], { kind: 'bridge' });
  const stood = async (network: object): Promise<unknown> =>
    (await staged({ spec: specOf({ dark: network }), bridges: [own] })).stood.map(({ gateways }) => gateways);
  expect(await stood(dark)).toEqual([['10.7.0.1', 'fd07::1']]);
  // So many are kept for others, beside what the engine hands out, that nobody could go through them one by one.
  const wide = { config: [{ subnet: '10.7.0.0/24' }, { subnet: 'fd07::/64', ip_range: 'fd07::/120' }] };
  const reserve = { most: 'fd07::1000-fd07::ffff:ffff:ffff:fff0' };
  expect(await stood({ ...dark, ipam: wide, reserve })).toEqual([['10.7.0.1', 'fd07::1']]);
  // All of its addresses of IPv6 are kept for others.
  expect(await stood({ ...dark, reserve: { all: 'fd07::2-fd07::3' } })).toEqual([['10.7.0.1']]);
});

test('a LAN of both families: its machines, and no way out of what is internal, by each of them', async () => {
  const lan = {
    ...{ driver: 'macvlan', parent: 'eth0', enable_ipv6: true },
    ipam: {
      config: [
        { subnet: '192.168.1.0/24', gateway: '192.168.1.1' },
        { subnet: 'fd01::/64', gateway: 'fd01::1' },
      ],
    },
  };
  const dark = {
    ...{ internal: true, enable_ipv6: true },
    ipam: { config: [{ subnet: '10.7.0.0/24' }, { subnet: 'fd07::/64' }] },
  };
  const containers = [
    on('tv', { lan: { ip: '192.168.1.20', ip6: 'fd01::20' } }),
    on('store', { dark: { ip: '10.7.0.2', ip6: 'fd07::2' } }),
  ];
  const routes = (via: string): NonNullable<WorldInput['routes']> => [
    { destination: '0.0.0.0/0', table: 'main', link: 'eth0', via: '192.168.1.1' },
    { destination: '::/0', table: 'main', link: 'eth0', via },
  ];
  const neighbours = ['192.168.1.7', 'fd01::7'].map((address) => ({ address, link: 'eth0' }));
  const spec = specOf({ lan, dark });
  const result = await staged({ spec, containers, neighbours, world: { routes: routes('fd01::1') } });
  expect(only(result, 'neighbour').map(({ claim, state }) => [claim, state])).toEqual([
    ['tv reaches the LAN’s 192.168.1.7', 'passed'],
    ['tv reaches the LAN’s fd01::7', 'passed'],
  ]);
  expect(only(result, 'isolation').map(({ claim }) => claim)).toEqual([
    'store does not get out to 192.168.1.1 by dark',
    'store does not get out to fd01::1 by dark',
  ]);
  const leaks = await staged({
    ...{ spec, containers, neighbours, world: { routes: routes('fd01::1') } },
    answers: (_, { address, by }) => by === undefined || address.includes(':'),
  });
  expect(only(leaks, 'isolation').filter(({ state }) => state === 'failed')).toMatchObject([
    { claim: 'store does not get out to fd01::1 by dark' },
  ]);
  const alone = await staged({ spec, containers, world: { routes: routes('fe80::1') } });
  expect(only(alone, 'neighbour').map(({ cause }) => cause)).toEqual([
    'nobody else is known on the LAN of eth0',
    'nobody else is known by IPv6 on the LAN of eth0',
  ]);
  expect(only(alone, 'isolation').at(-1)).toMatchObject({
    claim: 'nobody gets out of dark by IPv6',
    state: 'untested',
  });
});

test('what keeps packets from getting out is read from the rules of the host', async () => {
  const answers = (spot: { readonly pid?: number }, { address }: { readonly address: string }): boolean =>
    byHost(spot) || address !== '192.168.1.1';
  const cause = async (rules: string, files: Readonly<Record<string, string>> = {}): Promise<string | undefined> =>
    only(await staged({ spec: specOf({ web }), containers: two, answers, rules, files }), 'outside')[0]?.cause;
  expect(await cause('*filter\n:FORWARD DROP [0:0]\n-A DOCKER-USER -s 10.5.0.0/24 -j DROP\nCOMMIT\n')).toContain(
    '-A DOCKER-USER -s 10.5.0.0/24 -j DROP',
  );
  expect(await cause('*filter\n:FORWARD DROP [0:0]\nCOMMIT\n')).toContain('the policy of FORWARD is DROP');
  expect(await cause('', { '/proc/sys/net/ipv4/ip_forward': '0\n' })).toContain('net.ipv4.ip_forward is 0');
  expect(await cause('garbage')).toContain('not forwarded');
});

test('where nobody is something stands, at an address that nobody has, and is gone afterwards', async () => {
  const lan = {
    driver: 'macvlan',
    parent: 'eth0',
    subnet: '192.168.1.0/24',
    gateway: '192.168.1.1',
    ip_range: '192.168.1.192/29',
    reserve: { box: '192.168.1.197-192.168.1.199' },
  };
  const result = await staged({ spec: specOf({ lan }) });
  expect(result.stood).toMatchObject([
    { kind: 'macvlan', mode: 'bridge', mtu: 1500, addresses: ['192.168.1.196/24'], gateways: ['192.168.1.1'] },
  ]);
  expect(result.open).toBe(0);
  expect(only(result, 'gateway')).toMatchObject([
    { from: { type: 'throwaway', address: '192.168.1.196' }, state: 'passed' },
  ]);
  const full = {
    ...lan,
    ip_range: '192.168.1.192/30',
    reserve: { a: '192.168.1.192-192.168.1.194' },
  };
  const nowhere = await staged({
    spec: specOf({ lan: full }),
    containers: [on('old', { lan: { ip: '192.168.1.195' } }, 'exited')],
  });
  expect(nowhere.stood).toEqual([]);
  expect(nowhere.checks).toMatchObject([
    { kind: 'interface', state: 'untested', cause: 'old does not run (exited)' },
    {
      kind: 'network',
      state: 'untested',
      cause: 'no container is on lan, and no address of it is free for a throwaway one',
    },
  ]);
});

test('an engine whose host cannot be entered passes in nothing', async () => {
  const result = await staged({ spec: specOf({ web }), containers: two, world: { engine: { rootless: true } } });
  expect(result).toMatchObject({ passed: 0, failed: 0, untested: 1 });
  expect(causes(result)).toEqual(['the engine runs without root, and its bridges are in a namespace of its own']);
});

test('what a network is isolated from is no reason to change it', async () => {
  const db = { subnet: '10.6.0.0/24' };
  const host = memoryHost();
  await applyText(host, specOf({ web, db }));
  expect(stepsOf(await planText(host, specOf({ web: { ...web, isolated_from: ['db'] }, db })))).toEqual([]);
});

test('of a LAN those who are on it tell whether somebody answers at all', async () => {
  const lan = { driver: 'macvlan', parent: 'eth0', subnet: '192.168.1.0/24', gateway: '192.168.1.1' };
  const spec = specOf({ web: { ...web, isolated_from: ['lan'] }, lan });
  const containers = [...two, on('tv', { lan: { ip: '192.168.1.50' } })];
  const states = async (answers: (spot: { readonly pid?: number }) => boolean): Promise<readonly string[]> =>
    only(
      await staged({ spec, containers, answers: (spot, ping) => ping.payload !== 58 && answers(spot) }),
      'isolation',
    ).map(({ state }) => state);
  // It gets an answer from its gateway, as those do who are to be kept from it.
  expect(await states(({ pid }) => pid !== undefined)).toEqual(['passed', 'passed']);
  expect(await states(({ pid }) => pid !== 3)).toEqual(['untested', 'untested']);
});

test('what is reserved is for nobody who stands in, also outside of what the engine hands out', async () => {
  const spec = specOf({ web: { ...web, ip_range: '10.5.0.0/26', reserve: { nas: '10.5.0.252-10.5.0.254' } } });
  expect((await staged({ spec, bridges })).stood).toMatchObject([
    { addresses: ['10.5.0.251/24'], gateways: ['10.5.0.1'] },
  ]);
});
