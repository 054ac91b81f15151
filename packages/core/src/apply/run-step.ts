import type { Step } from '../model.js';
import { linkAlias } from '../marks.js';
import type { Backends } from './observe.js';

/** Runs one step: one engine call, or one link made, changed or removed. It decides nothing. */
export async function runStep(step: Step, stack: string, { engine, links }: Backends): Promise<void> {
  const owner = { stack, ref: step.ref };
  switch (step.op) {
    case 'network.create':
      return engine.createNetwork(step, owner);
    case 'network.remove':
      return engine.removeNetwork(step);
    case 'link.add':
      return links.add(step.props, linkAlias(owner), step.parentIndex);
    case 'link.set':
      return links.set(step.name, step.index, step.change);
    case 'link.remove':
      return links.remove(step.name, step.index);
  }
}
