import { makeLoop, NetctlError } from '@netctl/core';
import type { EngineBackend, EngineEvent, HostName, RoundEnd, Timing, Woken } from '@netctl/core';
import type { Consul } from '../connect.js';
import type { Patience } from '../heartbeat.js';
import type { ServiceOwner } from '../marks.js';
import { reconcile } from '../reconcile.js';
import { wantedServices } from '../wanted.js';
import { listenTo } from './connection.js';
import type { Connection } from './connection.js';
import type { DiscoveryEvent } from './events.js';
import { tellOnce } from './told.js';

export interface DiscoverOptions extends Patience {
  readonly stack: string;
  /** The host, for what is told. */
  readonly host: HostName;
  /** The name in the marks of its services; what the engine calls itself, unless told. */
  readonly owner?: string;
  /** The real names of the networks whose containers are services. */
  readonly networks: readonly string[];
  /** Reaches the engine. Called again when the connection was lost. */
  readonly open: (signal: AbortSignal) => Promise<EngineBackend>;
  readonly consul: Consul;
  readonly timing?: Partial<Timing>;
  readonly onEvent?: (event: DiscoveryEvent) => void;
}

/** In milliseconds. The agent forgets who says nothing for `ttl`, so that the interval has to be a small part of it. */
const TIMING: Timing = {
  debounce: 100,
  ceiling: 500,
  interval: 30_000,
  backoff: { first: 500, longest: 5000 },
};

/** An engine tells of a connection before its list of containers has it (moby, daemon/container_operations.go). Milliseconds. */
const SETTLED_AFTER = 1000;

type Reason = EngineEvent | 'settled' | 'over';

/**
 * Stays until the signal is aborted, and keeps the services of one host in its agent what its containers are. Level-triggered:
 * events of the engine and a timer only wake it, and each time it looks at all containers and all entries. A failure is tried
 * again after a pause that grows, with nothing kept from before. At the end the entries stay: a netctl that is started again
 * goes on with them, and Consul drops them after `ttl` and `deregisterAfter` when none is. Tells whose entries they are,
 * where there may be any.
 * @throws what is no NetctlError, as a fault of the program
 */
export async function discover(options: DiscoverOptions, signal: AbortSignal): Promise<ServiceOwner | undefined> {
  const { stack, host, networks, consul, open } = options;
  const told = tellOnce(host, (event) => options.onEvent?.(event));
  let connection: Connection | undefined;
  let settle: ReturnType<typeof setTimeout> | undefined;
  let toldDeaf = false;
  let owner: ServiceOwner | undefined;

  const connect = async (round: AbortSignal): Promise<Connection> => {
    if (connection?.isOver() === true) await drop();
    if (connection !== undefined) return connection;
    const wake = (event: EngineEvent): void => loop.wake(event);
    const over = (): void => loop.wake('over');
    connection = await listenTo(await open(round), { wake, over, deaf }, round);
    return connection;
  };
  const deaf = (error: unknown): void => {
    const message = error instanceof Error ? error.message : 'The engine tells nothing of what happens';
    if (!toldDeaf) options.onEvent?.({ event: 'discovery', host, state: 'deaf', message });
    toldDeaf = true;
  };
  const drop = async (): Promise<void> => {
    const gone = connection;
    connection = undefined;
    await gone?.[Symbol.asyncDispose]();
  };

  const look = async (round: AbortSignal): Promise<void> => {
    const begun = performance.now();
    const { engine, name, id } = await connect(round);
    const workloads = await engine.workloads(round).catch(async (error: unknown) => {
      await drop();
      throw error;
    });
    owner = { stack, host: options.owner ?? name };
    const { services, kept, problems } = wantedServices({ ...owner, networks, workloads });
    const result = await reconcile(consul, services, owner, { ...options, kept, engine: id, signal: round });
    told.done(result, problems, Math.round(performance.now() - begun));
  };

  const run = async ({ reasons }: Woken<Reason>): Promise<RoundEnd> => {
    // One for each round: what listens to the signal of a whole life is let go of at its end alone.
    const controller = new AbortController();
    const abort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await look(controller.signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof NetctlError)) throw error;
      told.failed(error);
      return { failed: true };
    } finally {
      signal.removeEventListener('abort', abort);
    }
    if (reasons.some((reason) => typeof reason !== 'string')) {
      clearTimeout(settle);
      settle = setTimeout(() => loop.wake('settled'), SETTLED_AFTER);
    }
    return undefined;
  };

  if (consul.tokenInTheClear) {
    const message = `the token goes to ${consul.where} without TLS, where whoever listens in can read it`;
    options.onEvent?.({ event: 'discovery', host, state: 'exposed', message });
  }
  const loop = makeLoop<Reason>({ timing: timingOf(options), run });
  try {
    await loop.run(signal);
  } finally {
    clearTimeout(settle);
    await drop();
  }
  return owner;
}

function timingOf({ timing, ttl }: DiscoverOptions): Timing {
  const { interval, ...rest } = { ...TIMING, ...timing };
  return { ...rest, interval: ttl === undefined ? interval : Math.min(interval, (ttl * 1000) / 3) };
}
