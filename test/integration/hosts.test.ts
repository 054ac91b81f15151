import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apply, connectDocker, loadSpec, plan, stepsOf, stepTitle } from '@netctl/core';
import type { Backends, EngineBackend, Hosts } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { exampleSpecsOfHosts } from './support/example-files.js';
import { networkNames } from './support/engine-client.js';
import { kernelLacks } from './support/kernel.js';
import { type Desk, documentOf, openDesk, type PlanDocument, repository } from './support/netctl.js';
import { startOnLan } from './support/on-lan.js';
import { reaches, reachesFrom } from './support/pings.js';
import { busyboxImage, startContainer } from './support/workload.js';

/* One spec for two real hosts on one LAN: each gets its part, and nothing is changed on one when the other cannot be asked. */

let lan: Lan;
let one: Host;
let two: Host;
let desk: Desk;
let engines: readonly EngineBackend[];

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  [one, two] = await Promise.all([
    startOnLan(lan, 'node01', '192.168.1.10'),
    startOnLan(lan, 'node02', '192.168.1.11', 'enp3s0'),
  ]);
  desk = await openDesk(one);
  engines = await Promise.all([one, two].map(({ dockerHost }) => connectDocker({ host: dockerHost })));
});

afterAll(async () => {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await Promise.all([one.close(), two.close()]);
  await lan.close();
});

/** As a provisioning script has them: both engines, and `ip` in each host. */
function targets(...names: readonly string[]): Hosts {
  const backends = (host: Host, index: number): Backends => {
    const engine = engines[index];
    if (engine === undefined) throw new Error(`no engine of ${host.name}`);
    return { engine, links: iproute2({ command: host.command('ip') }) };
  };
  const all = [one, two].map((host, index) => [host.name, backends(host, index)] as const);
  return new Map(all.filter(([name]) => names.includes(name)));
}

const hostsOf = (...all: readonly Host[]): object =>
  Object.fromEntries(all.map(({ name, dockerHost }) => [name, { docker: dockerHost }]));

test('every example for several hosts is applied, those with a swarm in swarm.test.ts and swarm-macvlan.test.ts', async () => {
  const names = (await exampleSpecsOfHosts()).map(({ name }) => name);
  expect(names).toEqual(['consul/network.yaml', 'several-hosts.yaml', 'swarm-macvlan.yaml', 'swarm.yaml']);
});

describe('examples/several-hosts.yaml', () => {
  test('the second host moves nobody, and all reach each other', async (context) => {
    if ((await kernelLacks(['macvlan'])).length > 0) context.skip('this kernel has no macvlan links');
    const stateDir = desk.stateFolder;
    const path = join(repository, 'examples/several-hosts.yaml');
    const alone = (await readFile(path, 'utf8')).replace(/^containers:[^]*/m, '').replaceAll(/^ +node02:.*$/gm, '');
    const before = await loadSpec(await desk.write('alone.yaml', alone));
    const first = await apply(before, targets('node01'), { stateDir });
    expect(first.done.map(stepTitle)).toEqual(['make link lan-shim on node01', 'make network lan on node01']);

    const [image] = await Promise.all([busyboxImage(one), busyboxImage(two)]);
    const mine = await startContainer(one, { image, name: 'mine', network: 'lan' });
    const dns = await startContainer(two, { image, name: 'dns' });

    const both = await loadSpec(path);
    const second = await apply(both, targets('node01', 'node02'), { stateDir });
    expect(second.done.map(stepTitle).sort()).toEqual([
      'make link lan-shim on node02',
      'make network lan on node02',
      'put container dns on network lan on node02',
    ]);
    expect(stepsOf(await plan(both, targets('node01', 'node02'), { stateDir }))).toEqual([]);

    const theirs = await startContainer(two, { image, name: 'theirs', network: 'lan' });
    const addresses = [mine, theirs].map((container) => container.getIpAddress('lan'));
    expect(addresses).toEqual(['192.168.1.192', '192.168.1.208']);
    await reachesFrom(mine, '192.168.1.208');
    await reachesFrom(mine, '192.168.1.53');
    await reachesFrom(theirs, '192.168.1.192');
    await reaches(one, '192.168.1.192');
    await reaches(one, '192.168.1.53');
    await reaches(two, '192.168.1.53');
    await reaches(two, '192.168.1.192');

    for (const container of [mine, theirs, dns]) await container.stop();
    const end = await apply(both, targets('node01', 'node02'), { stateDir, destroy: true, allowDisruptive: true });
    expect(end.done.map(stepTitle).sort()).toEqual([
      'remove link lan-shim on node01',
      'remove link lan-shim on node02',
      'remove network lan on node01',
      'remove network lan on node02',
    ]);
  });
});

describe('the command line', () => {
  // By their sockets alone, both engines have the links of the host that netctl runs on, so they share no subnet made later.
  const more = { more: { subnet: '10.63.0.0/24', hosts: ['node01'] } };
  const web = (extra: object = {}): object => ({
    name: 'web',
    hosts: hostsOf(one, two),
    networks: { web: { subnet: '10.61.0.0/24' }, back: { subnet: '10.62.0.0/24', hosts: ['node02'] }, ...extra },
  });

  test('plans, applies and tells of each host', async () => {
    const spec = await desk.write('web.yaml', web());
    const shown = await desk.netctl(['plan', spec]);
    expect(shown.stdout).toBe(`node01:
+ network web  bridge, 10.61.0.0/24
               it is not there yet
node02:
+ network web   bridge, 10.61.0.0/24
                it is not there yet
+ network back  bridge, 10.62.0.0/24
                it is not there yet

Plan: 3 to make. Nothing was written.`);
    const applied = await desk.netctl(['apply', spec]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(applied.stdout).toMatch(/^node01 is done$/m);
    expect(applied.stdout).toMatch(/^node02 is done$/m);
    expect(await networkNames(one)).toEqual(['bridge', 'host', 'none', 'web']);
    expect(await networkNames(two)).toEqual(['back', 'bridge', 'host', 'none', 'web']);
    expect((await desk.netctl(['plan', spec, '--detailed-exitcode'])).exitCode).toBe(0);
    const { stdout } = await desk.netctl(['status', spec]);
    expect(stdout).toMatch(/^web on node01:\n {2}ok +network web[^]*^web on node02:\n {2}ok +network web/m);
  });

  test('changes nothing anywhere when one host cannot be asked, unless told to', async () => {
    await two.stopEngine();
    try {
      const spec = await desk.write('more.yaml', web(more));
      const refused = await desk.netctl(['apply', spec]);
      expect(refused.exitCode).toBe(69);
      expect(refused.stderr).toMatch(/more\.yaml:7:3: hosts\.node02: No Docker Engine at unix:/);
      expect(refused.stderr).toContain('Nothing was changed: node02 cannot be looked at');
      expect(await networkNames(one)).toEqual(['bridge', 'host', 'none', 'web']);
      expect((await desk.netctl(['status', spec])).exitCode).toBe(69);

      const partial = await desk.netctl(['apply', spec, '--partial']);
      expect(partial.exitCode, partial.stderr).toBe(2);
      expect(await networkNames(one)).toEqual(['bridge', 'host', 'more', 'none', 'web']);
      const again = await desk.netctl(['apply', spec, '--partial']);
      expect([again.exitCode, again.stdout]).toEqual([2, expect.stringContaining('where it could be looked at')]);
    } finally {
      await two.startEngine();
    }
    const spec = await desk.write('more.yaml', web(more));
    expect((await desk.netctl(['apply', spec])).exitCode).toBe(0);
    const { steps } = documentOf<PlanDocument>(await desk.netctl(['plan', spec, '--json']));
    expect(steps).toEqual([]);
    expect((await desk.netctl(['destroy', spec, '--yes'])).exitCode).toBe(0);
    expect([await networkNames(one), await networkNames(two)]).toEqual([
      ['bridge', 'host', 'none'],
      ['bridge', 'host', 'none'],
    ]);
  });

  test('takes no --host beside hosts:', async () => {
    const spec = await desk.write('web.yaml', web());
    const ran = await desk.netctl(['plan', spec, '--host', one.dockerHost]);
    expect(ran.exitCode).toBe(64);
    expect(ran.stderr).toContain('names its own');
  });
});
