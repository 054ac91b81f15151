import type { HostName, NetctlError, Problem } from '@netctl/core';
import type { Reconciled } from '../reconcile.js';
import type { DiscoveryEvent } from './events.js';

/** Tells of what is new alone, so that a state that lasts is told of once. */
export interface Told {
  done(result: Reconciled, problems: readonly Problem[], durationMs: number): void;
  failed(error: NetctlError): void;
}

export function tellOnce(host: HostName, emit: (event: DiscoveryEvent) => void): Told {
  let failure: string | undefined;
  let services: number | undefined;
  let known: ReadonlySet<string> = new Set();

  return {
    done: (result, problems, durationMs) => {
      if (failure !== undefined) emit({ event: 'discovery', host, state: 'working' });
      failure = undefined;
      const { registered, deregistered, unchanged } = result;
      if (registered.length + deregistered.length > 0) {
        emit({ event: 'registered', host, registered, deregistered, unchanged: unchanged.length, durationMs });
      }
      const count = registered.length + unchanged.length;
      if (count !== services) emit({ event: 'services', host, registered: count });
      services = count;
      const all = [...problems, ...refused(result)].map((problem) => ({ problem, key: JSON.stringify(problem) }));
      const fresh = all.filter(({ key }) => !known.has(key)).map(({ problem }) => problem);
      known = new Set(all.map(({ key }) => key));
      if (fresh.length > 0) emit({ event: 'misfits', host, problems: fresh });
    },
    failed: (error) => {
      const { code, message, hint } = error;
      const text = `${code} ${message}`;
      if (text === failure) return;
      failure = text;
      emit({
        event: 'discovery',
        host,
        state: 'failed',
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    },
  };
}

/** Entries that the agent did not take, or that are somebody else's. */
function refused({ conflicts, failed }: Reconciled): readonly Problem[] {
  const warn = (code: Problem['code'], message: string, hint?: string): Problem => ({
    code,
    severity: 'warning',
    path: 'discovery.consul',
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  return [
    ...conflicts.map(({ message }) =>
      warn('SERVICE_ID_TAKEN', `${message}.`, 'Deregister it, or give the container another SERVICE_ID.'),
    ),
    ...failed.map(({ id, error }) =>
      warn('SERVICE_REFUSED', `${id} is not as it should be: ${error.message}.`, error.hint),
    ),
  ];
}
