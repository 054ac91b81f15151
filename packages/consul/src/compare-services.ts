import { listLive } from './agent.js';
import type { Consul } from './connect.js';
import { diff } from './diff.js';
import { entriesFor } from './entries.js';
import { heartbeatId } from './heartbeat.js';
import type { Patience } from './heartbeat.js';
import { keptIds } from './kept.js';
import type { Live } from './live.js';
import { isOwn, withoutTokenMark } from './marks.js';
import type { ServiceOwner } from './marks.js';
import { toObserved } from './observe.js';
import type { ObservedService } from './observe.js';
import type { Wanted } from './wanted.js';

/** What a service is beside what it should be. `taken`: somebody else has its id. `stale`: it should not be there. */
export type ServiceState = 'ok' | 'missing' | 'differs' | 'taken' | 'stale';

export interface ComparedService extends Pick<ObservedService, 'id' | 'name' | 'address' | 'port' | 'tags'> {
  readonly state: ServiceState;
  /** Whose it is, but for one that is stale. */
  readonly container?: string;
  readonly network?: string;
  /** As the agent has it, where it has it. */
  readonly observed?: ObservedService;
  /** Who has its id. */
  readonly why?: string;
}

export interface Comparison {
  /** Whether a netctl looks after the entries: its heartbeat is there and passing, there and not, or not there. */
  readonly watch: 'at work' | 'silent' | 'absent';
  readonly services: readonly ComparedService[];
}

/** What separates an agent from what is wanted; changes nothing. Throws as `reconcile` does. */
export async function compareServices(
  consul: Consul,
  { services, origins, kept }: Pick<Wanted, 'services' | 'origins' | 'kept'>,
  owner: ServiceOwner,
  options: Patience & { readonly signal?: AbortSignal } = {},
): Promise<Comparison> {
  // Whoever looks may have another token than the netctl that is at work.
  const live = withoutTokenMarks(await listLive(consul.client, options.signal));
  const entries = entriesFor(services, { owner, patience: options, tokenMark: '' });
  const { change, conflicts, remove } = diff(entries, live, owner, keptIds(kept, live, owner));
  const changed = new Set(change.map(({ registration }) => registration.ID));
  const taken = new Map(conflicts.map(({ id, message }) => [id, message]));
  const stateOf = (id: string): ServiceState => {
    if (taken.has(id)) return 'taken';
    if (!changed.has(id)) return 'ok';
    return live.services.has(id) ? 'differs' : 'missing';
  };
  const pulse = heartbeatId(owner);
  return {
    watch: watchIn(live, pulse, owner),
    services: [
      ...services.map(({ ID: id, Name: name, Address: address, Port: port, Tags: tags }): ComparedService => {
        const [there, why] = [taken.has(id) ? undefined : observed(live, id), taken.get(id)];
        return {
          state: stateOf(id),
          ...{ id, name, address, port, tags },
          ...origins.get(id),
          ...(there === undefined ? {} : { observed: there }),
          ...(why === undefined ? {} : { why }),
        };
      }),
      ...remove
        .filter((id) => id !== pulse)
        .flatMap((id): readonly ComparedService[] => {
          const there = observed(live, id);
          if (there === undefined) return [];
          const { name, address, port, tags } = there;
          return [{ state: 'stale', id, name, address, port, tags, observed: there }];
        }),
    ],
  };
}

function withoutTokenMarks({ services, ...rest }: Live): Live {
  return { ...rest, services: new Map([...services].map(([id, one]) => [id, withoutTokenMark(one)])) };
}

function observed(live: Live, id: string): ObservedService | undefined {
  const service = live.services.get(id);
  return service === undefined ? undefined : toObserved(service, live);
}

function watchIn({ services, checks }: Live, pulse: string, owner: ServiceOwner): Comparison['watch'] {
  const service = services.get(pulse);
  if (service === undefined || !isOwn(service, owner)) return 'absent';
  return checks.get(pulse)?.every(({ Status: status }) => status === 'passing') === true ? 'at work' : 'silent';
}
