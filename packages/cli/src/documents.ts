import type { ApplyEvent, Plan } from '@netctl/core';

/** A plan as the contract has it: the steps in one list, each with the number of its stage. */
export function planDocument({ version, stack, stages, problems }: Plan): object {
  const steps = stages.flatMap((stage, index) => stage.map((step) => ({ stage: index, ...step })));
  return { version, stack, steps, problems };
}

/** An event as a line of the stream. */
export function eventDocument(event: ApplyEvent): object {
  return event.event === 'plan' ? { event: 'plan', ...planDocument(event.plan) } : event;
}
