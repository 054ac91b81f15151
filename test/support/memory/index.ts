import { randomUUID } from 'node:crypto';
import type { EngineBackend } from '../../../packages/core/src/docker/backend.js';
import type { LinkBackend } from '../../../packages/core/src/links.js';
import { makeWire } from './cluster.js';
import { memoryEngine } from './engine.js';
import { makeFaults } from './faults.js';
import type { Faults, Life } from './faults.js';
import { memoryLinks } from './links.js';
import { makeWorld } from './world.js';
import type { World, WorldInput } from './world.js';

export { clusterOf } from './cluster.js';
export type { Cluster } from './cluster.js';
export { create, remove, restartEngine } from './engine.js';
export { isKilled } from './faults.js';
export type { Fault } from './faults.js';
export * as kernel from './kernel.js';
export { swarmNode } from './swarm.js';
export { addLink, addNetwork } from './world.js';
export type { MemoryContainer, MemoryEndpoint, World, WorldInput } from './world.js';

/** A host in memory: its two backends, and the plain data behind them, which a test may change at any time. */
export interface MemoryHost {
  readonly engine: EngineBackend;
  readonly links: LinkBackend;
  readonly world: World;
  readonly faults: Faults;
}

export function memoryHost(input: WorldInput = {}, life?: Life): MemoryHost {
  // The lock is by the engine's id, and other test files run beside this one.
  const world = makeWorld({ ...input, engine: { id: `memory-${randomUUID()}`, ...input.engine } });
  const faults = makeFaults(life);
  return { world, faults, engine: memoryEngine(world, faults), links: memoryLinks(world, faults) };
}

/** The same host time and again, made once: each is a copy, with an engine of its own. Nothing may be unfinished there. */
export function copiesOf(make: () => Promise<MemoryHost>): () => Promise<MemoryHost> {
  let first: Promise<MemoryHost> | undefined;
  return async () => {
    const { world } = await (first ??= make());
    const copy = memoryHost();
    const { id } = copy.world.engine;
    Object.assign(copy.world, structuredClone({ ...world, engine: { ...world.engine, id } }));
    return copy;
  };
}

/** Hosts with one wire between them, 192.168.1.11 and up, changed by one process: they can be in one swarm. */
export function memoryHosts(inputs: Readonly<Record<string, WorldInput>>): ReadonlyMap<string, MemoryHost> {
  const life = { dead: false };
  const hosts = new Map(
    Object.entries(inputs).map(([name, { engine, ...input }], index): [string, MemoryHost] => {
      const address = `192.168.1.${String(11 + index)}`;
      const links = [
        { name: 'lo', type: 'loopback', addresses: [{ address: '127.0.0.1', prefixLength: 8, scope: 'host' }] },
        { name: 'eth0', mac: '52:54:00:00:00:10', addresses: [{ address, prefixLength: 24, scope: 'global' }] },
      ];
      return [name, memoryHost({ links, ...input, engine: { ...engine, name, id: `${name}-${randomUUID()}` } }, life)];
    }),
  );
  makeWire([...hosts.values()].map(({ world }) => world));
  return hosts;
}
