import { join } from 'node:path';
import { type Host, type Lan, startLan } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { covers } from '../support/table/covers.js';
import { engineVersion } from './support/engine-client.js';
import { partOf, snapshotOf } from './support/host-snapshot.js';
import { kernelLacks } from './support/kernel.js';
import { type Desk, openDesk, repository } from './support/netctl.js';
import { startOnLan } from './support/on-lan.js';
import { pings, pingsFrom, reaches, reachesFrom } from './support/pings.js';
import { busyboxImage, startContainer } from './support/workload.js';

const homeLan = join(repository, 'examples/home-lan.yaml');
/** The same LAN on a second host, which hands out another part of it. */
const besides = {
  name: 'besides',
  networks: {
    lan: {
      driver: 'macvlan',
      parent: 'eth0',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      ip_range: '192.168.1.64/27',
      shim: true,
    },
  },
};

let lan: Lan;
let home: Host;
let beside: Host;
let desks: readonly Desk[];

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  [home, beside] = await Promise.all([
    startOnLan(lan, 'home', '192.168.1.10'),
    startOnLan(lan, 'beside', '192.168.1.11'),
  ]);
  desks = await Promise.all([openDesk(home), openDesk(beside)]);
});

afterAll(async () => {
  for (const desk of desks) await desk[Symbol.asyncDispose]();
  await Promise.all([home.close(), beside.close()]);
  await lan.close();
});

test('a home LAN: containers are reached from where they should be, and the host through its shim', async (ctx) => {
  if ((await kernelLacks(['macvlan'])).length > 0) ctx.skip('this kernel has no macvlan links');
  const [desk, besideDesk] = desks;
  if (desk === undefined || besideDesk === undefined) throw new Error('no desk');
  const eth0Before = partOf(await snapshotOf(home), 'eth0');
  const besideSpec = await besideDesk.write('besides.yaml', besides);
  for (const [one, spec] of [
    [desk, homeLan],
    [besideDesk, besideSpec],
  ] as const) {
    const applied = await one.netctl(['apply', spec]);
    expect(applied.exitCode, applied.stderr).toBe(0);
  }
  expect(partOf(await snapshotOf(home), 'eth0').filter((line) => !line.includes('lan-shim'))).toEqual(eth0Before);

  const [image] = await Promise.all([busyboxImage(home), busyboxImage(beside)]);
  const mine = await startContainer(home, { image, name: 'mine', network: 'lan' });
  const theirs = await startContainer(beside, { image, name: 'theirs', network: 'lan' });
  const [myAddress, theirAddress] = [mine.getIpAddress('lan'), theirs.getIpAddress('lan')];
  expect(myAddress).toBe('192.168.1.192');
  expect(theirAddress).toBe('192.168.1.64');

  // From the LAN and from the other host, both ways.
  await reaches(lan, myAddress);
  await reaches(beside, myAddress);
  await reachesFrom(mine, '192.168.1.1');
  await reachesFrom(mine, '192.168.1.11');
  await reachesFrom(mine, theirAddress);
  await reachesFrom(theirs, myAddress);

  // From its own host, by the shim, both ways; with the shim gone the kernel keeps them apart.
  await reaches(home, myAddress);
  await reachesFrom(mine, '192.168.1.223');
  await reachesFrom(mine, '192.168.1.10');
  await home.run('ip', ['link', 'delete', 'lan-shim']);
  expect(await pings(home, myAddress)).toBe(false);
  expect(await pingsFrom(mine, '192.168.1.223')).toBe(false);
  await reaches(lan, myAddress);

  const repaired = await desk.netctl(['apply', homeLan]);
  expect(repaired.exitCode, repaired.stderr).toBe(0);
  await reaches(home, myAddress);
  await reachesFrom(mine, '192.168.1.223');
  // The host's own ways are as they were.
  await reaches(home, '192.168.1.1');
  await reaches(home, '192.168.1.11');
  await reaches(lan, '192.168.1.10');

  await Promise.all([mine.stop(), theirs.stop()]);
  const destroyed = await desk.netctl(['destroy', homeLan, '--yes']);
  expect(destroyed.exitCode, destroyed.stderr).toBe(0);
  expect(partOf(await snapshotOf(home), 'eth0')).toEqual(eth0Before);
  covers(ctx, await engineVersion(home), 'macvlan', 'shim');
});
