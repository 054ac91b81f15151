import type { ApiNetwork } from '../../../packages/core/src/docker/api.js';
import type { StreamOptions } from '../../../packages/core/src/docker/client.js';
import { refused } from './refused.js';
import { whileChanging } from './changes.js';
import type { MemoryContainer, World } from './world.js';

/** `GET /events` of a world: what an engine tells of the same change, and of nothing that was before. */
export async function streamEvents(world: World, path: string, options: StreamOptions): Promise<void> {
  if (path !== '/events') throw refused(404, `page not found: ${path}`);
  options.onOpen?.();
  await whileChanging(
    world,
    ({ networks, containers }) => ({ networks, containers }),
    (before, after) => {
      for (const event of eventsBetween(before, after)) options.onLine(JSON.stringify(event));
    },
    options.signal,
  );
}

type Part = Pick<World, 'networks' | 'containers'>;

function eventsBetween(before: Part, after: Part): readonly object[] {
  return [...networkEvents(before.networks, after.networks), ...containerEvents(before.containers, after.containers)];
}

function networkEvents(before: readonly ApiNetwork[], after: readonly ApiNetwork[]): readonly object[] {
  const event = (Action: string, { Id, Name, Driver }: ApiNetwork) => ({
    Type: 'network',
    Action,
    Actor: { ID: Id, Attributes: { name: Name, type: Driver } },
  });
  const lacks = (networks: readonly ApiNetwork[], { Id }: ApiNetwork) => !networks.some((one) => one.Id === Id);
  return [
    // An engine tells of a configuration network that it is made, and not that it is gone.
    ...before
      .filter((one) => lacks(after, one) && one.ConfigOnly !== true && one.Driver !== 'null')
      .map((one) => event('destroy', one)),
    ...after.filter((one) => lacks(before, one)).map((one) => event('create', one)),
  ];
}

function containerEvents(before: readonly MemoryContainer[], after: readonly MemoryContainer[]): readonly object[] {
  const idOf = ({ id, name }: MemoryContainer) => id ?? `id-of-${name}`;
  const event = (Action: string, one: MemoryContainer) => ({
    Type: 'container',
    Action,
    Actor: { ID: idOf(one), Attributes: { name: one.name } },
  });
  const old = new Map(before.map((one) => [idOf(one), one]));
  const now = new Set(after.map(idOf));
  return [
    ...before.filter((one) => !now.has(idOf(one))).map((one) => event('destroy', one)),
    ...after.flatMap((one) => {
      const was = old.get(idOf(one));
      if (was === undefined) return [event('create', one), ...(one.state === 'running' ? [event('start', one)] : [])];
      const changed = was.state === one.state ? [] : [event(one.state === 'running' ? 'start' : 'die', one)];
      return [...changed, ...placeEvents(was, one, idOf(one))];
    }),
  ];
}

/** Of one that does not run an engine tells nothing. */
function placeEvents(was: MemoryContainer, one: MemoryContainer, container: string): readonly object[] {
  if (one.state !== 'running') return [];
  const event = (Action: string, name: string) => ({
    Type: 'network',
    Action,
    Actor: { ID: `id-of-${name}`, Attributes: { name, container } },
  });
  const [old, now] = [Object.keys(was.networks), Object.keys(one.networks)];
  return [
    ...old.filter((name) => !now.includes(name)).map((name) => event('disconnect', name)),
    ...now.filter((name) => !old.includes(name)).map((name) => event('connect', name)),
  ];
}
