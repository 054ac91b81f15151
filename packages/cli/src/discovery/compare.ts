import { compareServices, wantedServices } from '@netctl/consul';
import type { ComparedService, Comparison, ServiceOwner } from '@netctl/consul';
import { discoveredNetworks, NetctlError } from '@netctl/core';
import type { Backends, HostName, LoadedSpec, Problem, Workload } from '@netctl/core';

import type { GlobalOptions } from '../options.js';
import { openAgent } from './agent.js';
import { ownerOn } from './owner.js';

/** A container on one of the networks, with what it is in Consul. */
export interface ComparedContainer extends Pick<Workload, 'id' | 'name' | 'state' | 'places'> {
  readonly services: readonly ComparedService[];
}

/** One host's containers beside what its agent has. */
export interface ComparedHost {
  readonly host: HostName;
  /** The agent; undefined where it cannot be named. */
  readonly agent?: string;
  /** Why nothing can be said. */
  readonly error?: NetctlError;
  readonly watch?: Comparison['watch'];
  readonly containers: readonly ComparedContainer[];
  /** In Consul, and of no container here. */
  readonly stale: readonly ComparedService[];
  readonly problems: readonly Problem[];
}

/** Looks at one host and its agent; changes nothing. What cannot be reached is in the result. */
export async function compareHost(
  loaded: LoadedSpec,
  host: HostName,
  backends: Backends | NetctlError,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<ComparedHost> {
  const nothing = { host, containers: [], stale: [], problems: [] };
  let agent: string | undefined;
  try {
    await using consul = await openAgent(loaded, host, options, process.env);
    agent = consul.where;
    if (backends instanceof NetctlError) throw backends;
    const owner: ServiceOwner = await ownerOn(loaded, host, backends, signal);
    const networks = discoveredNetworks(loaded.spec, host);
    const workloads = await backends.engine.workloads(signal);
    const wanted = wantedServices({ ...owner, networks, workloads });
    const { ttl, deregister_after: deregisterAfter } = loaded.spec.discovery?.consul ?? {};
    const { watch, services } = await compareServices(consul, wanted, owner, {
      ...(ttl === undefined ? {} : { ttl }),
      ...(deregisterAfter === undefined ? {} : { deregisterAfter }),
      signal,
    });
    return {
      ...{ host, agent, watch },
      containers: [...workloads].sort(byName).flatMap((workload): readonly ComparedContainer[] => {
        const { id, name, state } = workload;
        const places = workload.places.filter(({ network }) => networks.includes(network));
        if (places.length === 0) return [];
        return [{ id, name, state, places, services: services.filter(({ container }) => container === name) }];
      }),
      stale: services.filter(({ state }) => state === 'stale'),
      problems: wanted.problems.map((one) => ({ ...one, ...loaded.locate(one.path) })),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NetctlError)) throw error;
    return { ...nothing, ...(agent === undefined ? {} : { agent }), error };
  }
}

function byName(a: Workload, b: Workload): number {
  return a.name < b.name ? -1 : 1;
}
