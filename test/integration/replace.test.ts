import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askEngine, engineVersion, isAtLeast, networkNames } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { type Desk, openDesk, reportOf } from './support/netctl.js';
import { everybodyLeaves, join, type Member, placesOf, withoutMade } from './support/replace/crowd.js';
import { busyboxImage } from './support/workload.js';

/* A network that everybody is on is replaced, and everybody is on it again as he was. */

let host: Host;
let desk: Desk;
let version: string;
let image: string;

const lan = (tier: string): object => ({
  enable_ipv6: true,
  labels: { tier },
  ipam: { config: [{ subnet: '10.5.0.0/24' }, { subnet: 'fd00:5::/64' }] },
});
const spec = (tier: string): object => ({
  name: 'home',
  networks: { lan: lan(tier), other: { subnet: '10.6.0.0/24' } },
});

const own = (last: number): object => ({
  IPAMConfig: { IPv4Address: `10.5.0.${String(last)}`, IPv6Address: `fd00:5::${String(last)}` },
});

const crowd: readonly Member[] = [
  { name: 'db', state: 'running', networks: { lan: { Aliases: ['sql'] } } },
  { name: 'cache', state: 'running', networks: { lan: {} } },
  {
    name: 'web',
    state: 'running',
    networks: {
      lan: {
        IPAMConfig: {
          IPv4Address: '10.5.0.20',
          IPv6Address: 'fd00:5::20',
          LinkLocalIPs: ['169.254.7.7', 'fe80::7:7'],
        },
        Aliases: ['www', 'front'],
        Links: ['db:database'],
        DriverOpts: { 'io.example.kept': 'yes' },
      },
      other: { IPAMConfig: { IPv4Address: '10.6.0.9' }, Aliases: ['inner'] },
    },
    host: { PortBindings: { '80/tcp': [{ HostPort: '18080' }] } },
  },
  { name: 'still', state: 'paused', networks: { lan: own(30) } },
  { name: 'over', state: 'exited', networks: { lan: { ...own(31), Aliases: ['was'] } } },
  { name: 'fresh', state: 'created', networks: { lan: { ...own(32), Aliases: ['new'] } } },
  { name: 'loop', state: 'restarting', networks: { lan: { ...own(33), Aliases: ['again'] } } },
  {
    name: 'composed',
    state: 'running',
    labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'cart' },
    networks: { lan: { Aliases: ['cart', 'shop-cart-1'] } },
  },
  { name: 'elsewhere', state: 'running', networks: { other: {} } },
];

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  [desk, version, image] = await Promise.all([openDesk(host), engineVersion(host), busyboxImage(host)]);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

test('containers in every state, of any project, are on the new network as they were on the old one', async () => {
  const before = await desk.write('lan.yaml', spec('a'));
  expect((await desk.netctl(['apply', before])).exitCode).toBe(0);
  for (const member of crowd) await join(host, image, member);
  if (isAtLeast(version, '28.0')) {
    await join(host, image, { name: 'prior', state: 'running', networks: { lan: { GwPriority: 9 }, other: {} } });
  }
  const places = withoutMade(await placesOf(host));
  const { Id: old } = await askEngine<{ Id: string }>(host, 'GET', '/networks/lan');

  const after = await desk.write('lan.yaml', spec('b'));
  const refused = await desk.netctl(['apply', after, '--yes']);
  expect(refused.exitCode).toBe(3);
  for (const { name, networks } of crowd) if ('lan' in networks) expect(refused.stderr).toContain(name);
  expect((await askEngine<{ Id: string }>(host, 'GET', '/networks/lan')).Id).toBe(old);

  const applied = await desk.netctl(['apply', after, '--yes', '--recreate', '--json']);
  expect(applied.exitCode, applied.stdout).toBe(0);
  expect((await askEngine<{ Id: string }>(host, 'GET', '/networks/lan')).Id).not.toBe(old);
  expect(withoutMade(await placesOf(host))).toEqual(places);
  const report = reportOf(applied) as unknown as {
    readonly moved: readonly { name: string; offMs: number; changes: readonly string[] }[];
  };
  // The kernel gives the next free name, and the second network has eth1; engines from 28 on give the name itself.
  const web = report.moved.find(({ name }) => name === 'web');
  if (!isAtLeast(version, '28.0')) expect(web?.changes).toContain('interface eth0 → eth2');
  else expect(web?.changes).toEqual([expect.stringMatching(/^MAC \S+ → \S+$/)]);
  process.stdout.write(`off for at most ${String(Math.max(...report.moved.map(({ offMs }) => offMs)))} ms\n`);
  expect(report.moved.map(({ name }) => name).sort()).toEqual(
    [
      ...crowd.filter(({ networks }) => 'lan' in networks).map(({ name }) => name),
      ...('prior' in places ? ['prior'] : []),
    ].sort(),
  );
  expect(await networkNames(host)).not.toContain('netctl-journal');
  expect(await desk.stateFiles()).toEqual([]);

  // What was stopped starts with the addresses that it asked for, and names are found.
  for (const name of ['over', 'fresh']) await askEngine(host, 'POST', `/containers/${name}/start`);
  const started = await placesOf(host);
  expect(started['over']).toMatchObject({ state: 'running', networks: { lan: { ipv4: '10.5.0.31' } } });
  expect(started['fresh']).toMatchObject({ state: 'running', networks: { lan: { ipv4: '10.5.0.32' } } });
  for (const name of ['sql', 'cart', 'was', 'new', '10.6.0.9']) {
    const { stdout } = await host.run('docker', ['exec', 'web', 'ping', '-c1', '-W2', name]);
    expect(stdout).toContain('1 packets received');
  }
  const linked = await host.run('docker', ['exec', 'web', 'ping', '-c1', '-W2', 'database']);
  expect(linked.stdout).toContain('1 packets received');
  expect((await desk.netctl(['plan', after])).stdout).toContain('Nothing to do');
  await everybodyLeaves(host);
});
