import { stringify } from 'yaml';

import { apply } from '../../../packages/core/src/apply/apply.js';
import type { ApplyOptions, Report } from '../../../packages/core/src/apply/options.js';
import { plan } from '../../../packages/core/src/apply/plan.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { Plan } from '../../../packages/core/src/model.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { clusterOf, memoryHosts } from '../../support/memory/index.js';
import type { MemoryHost, WorldInput } from '../../support/memory/index.js';
import { loadText, stateDir } from '../../support/memory/run.js';

/** Hosts a, b and c in memory, on one wire, as in most tests of swarms. */
export type Three = ReadonlyMap<string, MemoryHost>;

// Older engines drop a MAC on connect.
const NEW: WorldInput = { engine: { version: '29.7.0', apiVersion: '1.55' } };

export function threeHosts(): Three {
  return memoryHosts({ a: NEW, b: NEW, c: NEW });
}

export function hostOf(hosts: Three, name: string): MemoryHost {
  const host = hosts.get(name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return host;
}

/** The text of a spec for these hosts, a manager and workers where it is not said otherwise. */
export function specText(rest: object = {}, names: readonly string[] = ['a', 'b', 'c']): string {
  const hosts = Object.fromEntries(names.map((name) => [name, { docker: `unix:///${name}` }]));
  const [first, ...others] = names;
  return stringify({ name: 'shop', hosts, swarm: { managers: [first], workers: others }, ...rest });
}

export async function run(
  hosts: ReadonlyMap<string, MemoryHost | NetctlError>,
  text: string,
  options: ApplyOptions = {},
): Promise<Report> {
  return apply(loadText(text), hosts, { allowDisruptive: true, stateDir, ...options });
}

export async function planOf(
  hosts: ReadonlyMap<string, MemoryHost | NetctlError>,
  text: string,
  options = {},
): Promise<Plan> {
  return plan(loadText(text), hosts, { stateDir, ...options });
}

/** What is left to do, and what stands against it. */
export async function rest(hosts: Three, text: string, options = {}): Promise<readonly string[]> {
  const found = await planOf(hosts, text, options);
  const errors = found.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  return [...stepsOf(found).map((step) => `${stepTitle(step)}: ${step.why}`), ...errors];
}

export async function failure(work: Promise<unknown>): Promise<NetctlError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NetctlError) return error;
  throw new Error(`not a NetctlError: ${String(error)}`);
}

/** `a manager 192.168.1.11 {zone: …}`, for each node that the swarm of the first host knows. */
export function nodesOf(hosts: Three): readonly string[] {
  const cluster = [...hosts.values()].map(({ world }) => clusterOf(world)).find((one) => one !== undefined);
  return (cluster?.nodes ?? [])
    .map(({ hostname, role, world, labels }) => {
      const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      return [hostname, role, ...(world === undefined ? ['down'] : []), ...shown.sort()].join(' ');
    })
    .sort();
}

/** `b/web on app 10.20.0.3`, for each place of each container that is on a network of the swarm. */
export function places(hosts: Three): readonly string[] {
  return [...hosts].flatMap(([name, { world }]) =>
    world.containers.flatMap((container) =>
      Object.entries(container.networks).map(
        ([network, { ip = 'none' }]) => `${name}/${container.name} on ${network} ${ip}`,
      ),
    ),
  );
}

/** All that netctl has left on a host: networks of its own and what it keeps there. */
export function traces(hosts: Three): readonly string[] {
  return [...hosts].flatMap(([name, { world }]) => {
    const networks = world.networks.map(({ Name = '' }) => Name).filter((one) => !USUAL.includes(one));
    const swarm = world.engine.swarm.state === 'inactive' ? [] : [`swarm ${world.engine.swarm.state}`];
    return [...networks, ...swarm].map((what) => `${name}: ${what}`);
  });
}

/** The engine keeps the bridge of its nodes when it leaves a swarm. */
const USUAL = ['bridge', 'host', 'none', 'docker_gwbridge'];
