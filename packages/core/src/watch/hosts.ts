import type { Targets } from '../apply/hosts.js';
import type { Backends } from '../apply/observe.js';
import { NetctlError } from '../errors.js';
import type { HostName } from '../model.js';
import { hostsOf, namesHosts } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { listenTo } from './connection.js';
import type { Connection, Listener } from './connection.js';
import type { WakeReason, WatchEvent } from './events.js';
import type { WatchOptions } from './options.js';
import { backoff } from './timing.js';
import type { Timing } from './timing.js';

/** The hosts of a spec, each connected as long as it can be. */
export interface WatchedHosts extends AsyncDisposable {
  /**
   * Those that are connected, and why the others are not. A host that is away is tried again in the background; it is waited
   * for at the start, and where there is no other.
   * @throws NetctlError where a spec names no hosts and its one cannot be reached
   */
  ready(loaded: LoadedSpec): Promise<Targets>;
  /** Gives a connection up, for the next round to make another. */
  drop(host: HostName): Promise<void>;
}

interface HostsInput {
  readonly open: WatchOptions['open'];
  readonly wake: (reason: WakeReason) => void;
  readonly emit: (event: WatchEvent) => void;
  readonly pauses: Timing['backoff'];
  /** Ends the wait for a connection that is being made. */
  readonly signal: AbortSignal;
}

/** A connection that is being made, and what gives it up. */
interface Attempt {
  readonly made: Promise<void>;
  readonly end: AbortController;
}

/** One host, whether it is there or not. */
interface Watched {
  /** How the spec says that it is reached. */
  readonly entry: string;
  connection?: Connection;
  /** In hand. */
  attempt?: Attempt;
  error?: NetctlError;
  /** Failures and short lives in a row. */
  failures: number;
  /** Not to be tried before, unless there is nobody else. */
  retryAt: number;
  told?: 'made' | 'lost';
  deaf: Set<string>;
}

export function watchHosts({ open, wake, emit, pauses, signal }: HostsInput): WatchedHosts {
  const hosts = new Map<HostName, Watched>();
  /** Wakes that wait for their time. */
  const timers = new Set<ReturnType<typeof setTimeout>>();
  /** Attempts in hand, also those for hosts that the spec does not name any more. */
  const inHand = new Set<Promise<void>>();
  /** Of the program itself, in an attempt that nobody waited for. */
  const faults: unknown[] = [];
  let hadAll = false;

  const pauseOf = (host: Watched): number => {
    host.failures += 1;
    return backoff(host.failures, pauses, Math.random());
  };

  const tell = (name: HostName, host: Watched, state: 'made' | 'lost', message?: string): void => {
    if (host.told === state) return;
    host.told = state;
    emit({ event: 'connection', state, host: name, ...(message === undefined ? {} : { message }) });
  };

  const connect = async (loaded: LoadedSpec, name: HostName, host: Watched, until: AbortSignal): Promise<void> => {
    const which = namesHosts(loaded.spec) ? { host: name } : {};
    try {
      const backends = await open(loaded, name, until);
      const listener: Listener = {
        wake: (reason) => wake({ ...reason, ...which }),
        deaf: (message) => {
          if (until.aborted || host.deaf.has(message)) return;
          host.deaf.add(message);
          emit({ event: 'connection', state: 'deaf', host: name, message });
        },
        hears: () => {
          host.deaf.clear();
          emit({ event: 'connection', state: 'hears', host: name });
        },
        over: (livedMs) => {
          if (livedMs > pauses.longest) host.failures = 0;
          // At once the first time: an engine that is stopped is seen to be away.
          const pause = host.failures === 0 ? 0 : pauseOf(host);
          if (host.failures === 0) host.failures = 1;
          later(() => wake({ by: 'connection', ...which }), pause);
        },
      };
      const connection = await listenTo(backends, listener, pauses, until);
      if (until.aborted) {
        await connection[Symbol.asyncDispose]();
        return;
      }
      host.connection = connection;
      delete host.error;
      tell(name, host, 'made');
    } catch (error) {
      if (until.aborted && error === until.reason) return;
      if (!(error instanceof NetctlError)) throw error;
      if (until.aborted) return;
      host.error = error;
      host.retryAt = performance.now() + pauseOf(host);
      tell(name, host, 'lost', error.message);
    }
  };

  const later = (act: () => void, milliseconds: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, milliseconds);
    timers.add(timer);
  };

  const close = async (host: Watched): Promise<void> => {
    const { connection } = host;
    delete host.connection;
    await connection?.[Symbol.asyncDispose]();
  };

  /** One signal for each attempt: what listens to that of a whole life is let go of at its end alone. */
  const begin = (loaded: LoadedSpec, name: HostName, host: Watched, inBackground: boolean): Attempt => {
    const end = new AbortController();
    const abort = (): void => end.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const made = connect(loaded, name, host, end.signal).finally(() => {
      signal.removeEventListener('abort', abort);
      inHand.delete(made);
      delete host.attempt;
      if (host.connection !== undefined) {
        if (inBackground) wake({ by: 'connection', host: name });
        return;
      }
      // A round without one of several hosts is a good one, and nothing else brings about the next try before its time.
      const isMissed = namesHosts(loaded.spec) && !end.signal.aborted;
      if (isMissed) later(() => wake({ by: 'connection', host: name }), host.retryAt - performance.now());
    });
    inHand.add(made);
    return { made, end };
  };

  const attempt = (loaded: LoadedSpec, name: HostName, host: Watched, inBackground: boolean): Promise<void> => {
    host.attempt ??= begin(loaded, name, host, inBackground);
    return host.attempt.made;
  };

  /** Of a host that is not to be reached in this way any more: also a connection that is being made. */
  const forget = async (name: HostName, host: Watched): Promise<void> => {
    hosts.delete(name);
    host.attempt?.end.abort(new NetctlError('INTERRUPTED', `${name} is not to be reached like this any more`));
    await close(host);
  };

  return {
    ready: async (loaded) => {
      if (faults.length > 0) throw faults[0];
      const names = hostsOf(loaded.spec);
      for (const [name, host] of hosts) {
        const isOther = !names.includes(name) || host.entry !== entryOf(loaded, name);
        if (isOther) await forget(name, host);
        if (!names.includes(name)) emit({ event: 'connection', state: 'gone', host: name });
        if (host.connection?.isOver() === true) await close(host);
      }
      for (const name of names) {
        const entry = entryOf(loaded, name);
        if (!hosts.has(name)) hosts.set(name, { entry, failures: 0, retryAt: 0, deaf: new Set() });
      }
      const all = [...hosts];
      const wait = !hadAll || all.every(([, { connection }]) => connection === undefined);
      const attempts = all.flatMap(([name, host]) => {
        const isTime = wait || performance.now() >= host.retryAt;
        return host.connection === undefined && isTime ? [attempt(loaded, name, host, !wait)] : [];
      });
      if (wait) await Promise.all(attempts);
      else for (const one of attempts) one.catch((error: unknown) => faults.push(error));
      hadAll = true;
      if (namesHosts(loaded.spec)) return new Map(all.map(([name, host]) => [name, backendsOf(name, host)]));
      const [one] = all.map(([name, host]) => backendsOf(name, host));
      if (one === undefined || one instanceof NetctlError) throw one ?? away('the host');
      return one;
    },
    drop: async (name) => {
      const host = hosts.get(name);
      if (host?.connection === undefined) return;
      await close(host);
    },
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const { attempt: one } of hosts.values())
        one?.end.abort(new NetctlError('INTERRUPTED', 'The watch has ended'));
      await Promise.allSettled(inHand);
      await Promise.all([...hosts.values()].map(close));
    },
  };
}

function entryOf({ spec }: LoadedSpec, name: HostName): string {
  return JSON.stringify(spec.hosts[name] ?? {});
}

function backendsOf(name: HostName, { connection, error }: Watched): Backends | NetctlError {
  return connection?.backends ?? error ?? away(name);
}

function away(name: HostName): NetctlError {
  return new NetctlError('ENGINE_UNREACHABLE', `${name} is being connected to`, {
    hint: 'It is tried until it answers; nothing has to be done.',
  });
}
