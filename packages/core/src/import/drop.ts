import type { Objection } from './judge.js';
import { placeKey } from './places.js';

/** What a spec leaves out, each with the reason. */
export interface Dropped {
  /** By name. */
  readonly networks: ReadonlyMap<string, string>;
  /** Labels that no spec can hold, by the name of their network. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Shims and VLAN links that are not to be of the stack. */
  readonly links: ReadonlyMap<string, string>;
  /** By `placeKey`: of containers, of their places, or of what they asked for there. */
  readonly places: ReadonlyMap<string, string>;
  /** What the stack has and the spec cannot say. */
  readonly gone: ReadonlyMap<string, string>;
}

export const NOTHING_DROPPED: Dropped = {
  networks: new Map(),
  labels: new Map(),
  links: new Map(),
  places: new Map(),
  gone: new Map(),
};

/** What the keys of a spec stand for. */
export interface Index {
  /** Names of networks by their keys. */
  readonly networks: ReadonlyMap<string, string>;
  /** The link that is a network's shim, and the one below it, by the network's key. */
  readonly shims: ReadonlyMap<string, string>;
  readonly parents: ReadonlyMap<string, string>;
}

/**
 * With what the objections are about; undefined when they are about nothing that could go. Networks go last: what is wrong
 * may be gone with the shim.
 */
export function drop(before: Dropped, objections: readonly Objection[], index: Index): Dropped | undefined {
  const networks = new Map(before.networks);
  const labels = new Map(before.labels);
  const links = new Map(before.links);
  const places = new Map(before.places);
  const gone = new Map(before.gone);
  const after = { networks, labels, links, places, gone };
  const whole: [string, string][] = [];
  for (const { path, link, gone: lost, why } of objections) {
    const [section, key, part, ...rest] = path.map(String);
    if (lost !== undefined) note(gone, lost, why);
    else if (link !== undefined) note(links, link, why);
    else if (key === undefined) continue;
    else if (section === 'vlans') note(links, key, why);
    else if (section === 'containers') note(places, placeKey(key, rest[0], rest[1]), why);
    else if (section === 'networks') {
      const name = index.networks.get(key);
      const behind = part === 'shim' ? index.shims.get(key) : part === 'vlan' ? index.parents.get(key) : undefined;
      if (name === undefined) continue;
      if (behind !== undefined) note(links, behind, why);
      else if (part === 'labels' && rest[0] !== undefined) {
        labels.set(name, new Set([...(labels.get(name) ?? []), rest[0]]));
      } else whole.push([name, why]);
    }
  }
  if (sizeOf(after) === sizeOf(before)) for (const [name, why] of whole) note(networks, name, why);
  return sizeOf(after) === sizeOf(before) ? undefined : after;
}

/** The first reason is the one to tell. */
function note(reasons: Map<string, string>, name: string, why: string): void {
  if (!reasons.has(name)) reasons.set(name, why);
}

function sizeOf({ networks, labels, links, places, gone }: Dropped): number {
  const held = [...labels.values()].reduce((sum, { size }) => sum + size, 0);
  return networks.size + links.size + places.size + gone.size + held;
}
