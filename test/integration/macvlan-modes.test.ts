import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import type { StartedTestContainer } from 'testcontainers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { covers } from '../support/table/covers.js';
import { engineVersion } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { type TestedKind, kernelLacks, lacking } from './support/kernel.js';
import { type Desk, openDesk } from './support/netctl.js';
import { pingsFrom, reachesFrom } from './support/pings.js';
import { planned } from './support/planned.js';
import { busyboxImage, startContainer } from './support/workload.js';

/** What two containers on one parent are to each other, by the kernel's rules. */
const modes = {
  bridge: { siblings: 'reach each other' },
  // All goes by the wire, and a plain switch sends nothing back where it came from.
  vepa: { siblings: 'do not reach each other' },
  private: { siblings: 'do not reach each other' },
  // One child takes the whole parent.
  passthru: { siblings: 'there is one' },
} as const;
type Mode = keyof typeof modes;
const names = Object.keys(modes) as Mode[];

const parentOf = (mode: Mode): string => `eth${names.indexOf(mode)}`;
const networkOf = (mode: Mode): string => `lan-${mode}`;
const routerOf = (mode: Mode): string => `10.61.${names.indexOf(mode)}.1`;
const spec = {
  name: 'modes',
  networks: Object.fromEntries(
    names.map((mode) => [
      networkOf(mode),
      {
        driver: 'macvlan',
        parent: parentOf(mode),
        mode,
        subnet: routerOf(mode).replace(/1$/, '0/24'),
        gateway: routerOf(mode),
        ip_range: routerOf(mode).replace(/1$/, '128/25'),
      },
    ]),
  ),
};

let lan: Lan;
let host: Host;
let desk: Desk;
let version: string;
let image: string;
let lacked: readonly TestedKind[];

beforeAll(async () => {
  lan = await startLan({ addresses: names.map((mode) => `${routerOf(mode)}/24`) });
  const interfaces = names.map((mode) => ({ name: parentOf(mode), lan }));
  host = await startHost({ interfaces, engine: testEngine() });
  desk = await openDesk(host);
  version = await engineVersion(host);
  image = await busyboxImage(host);
  lacked = await kernelLacks(['macvlan']);
  if (lacked.length > 0) return;
  const applied = await desk.netctl(['apply', await desk.write('modes.yaml', spec)]);
  expect(applied.exitCode, applied.stderr).toBe(0);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

/** The mode that the kernel gave the container's own link. */
async function modeInKernel(container: StartedTestContainer): Promise<string | undefined> {
  const { stdout: pid } = await host.run('docker', ['inspect', '--format', '{{.State.Pid}}', container.getId()]);
  const enter = [`--net=/proc/${pid.trim()}/ns/net`, 'ip', '-json', '-details', 'link', 'show', 'dev', 'eth0'];
  const { stdout } = await host.run('nsenter', enter);
  const [link] = JSON.parse(stdout) as { linkinfo: { info_data: { mode: string } } }[];
  return link?.linkinfo.info_data.mode;
}

test.for(names)('mode %s', async (mode, ctx) => {
  if (lacked.length > 0) ctx.skip(lacking(lacked));
  const { siblings } = modes[mode];
  const first = await startContainer(host, { image, network: networkOf(mode) });
  expect(await modeInKernel(first)).toBe(mode);
  await reachesFrom(first, routerOf(mode));
  if (siblings !== 'there is one') {
    const second = await startContainer(host, { image, network: networkOf(mode) });
    await reachesFrom(second, routerOf(mode));
    const address = second.getIpAddress(networkOf(mode));
    if (siblings === 'reach each other') await reachesFrom(first, address);
    else expect(await pingsFrom(first, address)).toBe(false);
    await second.stop();
  }
  await first.stop();
  covers(ctx, version, 'macvlan', 'modes');
});

test('nothing is left to do in any mode', async (ctx) => {
  if (lacked.length > 0) ctx.skip(lacking(lacked));
  expect(await planned(desk, 'modes.yaml')).toEqual([]);
});
