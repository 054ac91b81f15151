import { deregisterAll, discover } from '@netctl/consul';
import type { Consul, DiscoveryEvent } from '@netctl/consul';
import { discoveredNetworks, discoveringHosts, namesHosts, NetctlError } from '@netctl/core';
import type { EngineBackend, HostName, LoadedSpec } from '@netctl/core';

import type { GlobalOptions } from '../options.js';
import { openHostOf } from '../session.js';
import { openAgent } from './agent.js';

/** Service discovery for all hosts of a spec that may change. */
export interface FollowedServices extends AsyncDisposable {
  /**
   * Goes on with this spec: hosts of which nothing has changed are left alone. What a spec no longer wants told of is
   * deregistered.
   * @throws NetctlError USAGE where an agent cannot be named; all goes on as before then
   */
  follow(loaded: LoadedSpec): Promise<void>;
  /** Rejects with a fault of the program, and never resolves. */
  readonly fault: Promise<never>;
}

/** One host at work. */
interface Running {
  /** All that it goes by, as text; of credentials a digest. It is for comparison alone. */
  readonly key: string;
  /** Whose entries it keeps, and where. */
  readonly place: string;
  /** Ends it; with `leave`, nothing of it stays in the agent. */
  stop(leave: boolean): Promise<void>;
}

export function followServices(options: GlobalOptions, tell: (event: DiscoveryEvent) => void): FollowedServices {
  const running = new Map<HostName, Running>();
  let fail: (error: unknown) => void = () => undefined;
  const fault = new Promise<never>((_resolve, reject) => (fail = reject));
  fault.catch(() => undefined);

  const start = (loaded: LoadedSpec, host: HostName, consul: Consul, key: string, place: string): Running => {
    const { name: stack, discovery } = loaded.spec;
    const { ttl, deregister_after: deregisterAfter } = discovery?.consul ?? {};
    const controller = new AbortController();
    const owner = namesHosts(loaded.spec) ? { owner: host } : {};
    const ended = discover(
      {
        ...{ stack, host, consul, ...owner },
        networks: discoveredNetworks(loaded.spec, host),
        ...(ttl === undefined ? {} : { ttl }),
        ...(deregisterAfter === undefined ? {} : { deregisterAfter }),
        open: (signal) => openEngine(loaded, host, options, signal),
        onEvent: tell,
      },
      controller.signal,
    ).catch((error: unknown) => {
      fail(error);
      return undefined;
    });
    return {
      ...{ key, place },
      stop: async (leave) => {
        controller.abort(new NetctlError('INTERRUPTED', 'Service discovery has ended'));
        const whose = await ended;
        // An agent that is away drops them by itself after a while.
        if (leave && whose !== undefined) await deregisterAll(consul, whose).catch(ignoreKnown);
        await consul[Symbol.asyncDispose]();
      },
    };
  };

  return {
    fault,
    follow: async (loaded) => {
      const next = await namedAgents(loaded, options);
      for (const [host, one] of running) {
        const other = next.find((entry) => entry.host === host);
        if (other?.key === one.key) continue;
        running.delete(host);
        await one.stop(other?.place !== one.place);
      }
      for (const { host, consul, place, key } of next) {
        if (running.has(host)) await consul[Symbol.asyncDispose]();
        else running.set(host, start(loaded, host, consul, key, place));
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.values()].map(async (one) => one.stop(false)));
      running.clear();
    },
  };
}

interface Next {
  readonly host: HostName;
  readonly consul: Consul;
  readonly key: string;
  readonly place: string;
}

/** All agents are named before anything changes. */
async function namedAgents(loaded: LoadedSpec, options: GlobalOptions): Promise<readonly Next[]> {
  const { spec } = loaded;
  const opened: Next[] = [];
  try {
    for (const host of discoveringHosts(spec)) {
      const consul = await openAgent(loaded, host, options, process.env);
      const place = JSON.stringify([spec.name, consul.where]);
      const goesBy = [spec.discovery, spec.hosts[host], discoveredNetworks(spec, host), consul.credentials];
      const key = JSON.stringify([place, ...goesBy]);
      opened.push({ host, consul, place, key });
    }
    return opened;
  } catch (error) {
    for (const { consul } of opened) await consul[Symbol.asyncDispose]();
    throw error;
  }
}

/** With its engine the whole way to a host is closed. */
async function openEngine(
  loaded: LoadedSpec,
  host: HostName,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<EngineBackend> {
  const opened = await openHostOf(loaded, host, options, signal);
  return { ...opened.engine, [Symbol.asyncDispose]: async () => opened[Symbol.asyncDispose]() };
}

function ignoreKnown(error: unknown): void {
  if (!(error instanceof NetctlError)) throw error;
}
