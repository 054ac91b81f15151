import { NetctlError } from '../errors.js';
import type { HostFacts } from '../model.js';
import { drop, NOTHING_DROPPED } from './drop.js';
import type { Dropped } from './drop.js';
import { faultsOf, objectionsTo } from './judge.js';
import type { Objection } from './judge.js';
import { select } from './select.js';
import type { LeftOut, Selection, SelectOptions } from './select.js';
import { sketchOf } from './sketch.js';
import type { Sketch } from './sketch.js';

/** A spec of what a host has. */
export interface Imported {
  readonly stack: string;
  /** The text of the spec. */
  readonly spec: string;
  /** How many networks it has. */
  readonly networks: number;
  /** What it does not say, and why. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * A spec that says what a host has: valid, and with a plan that only takes over what is there. The rules and the planner
 * judge it; what they object to is left out, with the reason. Pure: the places of containers are those that were read.
 * @throws NetctlError USAGE for names that nothing has
 */
export function importSpec(host: string, seen: HostFacts, options: SelectOptions = {}): Imported {
  const selection = select(seen, options);
  // Who asks may be somebody else than who applies it.
  const facts = seen.links === undefined ? seen : { ...seen, links: { ...seen.links, mayChange: true } };
  let dropped = NOTHING_DROPPED;
  for (;;) {
    const sketch = sketchOf(selection, facts, dropped);
    const { loaded, objections: faults } = faultsOf(sketch.spec);
    const objections = loaded === undefined ? faults : objectionsTo(loaded, host, facts);
    const next =
      drop(dropped, objections, sketch.index) ??
      (faults.length === 0 ? undefined : dropAlone(selection, facts, dropped));
    if (next === undefined) return result(sketch, objections);
    dropped = next;
  }
}

/** Without those that cannot be written even by themselves, where nobody can tell from the whole which ones those are. */
function dropAlone(selection: Selection, facts: HostFacts, dropped: Dropped): Dropped | undefined {
  const networks = new Map(dropped.networks);
  for (const found of selection.networks) {
    if (networks.has(found.name)) continue;
    const { spec } = sketchOf({ ...selection, networks: [found] }, facts, dropped);
    const objection = faultsOf(spec).objections.find(({ path }) => path.length === 0);
    if (objection !== undefined) networks.set(found.name, objection.why);
  }
  return networks.size === dropped.networks.size ? undefined : { ...dropped, networks };
}

/** What the stack has and the spec cannot say stays an objection; any other means that there is no such spec. */
function result({ stack, spec, networks, leftOut }: Sketch, objections: readonly Objection[]): Imported {
  const left = objections.find(({ gone }) => gone === undefined);
  if (left === undefined) return { stack, spec, networks, leftOut };
  throw new NetctlError('SPEC_INVALID', `This cannot be written as one spec: ${left.why}`, {
    hint: 'Name fewer networks.',
  });
}
