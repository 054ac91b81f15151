import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Topology } from '../../packages/core/src/graph/topology.js';
import { outline } from '../support/graph/outline.js';
import { testEngine } from './support/engine.js';
import { type Desk, documentOf, openDesk } from './support/netctl.js';
import { PLAIN_LAN } from './support/plain-lan.js';
import { busyboxImage } from './support/workload.js';

const networks = {
  lan: PLAIN_LAN,
  web: { subnet: '10.20.0.0/24', isolated_from: ['lan'] },
  media: { subnet: '10.21.0.0/24' },
};
const containers = {
  printer: { networks: { lan: { ipv4_address: '192.168.1.180' } } },
  scanner: { networks: { lan: {} } },
};

let lan: Lan;
let host: Host;
let desk: Desk;

const docker = async (...args: readonly string[]): Promise<string> => (await host.run('docker', args)).stdout.trim();

beforeAll(async () => {
  lan = await startLan();
  host = await startHost({
    name: 'box',
    interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' }],
    engine: testEngine(),
  });
  desk = await openDesk(host);
  const image = await busyboxImage(host);
  await docker('run', '-d', '--init', '--name', 'printer', image);
  await desk.write('old.yaml', {
    name: 'home',
    networks: { ...networks, attic: { subnet: '10.22.0.0/24' } },
    containers,
  });
  await desk.write('home.yaml', { name: 'home', networks, containers });
  const applied = await desk.netctl(['apply', 'old.yaml', '--yes', '--no-probe'], { cwd: desk.folder });
  expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0);
  await docker('run', '-d', '--init', '--name', 'proxy', '--network', 'web', image);
  // By hand: another network in the place of one, and the shim loses a route.
  await docker('network', 'rm', 'media');
  await docker(
    'network',
    'create',
    '--subnet',
    '10.88.0.0/24',
    '--label',
    'io.netctl.stack=home',
    '--label',
    'io.netctl.ref=network:media',
    'media',
  );
  await host.run('ip', ['route', 'del', '192.168.1.180/32']);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

test('what is wanted, what is there and what has drifted, of a real host', async () => {
  const path = join(desk.folder, 'home.html');
  const drawn = await desk.netctl(['graph', 'home.yaml', '--json', '-o', 'home.html'], { cwd: desk.folder });
  expect(drawn.exitCode, drawn.stdout + drawn.stderr).toBe(0);
  expect(outline(documentOf<Topology>(drawn))).toEqual([
    'host box ok',
    '  parent eth0 other',
    '  shim lan-shim drifted on eth0 into lan: the route to 192.168.1.180/32 is missing',
    '  network lan ok on eth0',
    '    container printer ok 192.168.1.180',
    '    container scanner missing: there is no such container yet',
    '  network web ok',
    '    container proxy other 10.20.0.2',
    expect.stringMatching(/^ {2}network media drifted: subnet 10\.88\.0\.0\/24 → 10\.21\.0\.0\/24/) as string,
    '  network attic unwanted: the spec of home no longer wants it',
  ]);
  const page = await readFile(path, 'utf8');
  for (const words of ['>192.168.1.180<', '~ drifted', '− not wanted', '+ missing']) expect(page).toContain(words);
});

test('nothing is written but the file', async () => {
  const before = (await desk.netctl(['plan', 'home.yaml', '--json'], { cwd: desk.folder })).stdout;
  const files = await desk.stateFiles();
  expect((await desk.netctl(['graph', 'home.yaml', '-o', 'home.svg'], { cwd: desk.folder })).exitCode).toBe(0);
  expect((await desk.netctl(['plan', 'home.yaml', '--json'], { cwd: desk.folder })).stdout).toBe(before);
  expect(await desk.stateFiles()).toEqual(files);
});
