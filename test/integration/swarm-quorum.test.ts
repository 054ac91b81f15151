import { apply, connectDocker, importHost, NetctlError, plan, stepsOf, stepTitle } from '@netctl/core';
import type { Backends } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { loadYaml } from './support/load-yaml.js';
import { type Desk, openDesk } from './support/netctl.js';
import { until } from './support/until.js';
import { busyboxImage, startContainer } from './support/workload.js';

/* A manager whose swarm has lost its leader answers nothing about the swarm, and has networks of its own all the same. */

let lan: Lan;
let leader: Host;
let other: Host;
let backends: ReadonlyMap<string, Backends>;
let desk: Desk;

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const start = async (name: string, address: string): Promise<Host> =>
    startHost({
      name,
      interfaces: [{ name: 'eth0', lan, addresses: [address], gateway: '192.168.1.1' }],
      engine: testEngine(),
    });
  [leader, other] = await Promise.all([start('node01', '192.168.1.11/24'), start('node02', '192.168.1.12/24')]);
  const reached = [leader, other].map(async (host): Promise<[string, Backends]> => {
    const engine = await connectDocker({ host: host.dockerHost });
    return [host.name, { engine, links: iproute2({ command: host.command('ip') }) }];
  });
  backends = new Map(await Promise.all(reached));
  desk = await openDesk(other);
});

afterAll(async () => {
  for (const { engine } of backends.values()) await engine[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await Promise.all([leader.close(), other.close()]);
  await lan.close();
});

const shop = (): object => ({
  name: 'shop',
  hosts: Object.fromEntries([leader, other].map(({ name, dockerHost }) => [name, { docker: dockerHost }])),
  swarm: { managers: ['node01', 'node02'] },
  networks: { app: { driver: 'overlay', attachable: true, subnet: '10.20.0.0/24' } },
});
const local = (subnet: string): object => ({ name: 'home', networks: { web: { subnet } } });

async function failure(work: Promise<unknown>): Promise<NetctlError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NetctlError) return error;
  throw new Error(`no NetctlError: ${String(error)}`);
}

test('what is local to a manager is made and changed while its swarm has no leader, and nothing else is', async () => {
  const options = { stateDir: desk.stateFolder, allowDisruptive: true };
  await apply(loadYaml(shop()), backends, options);
  const mine = backends.get('node02');
  if (mine === undefined) throw new Error('no backends of node02');
  const image = await busyboxImage(other);
  const container = await startContainer(other, { image, name: 'web1', network: 'app' });

  await leader.killEngine();
  // The engine says so once its own question to the swarm has ended, 20 s later.
  const isAlone = async (): Promise<boolean> => (await tryEngine(other, 'GET', '/nodes')).status === 500;
  await until('the swarm has no leader', isAlone, 90_000);

  const made = await apply(loadYaml(local('10.5.0.0/24')), mine, options);
  expect(made.done.map(stepTitle)).toEqual(['make network web']);
  const other5 = loadYaml(local('10.6.0.0/24'));
  expect((await apply(other5, mine, options)).done.map(stepTitle)).toEqual(['remove network web', 'make network web']);
  expect(stepsOf(await plan(other5, mine, options))).toEqual([]);
  expect((await apply(other5, mine, { ...options, destroy: true })).done.map(stepTitle)).toEqual([
    'remove network web',
  ]);

  const refused = { code: 'ENGINE_ERROR', message: /^The swarm that this engine is a manager of has no leader/ };
  const overlay = loadYaml({ name: 'home', networks: { app: { driver: 'overlay', subnet: '10.20.0.0/24' } } });
  for (const work of [
    () => plan(overlay, mine, options),
    // What the stack has of the swarm is still on the engine, and nobody could remove it now.
    () => apply(loadYaml({ name: 'shop', networks: {} }), mine, { ...options, destroy: true }),
    () => importHost(mine),
  ]) {
    const { code, message, hint } = await failure(work());
    expect(code).toBe(refused.code);
    expect(message).toMatch(refused.message);
    expect(hint).toContain('Bring more than half of its managers back');
  }
  await container.stop();
});
