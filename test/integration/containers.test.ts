import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askEngine, engineVersion, isAtLeast, networkNames, tryEngine } from './support/engine-client.js';
import { type EngineProxy, proxyEngine } from './support/engine-proxy.js';
import { testEngine } from './support/engine.js';
import { snapshotOf } from './support/host-snapshot.js';
import { type Desk, documentOf, openDesk, type PlanDocument, reportOf } from './support/netctl.js';
import { everybodyLeaves, join, placesOf, withoutMade } from './support/replace/crowd.js';
import { busyboxImage } from './support/workload.js';
import { PLAIN_LAN } from './support/plain-lan.js';

/* Containers of the spec are put on its networks, repaired there, and taken off again, and nobody else is touched. */

let lan: Lan;
let host: Host;
let desk: Desk;
let proxy: EngineProxy;
let version: string;

type Places = Awaited<ReturnType<typeof placesOf>>;

const networks = {
  lan: PLAIN_LAN,
  back: {
    enable_ipv6: true,
    ipam: {
      config: [
        { subnet: '10.5.0.0/24', ip_range: '10.5.0.128/25' },
        { subnet: 'fd00:5::/64', ip_range: 'fd00:5::/80' },
      ],
    },
  },
};

/** All that one can ask for on every engine. */
const printer = {
  ipv4_address: '10.5.0.20',
  ipv6_address: 'fd00:5:0:0:1::20',
  aliases: ['lp', 'ink'],
  link_local_ips: ['169.254.7.7'],
  driver_opts: { 'io.example.kept': 'yes' },
};
const containers = {
  printer: { networks: { back: printer, lan: { ipv4_address: '192.168.1.180' } } },
  asleep: { networks: { back: { ipv4_address: '10.5.0.30', aliases: ['zzz'] } } },
  cams: { select: { label: 'kind=cam' }, networks: { back: { aliases: ['cam'] } } },
};
const spec = (more: object = containers): object => ({ name: 'home', networks, containers: more });

const places = async (): Promise<Places> => withoutMade(await placesOf(host));
const on = (all: Places, name: string, network: string): unknown =>
  (all[name] as { networks: Record<string, unknown> } | undefined)?.networks[network];
const stepsOf = async (path: string): Promise<readonly string[]> =>
  documentOf<PlanDocument>(await desk.netctl(['plan', path, '--json'])).steps.map(({ op, ref }) => `${op} ${ref}`);

async function apply(path: string, ...args: readonly string[]): Promise<void> {
  const ran = await desk.netctl(['apply', path, ...args]);
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
}

async function ping(from: string, to: string): Promise<void> {
  const { stdout } = await host.run('docker', ['exec', from, 'ping', '-c1', '-W2', to]);
  expect(stdout).toContain('1 packets received');
}

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  host = await startHost({
    interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' }],
    engine: testEngine(),
  });
  [desk, version] = await Promise.all([openDesk(host), engineVersion(host)]);
  const image = await busyboxImage(host);
  proxy = await proxyEngine(host.socket);
  await askEngine(host, 'POST', '/networks/create', { Name: 'own', IPAM: { Config: [{ Subnet: '10.200.0.0/24' }] } });
  await join(host, image, { name: 'printer', state: 'running', networks: { own: {} } });
  await join(host, image, { name: 'asleep', state: 'exited', networks: { own: {} } });
  for (const name of ['cam1', 'cam2'])
    await join(host, image, { name, state: 'running', labels: { kind: 'cam' }, networks: { own: {} } });
  for (const name of ['stranger', 'bystander'])
    await join(host, image, { name, state: 'running', networks: { own: {} } });
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

describe('from nothing to nothing', () => {
  test('they are attached with all that was asked for, and the second apply does nothing', async () => {
    const path = await desk.write('spec.yaml', spec());
    await apply(path);
    const now = await places();
    const mark = { 'io.netctl.stack': 'home' };
    expect(on(now, 'printer', 'back')).toEqual({
      live: true,
      asked: { IPv4Address: '10.5.0.20', IPv6Address: 'fd00:5::1:0:0:20', LinkLocalIPs: ['169.254.7.7'] },
      aliases: ['lp', 'ink'],
      links: [],
      options: { 'io.example.kept': 'yes', ...mark },
      priority: 0,
      ipv4: '10.5.0.20',
      ipv6: 'fd00:5::1:0:0:20',
    });
    expect(on(now, 'printer', 'lan')).toMatchObject({ ipv4: '192.168.1.180', options: mark });
    expect(on(now, 'asleep', 'back')).toMatchObject({ asked: { IPv4Address: '10.5.0.30' }, aliases: ['zzz'] });
    expect(now['asleep']).toMatchObject({ state: 'exited' });
    for (const name of ['cam1', 'cam2'])
      expect(on(now, name, 'back')).toMatchObject({ aliases: ['cam'], options: mark });

    for (const name of ['lp', 'ink', 'cam']) await ping('cam1', name);
    // By the shim, which has a route to an address outside the range.
    const { stdout } = await host.run('ping', ['-c1', '-W2', '192.168.1.180']);
    expect(stdout).toContain('1 received');

    const again = await desk.netctl(['apply', path, '--host', proxy.dockerHost]);
    expect(again.stdout).toContain('Nothing to do');
    const calls = proxy.calls.map(({ method, path: at }) => `${method} ${at.replace(/[0-9a-f]{64}/, 'ID')}`).sort();
    expect(calls).toEqual([
      'GET /_ping',
      ...Array.from({ length: 4 }, () => 'GET /containers/ID/json'),
      'GET /containers/json',
      'GET /info',
      'GET /networks',
    ]);
    expect(await places()).toEqual(now);
  });

  test('what they have they have again after a restart', async () => {
    const before = await places();
    await askEngine(host, 'POST', '/containers/printer/restart?t=1');
    await askEngine(host, 'POST', '/containers/asleep/start');
    const now = await places();
    expect(now['printer']).toEqual(before['printer']);
    expect(on(now, 'asleep', 'back')).toMatchObject({ ipv4: '10.5.0.30' });
    expect(await stepsOf(await desk.write('spec.yaml', spec()))).toEqual([]);
  });

  test('a wrong alias is repaired, and only with --yes', async () => {
    const path = await desk.write('spec.yaml', spec());
    const right = await places();
    await askEngine(host, 'POST', '/networks/back/disconnect', { Container: 'printer' });
    await askEngine(host, 'POST', '/networks/back/connect', {
      Container: 'printer',
      EndpointConfig: { IPAMConfig: { IPv4Address: '10.5.0.21' }, Aliases: ['wrong'] },
    });
    const wrong = await places();
    const refused = await desk.netctl(['apply', path]);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('take container printer off network back');
    expect(await places()).toEqual(wrong);

    const applied = await desk.netctl(['apply', path, '--yes', '--json']);
    expect(applied.exitCode, applied.stdout).toBe(0);
    expect(reportOf(applied)).toMatchObject({ moved: [{ name: 'printer', network: 'back', result: 'restored' }] });
    const now = await places();
    // Somebody else made that place, so what he gave it stays, and it is his.
    expect(on(now, 'printer', 'back')).toMatchObject({
      ipv4: '10.5.0.20',
      aliases: ['wrong', 'lp', 'ink'],
      options: { 'io.example.kept': 'yes' },
    });
    expect(now['cam1']).toEqual(right['cam1']);
    expect(await stepsOf(path)).toEqual([]);

    await askEngine(host, 'POST', '/networks/back/disconnect', { Container: 'printer' });
    await apply(path);
    expect(await places()).toEqual(right);
  });

  /** Runs an apply while which a stranger takes this address, just before the first connect. */
  async function takenMeanwhile(
    path: string,
    address: string,
  ): Promise<{ exitCode: number | undefined; stderr: string }> {
    let taken = false;
    await using between = await proxyEngine(host.socket, async (call) => {
      if (taken || !call.path.endsWith('/connect')) return false;
      taken = true;
      const EndpointConfig = { IPAMConfig: { IPv4Address: address } };
      await askEngine(host, 'POST', '/networks/back/connect', { Container: 'stranger', EndpointConfig });
      return false;
    });
    const failed = await desk.netctl(['apply', path, '--yes', '--host', between.dockerHost]);
    await askEngine(host, 'POST', '/networks/back/disconnect', { Container: 'stranger' });
    return failed;
  }

  test('where the engine refuses the new place the old one is back, and a restart still works', async () => {
    const moved = { ...containers.printer.networks, back: { ...printer, ipv4_address: '10.5.0.22' } };
    const path = await desk.write('moved.yaml', spec({ ...containers, printer: { networks: moved } }));
    const before = await places();
    const failed = await takenMeanwhile(path, '10.5.0.22');
    expect(failed.exitCode, failed.stderr).toBe(1);
    expect(failed.stderr).toContain('Address already in use');
    expect(failed.stderr).toContain('the container printer is on the network back again');
    expect(await places()).toEqual(before);
    expect(await networkNames(host)).not.toContain('netctl-journal');
    await askEngine(host, 'POST', '/containers/printer/restart?t=1');
    expect(await places()).toEqual(before);
  });

  test('an attachment that the engine refuses leaves nothing that keeps the container from starting again', async () => {
    const path = await desk.write('one-more.yaml', {
      name: 'more',
      networks: { back: { external: true } },
      containers: {
        cam1: { networks: { back: {} } },
        bystander: { networks: { back: { ipv4_address: '10.5.0.41' } } },
      },
    });
    const before = await places();
    const failed = await takenMeanwhile(path, '10.5.0.41');
    expect(failed.exitCode, failed.stderr).toBe(1);
    expect(failed.stderr).toContain('Address already in use');
    expect(await places()).toEqual(before);
    await askEngine(host, 'POST', '/containers/bystander/restart?t=1');
    expect(await places()).toEqual(before);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });

  test('an address that somebody has is refused before', async () => {
    const EndpointConfig = { IPAMConfig: { IPv4Address: '10.5.0.40' } };
    await askEngine(host, 'POST', '/networks/back/connect', { Container: 'stranger', EndpointConfig });
    const path = await desk.write(
      'taken.yaml',
      spec({ ...containers, asleep: { networks: { back: { ipv4_address: '10.5.0.40' } } } }),
    );
    const refused = await desk.netctl(['plan', path]);
    expect(refused.exitCode).toBe(3);
    expect(refused.stdout + refused.stderr).toContain('is that of the container stranger on back');
  });

  test('what the spec no longer has goes, and one who was connected by hand stays', async () => {
    const { cams: _cams, ...fewer } = containers;
    const path = await desk.write('spec.yaml', spec(fewer));
    const before = await places();
    expect(await stepsOf(path)).toEqual(['endpoint.detach endpoint:back/cam1', 'endpoint.detach endpoint:back/cam2']);
    expect((await desk.netctl(['apply', path])).exitCode).toBe(3);
    expect(await places()).toEqual(before);
    await apply(path, '--yes');
    const now = await places();
    for (const name of ['cam1', 'cam2']) expect(on(now, name, 'back')).toBeUndefined();
    expect(now['stranger']).toEqual(before['stranger']);
    expect(now['printer']).toEqual(before['printer']);
    await apply(await desk.write('spec.yaml', spec()));
    expect(await places()).toEqual(before);
  });

  test('attachments survive --recreate', async () => {
    const before = await places();
    const path = await desk.write('labelled.yaml', {
      name: 'home',
      networks: { ...networks, back: { ...networks.back, labels: { tier: 'web' } } },
      containers,
    });
    await apply(path, '--yes', '--recreate');
    expect(await places()).toEqual(before);
    expect(await stepsOf(path)).toEqual([]);
  });

  test('destroy takes off whom netctl has put there first, and leaves no trace', async () => {
    const path = await desk.write('spec.yaml', spec());
    const held = await desk.netctl(['destroy', path, '--yes']);
    expect(held.exitCode).toBe(3);
    expect(held.stderr).toContain('stranger');
    await askEngine(host, 'POST', '/networks/back/disconnect', { Container: 'stranger' });
    const destroyed = await desk.netctl(['destroy', path, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    const now = await places();
    for (const name of Object.keys(now)) {
      expect(Object.keys((now[name] as { networks: object }).networks), name).toEqual(['own']);
    }
    expect(await networkNames(host)).toEqual(['bridge', 'host', 'none', 'own']);
    expect((await snapshotOf(host)).links.some((line) => line.includes('lan-shim'))).toBe(false);
    expect(await desk.stateFiles()).toEqual([]);
  });
});

test('addresses change hands in one apply: round among three, to one who comes, and between two networks of a segment', async () => {
  const { shim: _shim, ...first } = networks.lan;
  const { gateway: _gateway, ...second } = { ...first, ip_range: '192.168.1.224/27' };
  // Engines before 27 allow one macvlan network on a parent.
  const shares = isAtLeast(version, '27.0');
  const there = (on: object): object =>
    Object.fromEntries(Object.entries(on).filter(([network]) => shares || network !== 'lan2'));
  const text = (people: Readonly<Record<string, { readonly networks: object }>>): object => ({
    name: 'hands',
    networks: there({ lan: first, lan2: second, back: { subnet: '10.6.0.0/24', ip_range: '10.6.0.128/25' } }),
    containers: Object.fromEntries(
      Object.entries(people).map(([name, { networks: on }]) => [name, { networks: there(on) }]),
    ),
  });
  const at = (address: string): object => ({ ipv4_address: address });
  const before = await desk.write(
    'before.yaml',
    text({
      printer: { networks: { back: at('10.6.0.20'), lan: at('192.168.1.180') } },
      cam1: { networks: { back: at('10.6.0.21'), lan2: at('192.168.1.181') } },
      cam2: { networks: { back: at('10.6.0.22') } },
      stranger: { networks: { back: at('10.6.0.23'), lan: at('192.168.1.182') } },
    }),
  );
  const after = await desk.write(
    'after.yaml',
    text({
      printer: { networks: { back: at('10.6.0.21'), lan: at('192.168.1.181') } },
      cam1: { networks: { back: at('10.6.0.22'), lan2: at('192.168.1.180') } },
      cam2: { networks: { back: at('10.6.0.20') } },
      bystander: { networks: { back: at('10.6.0.23') } },
      stranger: { networks: { lan2: at('192.168.1.182') } },
    }),
  );
  await apply(before);
  const ran = await desk.netctl(['apply', after, '--yes', '--json']);
  expect(ran.exitCode, ran.stdout).toBe(0);
  const now = await places();
  const ips = Object.fromEntries(
    Object.entries(now).map(([name, { networks: on }]) => [
      name,
      Object.values(on as Record<string, { ipv4?: string }>)
        .map(({ ipv4 }) => ipv4)
        .slice(0, -1),
    ]),
  );
  expect(ips).toMatchObject({
    printer: ['10.6.0.21', '192.168.1.181'],
    cam1: ['10.6.0.22', ...(shares ? ['192.168.1.180'] : [])],
    cam2: ['10.6.0.20'],
    bystander: ['10.6.0.23'],
    stranger: shares ? ['192.168.1.182'] : [],
  });
  expect(await stepsOf(after)).toEqual([]);
  await askEngine(host, 'POST', '/containers/printer/restart?t=1');
  expect(await places()).toEqual(now);
  expect((await desk.netctl(['destroy', after, '--yes'])).exitCode).toBe(0);
});

test('what only newer engines can is done there, and refused before elsewhere', async () => {
  const path = await desk.write('new.yaml', {
    name: 'new',
    networks: { back: { subnet: '10.6.0.0/24' } },
    containers: { printer: { networks: { back: { interface_name: 'back0', default_route: true } } } },
  });
  const planned = await desk.netctl(['plan', path, '--json']);
  if (!isAtLeast(version, '28.0')) {
    expect(planned.exitCode).toBe(3);
    expect(documentOf<PlanDocument>(planned).problems.map(({ code }) => code)).toEqual([
      'ENGINE_TOO_OLD',
      'ENGINE_TOO_OLD',
    ]);
    expect(await networkNames(host)).not.toContain('back');
    return;
  }
  await apply(path);
  const { stdout } = await host.run('docker', ['exec', 'printer', 'ip', 'route']);
  expect(stdout).toContain('default via 10.6.0.1 dev back0');
  expect(await stepsOf(path)).toEqual([]);
  const destroyed = await desk.netctl(['destroy', path, '--yes']);
  expect(destroyed.exitCode, destroyed.stderr).toBe(0);
});

test('a MAC that the engine would ignore is refused before, and what cannot be connected too', async () => {
  const before = await places();
  const path = await desk.write('mac.yaml', {
    name: 'mac',
    networks: { back: { subnet: '10.6.0.0/24' } },
    containers: { printer: { networks: { back: { mac: 'stable' } } }, nobody: { networks: { back: {} } } },
  });
  const refused = await desk.netctl(['apply', path, '--yes']);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('MAC_IGNORED');
  expect(await places()).toEqual(before);
  expect(await networkNames(host)).not.toContain('back');
  await apply(path, '--accept-loss', 'mac');
  expect(on(await places(), 'printer', 'back')).toBeDefined();
  expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  await everybodyLeaves(host);
  await tryEngine(host, 'DELETE', '/networks/own');
});
