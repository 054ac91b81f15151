import { apply, connectDocker, NetctlError, plan, stepsOf, stepTitle } from '@netctl/core';
import type { ApplyOptions, Backends, EngineBackend, Hosts, Report } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { cachedEngines } from '../support/engines.js';
import { askEngine, tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { loadYaml } from './support/load-yaml.js';
import { type Desk, openDesk } from './support/netctl.js';
import { reachesFrom } from './support/pings.js';
import { until } from './support/until.js';
import { busyboxImage, startContainer } from './support/workload.js';
import type { StartedTestContainer } from 'testcontainers';

/* A swarm of engines of every age, whose nodes are cut off, killed and restarted while netctl is at work. */

const NAMES = ['node01', 'node02', 'node03'] as const;

let lan: Lan;
let all: readonly Host[];
let engines: EngineBackend[];
let desk: Desk;
let containers: readonly StartedTestContainer[];

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  // The newest makes the swarm, and the others follow from the oldest on.
  const folders = cachedEngines().map(({ folder }) => folder);
  all = await Promise.all(
    NAMES.map(async (name, index) => {
      const folder = index === 0 ? undefined : folders[(index - 1) % folders.length];
      const address = `192.168.1.1${String(index + 1)}/24`;
      return startHost({
        name,
        interfaces: [{ name: 'eth0', lan, addresses: [address], gateway: '192.168.1.1' }],
        engine: folder === undefined ? testEngine() : { path: [folder] },
      });
    }),
  );
  engines = await Promise.all(all.map(async ({ dockerHost }) => connectDocker({ host: dockerHost })));
  desk = await openDesk(node(0));
  const images = await Promise.all(all.map(async (one) => busyboxImage(one)));
  containers = await Promise.all(
    all.map(async (one, index) => startContainer(one, { image: images[index] ?? '', name: `web${String(index + 1)}` })),
  );
});

afterAll(async () => {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await Promise.all(all.map(async (one) => one.close()));
  await lan.close();
});

function node(index: number): Host {
  const found = all[index];
  if (found === undefined) throw new Error(`no host ${String(index)}`);
  return found;
}

/** As a provisioning script has them; a host whose engine does not answer is an error in its place. */
async function hosts(): Promise<Hosts> {
  const reached = await Promise.all(
    all.map(async (host, index): Promise<readonly [string, Backends | NetctlError]> => {
      try {
        await engines[index]?.[Symbol.asyncDispose]();
        const engine = await connectDocker({ host: host.dockerHost });
        engines[index] = engine;
        return [host.name, { engine, links: iproute2({ command: host.command('ip') }) }];
      } catch (error) {
        if (error instanceof NetctlError) return [host.name, error];
        throw error;
      }
    }),
  );
  return new Map(reached);
}

interface Node {
  readonly Description: { readonly Hostname: string };
  readonly Status: { readonly State: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability: string };
}

const APP = { driver: 'overlay', attachable: true, subnet: '10.20.0.0/24', ip_range: '10.20.0.128/25' };

const spec = (networks: object = { app: APP }, on: object = { app: {} }): object => ({
  name: 'shop',
  hosts: Object.fromEntries(all.map(({ name, dockerHost }) => [name, { docker: dockerHost }])),
  swarm: { managers: [...NAMES], advertise: 'eth0' },
  networks,
  containers: Object.fromEntries(['web1', 'web2', 'web3'].map((name) => [name, { networks: on }])),
});

const run = async (value: object, options: ApplyOptions = {}): Promise<Report> =>
  apply(loadYaml(value), await hosts(), { allowDisruptive: true, stateDir: desk.stateFolder, ...options });

const rest = async (value: object): Promise<readonly string[]> =>
  stepsOf(await plan(loadYaml(value), await hosts(), { stateDir: desk.stateFolder })).map(stepTitle);

async function failure(work: Promise<unknown>): Promise<NetctlError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NetctlError) return error;
  throw new Error(`no NetctlError: ${String(error)}`);
}

async function everybodyReaches(network: string): Promise<void> {
  for (const [index, from] of containers.entries()) {
    const to = (await placeOf(node((index + 1) % 3), `web${String(((index + 1) % 3) + 1)}`, network)) ?? '';
    await reachesFrom(from, to);
  }
}

async function placeOf(host: Host, container: string, network: string): Promise<string | undefined> {
  const { NetworkSettings } = await askEngine<{
    NetworkSettings: { Networks: Record<string, { IPAddress: string } | undefined> };
  }>(host, 'GET', `/containers/${container}/json`);
  return NetworkSettings.Networks[network]?.IPAddress;
}

async function link(host: Host, state: 'up' | 'down'): Promise<void> {
  await host.run('ip', ['link', 'set', 'eth0', state]);
  if (state === 'up') await host.run('ip', ['route', 'replace', 'default', 'via', '192.168.1.1']);
}

/** It may have been the leader who was cut off: a while passes until the others have chosen one of them. */
async function othersHaveLeader(): Promise<void> {
  const isLed = async (host: Host): Promise<boolean> => {
    const { status, text } = await tryEngine(host, 'GET', '/nodes');
    if (status !== 200) return false;
    const leader = (JSON.parse(text) as readonly Node[]).find(({ ManagerStatus }) => ManagerStatus?.Leader === true);
    return leader !== undefined && leader.Description.Hostname !== 'node03';
  };
  const others = [node(0), node(1)];
  await until('the others have a leader', async () => (await Promise.all(others.map(isLed))).every(Boolean), 90_000);
}

/** Every manager sees all of them; a while passes until they have chosen a leader. */
async function swarmIsWhole(): Promise<void> {
  const isWhole = async (host: Host): Promise<boolean> => {
    const { status, text } = await tryEngine(host, 'GET', '/nodes');
    if (status !== 200) return false;
    const nodes = JSON.parse(text) as readonly Node[];
    return nodes.every(
      ({ Status, ManagerStatus }) => Status.State === 'ready' && ManagerStatus?.Reachability === 'reachable',
    );
  };
  await until('the swarm is whole', async () => (await Promise.all(all.map(isWhole))).every(Boolean), 90_000);
}

test('a host that the managers cannot be reached from is not taken in, and nothing is left of the attempt', async () => {
  await link(node(2), 'down');
  const alone = { ...spec({}, {}), containers: {} };
  // Its address goes with the link, so it is written.
  const given = {
    ...alone,
    swarm: { managers: [...NAMES], advertise: { node01: 'eth0', node02: 'eth0', node03: '192.168.1.13' } },
  };
  const error = await failure(run(given));
  expect(error.message).toMatch(
    /^node03: Could not let node03 join the swarm as manager: The swarm did not take the host in/,
  );
  expect(error.hint).toContain('Finished: node01 and node02.');
  const { Swarm } = await askEngine<{ Swarm: { LocalNodeState: string } }>(node(2), 'GET', '/info');
  expect(Swarm.LocalNodeState).toBe('inactive');
  expect(await askEngine<readonly { Name: string }[]>(node(2), 'GET', '/networks')).not.toContainEqual(
    expect.objectContaining({ Name: 'netctl-swarm' }),
  );
  await link(node(2), 'up');
  expect((await run(given)).done.map(stepTitle)).toEqual(['let node03 join the swarm as manager']);
  expect(await rest(given)).toEqual([]);
});

test('engines of every age carry one overlay', async () => {
  await run(spec());
  expect(await rest(spec())).toEqual([]);
  await everybodyReaches('app');
});

test('without the first manager the next one makes what is wanted, where --partial allows it', async () => {
  const more = spec(
    { app: APP, more: { ...APP, subnet: '10.21.0.0/24', ip_range: '10.21.0.128/25' } },
    { app: {}, more: {} },
  );
  await node(0).killEngine();
  try {
    const refused = await failure(run(more));
    expect(refused.code).toBe('ENGINE_UNREACHABLE');
    const { done } = await run(more, { partial: true });
    expect(done.map(stepTitle).sort()).toEqual([
      'make network more on node02',
      'put container web2 on network more on node02',
      'put container web3 on network more on node03',
    ]);
  } finally {
    await node(0).startEngine();
  }
  await swarmIsWhole();
  // Its container ended with the engine, and is put where it belongs all the same.
  const { done } = await run(more);
  expect(done.map(stepTitle)).toContain('put container web1 on network more on node01');
  await askEngine(node(0), 'POST', '/containers/web1/start');
  expect(await rest(more)).toEqual([]);
  await everybodyReaches('more');
  await run(spec());
});

test('a manager that is cut off is named and left out, and gets its part when it is back', async () => {
  const more = spec(
    { app: APP, third: { ...APP, subnet: '10.22.0.0/24', ip_range: '10.22.0.128/25' } },
    { app: {}, third: {} },
  );
  await link(node(2), 'down');
  try {
    await othersHaveLeader();
    // It may be seen before it knows that it is alone, and then it fails before anybody writes.
    const { message } = await failure(run(more));
    expect(message).toMatch(/nothing was changed: node03 cannot (be looked at|take part)/i);
    const { done, problems } = await run(more, { partial: true });
    expect(done.map(stepTitle)).toContain('put container web2 on network third on node02');
    expect(problems.map(({ code, host }) => `${code} ${host ?? ''}`)).toContain('HOST_UNREACHABLE node03');
  } finally {
    await link(node(2), 'up');
  }
  await swarmIsWhole();
  await run(more);
  expect(await rest(more)).toEqual([]);
  await everybodyReaches('third');
  await run(spec());
});

test('an engine that is restarted while its network is replaced gets everybody back', async () => {
  const other = spec({ app: { ...APP, internal: true } });
  let restarted: Promise<void> | undefined;
  const error: unknown = await run(other, {
    recreate: true,
    onEvent: (event) => {
      // Its container is off by then, and waits for the network that the first host makes.
      if (
        event.event === 'step' &&
        event.state === 'done' &&
        event.step.op === 'endpoint.park' &&
        event.host === 'node02'
      ) {
        restarted ??= node(1).restartEngine();
      }
    },
  }).catch((reason: unknown) => reason);
  expect(restarted, String(error)).toBeDefined();
  await restarted;
  await swarmIsWhole();
  if (error instanceof NetctlError) await run(other, { recreate: true });
  expect(await rest(other)).toEqual([]);
  await everybodyReaches('app');
});
