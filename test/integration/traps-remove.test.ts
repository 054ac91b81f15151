import { connectDocker } from '@netctl/core';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { askEngine, inspectNetwork, makeForeignNetwork, networkNames, tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { expectFailure } from './support/failures.js';
import { type Desk, openDesk } from './support/netctl.js';
import { until } from './support/until.js';

/* What engines do to containers when their network goes, and how netctl keeps it from them. */

const IMAGE = 'netctl/sleep';
/** No running endpoint, so an engine removes their network without a word. */
const DEFENCELESS = ['created', 'exited', 'restarting'] as const;
type State = (typeof DEFENCELESS)[number] | 'running' | 'paused';

let host: Host;
let desk: Desk;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  desk = await openDesk(host);
  await host.importImage(IMAGE, { programs: ['/bin/sleep', '/bin/false'] });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
}

async function containers(network?: string): Promise<readonly Listed[]> {
  const filters = network === undefined ? '' : `&filters=${encodeURIComponent(JSON.stringify({ network: [network] }))}`;
  return askEngine<readonly Listed[]>(host, 'GET', `/containers/json?all=1${filters}`);
}

const namesOf = (list: readonly Listed[]): readonly string[] =>
  list.map(({ Names }) => Names[0]?.slice(1) ?? '').sort();

afterEach(async () => {
  for (const { Id } of await containers()) await askEngine(host, 'DELETE', `/containers/${Id}?force=1`);
  await askEngine(host, 'POST', '/networks/prune');
});

/** A container by the name of its state. */
async function container(state: State, network: string): Promise<void> {
  await askEngine(host, 'POST', `/containers/create?name=${state}`, {
    Image: IMAGE,
    Cmd: state === 'restarting' ? ['/bin/false'] : ['/bin/sleep', 'infinity'],
    HostConfig: {
      NetworkMode: network,
      Init: false,
      ...(state === 'restarting' && { RestartPolicy: { Name: 'always' } }),
    },
  });
  if (state === 'created') return;
  await askEngine(host, 'POST', `/containers/${state}/start`);
  if (state === 'exited') await askEngine(host, 'POST', `/containers/${state}/kill`);
  if (state === 'paused') await askEngine(host, 'POST', `/containers/${state}/pause`);
  // Each wait is twice the last: after five of them there is time to look.
  const retries = state === 'restarting' ? 5 : 0;
  await until(`a container is ${state}`, async () => {
    const inspected = await askEngine<{ RestartCount: number; State: { Status: string } }>(
      host,
      'GET',
      `/containers/${state}/json`,
    );
    return inspected.RestartCount >= retries && inspected.State.Status === state;
  });
}

const start = async (name: string): ReturnType<typeof tryEngine> =>
  tryEngine(host, 'POST', `/containers/${name}/start`);

describe('an engine that is asked to remove a network', () => {
  test('does so under containers that do not run just now, which cannot start again', async () => {
    const id = await makeForeignNetwork(host, 'held');
    for (const state of DEFENCELESS) await container(state, 'held');
    expect(await tryEngine(host, 'DELETE', `/networks/${id}`)).toMatchObject({ status: 204 });
    const refused = await start('exited');
    expect(refused.status).toBe(404);
    expect(refused.text).toContain(`network ${id} not found`);

    // A network of the same name is another one to those that have run.
    await makeForeignNetwork(host, 'held');
    expect((await start('exited')).text).toContain(`network ${id} not found`);
    expect((await start('created')).status).toBe(204);
  });

  test('finds by the id of the network none that has never run', async () => {
    const id = await makeForeignNetwork(host, 'held');
    await container('created', 'held');
    await container('exited', 'held');
    expect(namesOf(await containers('held'))).toEqual(['created', 'exited']);
    expect(namesOf(await containers(id))).toEqual(['exited']);
    expect(await inspectNetwork(host, 'held')).toMatchObject({ Containers: {} });
  });

  test('refuses while one is running or paused', async () => {
    const id = await makeForeignNetwork(host, 'held');
    await container('paused', 'held');
    const refused = await tryEngine(host, 'DELETE', `/networks/${id}`);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('has active endpoints');
    await using backend = await connectDocker({ host: host.dockerHost });
    await expect(backend.removeNetwork({ name: 'held', id, scope: 'local' })).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
      message: expect.stringContaining('paused (paused)') as string,
    });
  });
});

describe('netctl, asked to', () => {
  const spec = (subnet: string): object => ({ name: 'held', networks: { held: { subnet } } });

  test('replace or remove a network refuses and names every container on it, whatever its state', async () => {
    const path = await desk.write('held.yaml', spec('10.65.0.0/24'));
    const other = await desk.write('other.yaml', spec('10.66.0.0/24'));
    const applied = await desk.netctl(['apply', path]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    const { Id } = await inspectNetwork(host, 'held');
    for (const state of ['running', 'paused', ...DEFENCELESS] as const) await container(state, 'held');

    const all =
      /created \(created\), exited \(exited\), paused \(paused\), restarting \((restarting|running)\), running \(running\)/;
    const refusal = { exit: 3, code: 'REFUSED', cause: all, cure: /stopped containers count/, problems: ['IN_USE'] };
    await expectFailure((more) => desk.netctl(['apply', other, '--yes', ...more]), refusal);
    await expectFailure((more) => desk.netctl(['destroy', path, '--yes', ...more]), refusal);
    expect((await inspectNetwork(host, 'held')).Id).toBe(Id);
    for (const state of ['created', 'exited']) expect((await start(state)).status).toBe(204);

    for (const { Id: container } of await containers())
      await askEngine(host, 'DELETE', `/containers/${container}?force=1`);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });

  test('remove a network refuses for a container that has never run, too', async () => {
    const path = await desk.write('held.yaml', spec('10.65.0.0/24'));
    expect((await desk.netctl(['apply', path])).exitCode).toBe(0);
    await container('created', 'held');
    await expectFailure((more) => desk.netctl(['destroy', path, '--yes', ...more]), {
      exit: 3,
      code: 'REFUSED',
      cause: /these hold it: created \(created\)/,
      cure: /Disconnect or remove them first/,
      problems: ['IN_USE'],
    });
    await askEngine(host, 'DELETE', '/containers/created?force=1');
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });

  test('look again notices that a prune took a network, also from under a stopped container', async () => {
    const path = await desk.write('pruned.yaml', {
      name: 'pruned',
      networks: {
        free: { subnet: '10.67.0.0/24' },
        held: { subnet: '10.68.0.0/24' },
        busy: { subnet: '10.69.0.0/24' },
      },
    });
    expect((await desk.netctl(['apply', path])).exitCode).toBe(0);
    await container('exited', 'held');
    await container('running', 'busy');
    const { NetworksDeleted } = await askEngine<{ NetworksDeleted: readonly string[] }>(
      host,
      'POST',
      '/networks/prune',
    );
    expect([...NetworksDeleted].sort()).toEqual(['free', 'held']);

    const status = await desk.netctl(['status', path]);
    expect(status.stdout).toMatch(/missing +network free/);
    expect(status.stdout).toMatch(/missing +network held/);
    const applied = await desk.netctl(['apply', path]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(applied.stdout.match(/^done: .*/gm)?.sort()).toEqual(['done: make network free', 'done: make network held']);
    expect(await networkNames(host)).toEqual(expect.arrayContaining(['busy', 'free', 'held']));
    for (const { Id } of await containers()) await askEngine(host, 'DELETE', `/containers/${Id}?force=1`);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });
});
