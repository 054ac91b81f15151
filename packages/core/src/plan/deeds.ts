import { groupBy } from '../group-by.js';
import type { Op, Step } from '../model.js';

/** What a plan does to one thing: a step, or the two by which a thing is replaced or a container goes and comes back. */
export interface Deed {
  readonly what: 'step' | 'replace' | 'move';
  /** Of two the one that comes first. */
  readonly step: Step;
  /** The name of what takes its place, where that is another one. */
  readonly by?: string;
  /** Whether anybody could lose something by it. */
  readonly disruptive: boolean;
}

const GOES: readonly Op[] = ['network.remove', 'link.remove', 'endpoint.park', 'endpoint.detach'];
const COMES: readonly Op[] = ['network.create', 'link.add', 'endpoint.restore', 'endpoint.attach'];

/** Steps as people think of them, in the order in which they begin. */
export function deedsOf(steps: readonly Step[]): readonly Deed[] {
  const groups = groupBy(steps, ({ host, ref }) => [`${host} ${ref}`]);
  return [...groups.values()].flatMap((about) => {
    const goes = about.find(({ op }) => GOES.includes(op));
    const comes = about.find(({ op }) => COMES.includes(op));
    if (goes === undefined || comes === undefined) return about.map(alone);
    const what = goes.op.startsWith('endpoint.') ? 'move' : 'replace';
    const disruptive = goes.disruptive || comes.disruptive;
    const rest = about.filter((step) => step !== goes && step !== comes);
    return [{ what, step: goes, disruptive, ...anotherName(goes, comes) } satisfies Deed, ...rest.map(alone)];
  });
}

function alone(step: Step): Deed {
  return { what: 'step', step, disruptive: step.disruptive };
}

function anotherName(goes: Step, comes: Step): { readonly by?: string } {
  const before = 'name' in goes ? goes.name : '';
  const name = comes.op === 'link.add' ? comes.props.name : 'name' in comes ? comes.name : before;
  return name === before ? {} : { by: name };
}
