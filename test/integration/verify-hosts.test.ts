import { apply, connectDocker, verify } from '@netctl/core';
import type { EngineBackend, VerifyBackends, VerifyResult } from '@netctl/core';
import { iproute2, prober } from '@netctl/iproute2';
import { type Host, type Lan, startLan } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeImage, startContainer } from '../kernel/support/container.js';
import { swarmOfTwo } from '../kernel/support/swarm.js';
import { loadText, stateDir } from '../support/memory/run.js';
import { kernelLacks } from './support/kernel.js';
import { startOnLan } from './support/on-lan.js';

/* Two hosts on one LAN and in one swarm: what goes from one to the other is proved, and found where it does not. */

let lan: Lan;
let hosts: readonly Host[];
let engines: readonly EngineBackend[];
let targets: ReadonlyMap<string, VerifyBackends>;

const lanOn = (range: string) => ({ parent: 'eth0', ip_range: range });

const text = (): string =>
  JSON.stringify({
    name: 'both',
    hosts: Object.fromEntries(hosts.map(({ name, dockerHost }) => [name, { docker: dockerHost }])),
    networks: {
      lan: {
        driver: 'macvlan',
        subnet: '192.168.1.0/24',
        gateway: '192.168.1.1',
        hosts: { node01: lanOn('192.168.1.64/27'), node02: lanOn('192.168.1.96/27') },
      },
      idle: {
        driver: 'macvlan',
        subnet: '10.67.0.0/24',
        gateway: '10.67.0.1',
        parent: 'eth0',
        ip_range: '10.67.0.128/25',
        shim: true,
        hosts: { node01: {} },
      },
      app: { driver: 'overlay', attachable: true, subnet: '10.83.0.0/24' },
    },
  });

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24', '10.67.0.1/24'] });
  hosts = await Promise.all([startOnLan(lan, 'node01', '192.168.1.10'), startOnLan(lan, 'node02', '192.168.1.11')]);
  const [one, two] = hosts;
  if (one === undefined || two === undefined) throw new Error('no hosts');
  await Promise.all(hosts.map(makeImage));
  await swarmOfTwo(one, two);
  engines = await Promise.all(hosts.map(({ dockerHost }) => connectDocker({ host: dockerHost })));
  targets = new Map(
    hosts.map((host, index) => {
      const engine = engines[index];
      if (engine === undefined) throw new Error(`no engine of ${host.name}`);
      const links = iproute2({ command: host.command('ip') });
      return [host.name, { engine, links, prober: prober({ prefix: host.command('ip').slice(0, -1) }) }];
    }),
  );
  await apply(loadText(text()), targets, { stateDir, probe: false });
});

afterAll(async () => {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  await Promise.all(hosts.map((host) => host.close()));
  await lan.close();
});

const verified = async (): Promise<VerifyResult> => verify(loadText(text()), targets);
const between = ({ checks }: VerifyResult, key: string): readonly string[] =>
  checks
    .filter(
      ({ kind, network, from, to }) => kind === 'container' && network === `network:${key}` && from.host !== to?.host,
    )
    .map(({ state }) => state);

test('containers of two hosts on a LAN and on an overlay', async (ctx) => {
  if ((await kernelLacks(['macvlan', 'vxlan'])).length > 0) ctx.skip('this kernel has no macvlan or no vxlan links');
  const all = [];
  for (const host of hosts) for (const network of ['lan', 'app']) all.push(await startContainer(host, network));
  const [, here, , there] = all;
  await here?.reaches(there?.address ?? '');
  const result = await verified();
  const unproved = result.checks.filter(({ state }) => state !== 'passed');
  expect(unproved.map(({ id, cause }) => [id, cause])).toEqual([
    ['neighbour:node01/idle/@', 'nobody else is known on the LAN of eth0'],
  ]);
  // Nobody is on that one, and the shim leads to whoever stands there.
  expect(result.checks.filter(({ kind, network }) => kind === 'shim' && network === 'network:idle')).toHaveLength(2);
  expect(between(result, 'lan')).toEqual(['passed', 'passed']);
  expect(between(result, 'app')).toEqual(['passed', 'passed']);
  // The engines of a swarm tell each other the names on its networks.
  const names = result.checks.filter(({ kind, network }) => kind === 'name' && network === 'network:app');
  expect(names).toHaveLength(2);
  for (const { from, to } of names) expect(from.host).not.toBe(to?.host);
  // As far as the other host.
  const far = result.checks.filter(({ kind, from, to }) => kind === 'mtu' && from.host !== to?.host);
  expect(far.map(({ network }) => network).sort()).toEqual([
    'network:app',
    'network:app',
    'network:lan',
    'network:lan',
  ]);
  expect(result.checks.some(({ kind }) => kind === 'neighbour')).toBe(true);

  // What the engine uses between hosts.
  await hosts[1]?.run('iptables', ['-I', 'INPUT', '-p', 'udp', '--dport', '4789', '-j', 'DROP']);
  const cut = await verified();
  expect(between(cut, 'app')).toEqual(['failed', 'failed']);
  expect(between(cut, 'lan')).toEqual(['passed', 'passed']);
  const failed = cut.checks.filter(({ kind, state }) => state === 'failed' && kind === 'container');
  expect(failed[0]).toMatchObject({ cure: 'Let UDP 4789 and TCP and UDP 7946 through the firewalls between them.' });
  await hosts[1]?.run('iptables', ['-D', 'INPUT', '1']);
  for (const one of all) await one.remove();
});
