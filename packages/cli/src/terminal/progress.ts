import { stepsOf, stepTitle } from '@netctl/core';
import type { ApplyEvent, Step } from '@netctl/core';

/** What is in hand, in a line: `[3/9] 12 s  make network lan`. */
export interface Progress {
  /** Something else than the steps of a plan. */
  begin(what: string): void;
  hear(event: ApplyEvent): void;
  /** It was told to stop. */
  stop(): void;
  /** Whether a step was begun, so that an end takes a moment. */
  isAtWork(): boolean;
  text(): string;
}

const PUTTING_BACK = 'putting back what was taken off';

/** `now` is a clock, in milliseconds. */
export function watchProgress(now: () => number): Progress {
  const hand = new Map<Step, number>();
  let total = 0;
  let over = 0;
  let stopped = false;
  let phase = { what: 'looking at what is there', since: now() };
  const begin = (what: string): void => {
    phase = { what, since: now() };
  };
  return {
    begin,
    hear: (event) => {
      if (event.event === 'waiting') begin(`waiting for ${event.what}`);
      if (event.event === 'unfinished') begin(`putting back what an apply of ${event.stack} took off`);
      if (event.event === 'plan') total += stepsOf(event.plan).length;
      if (event.event !== 'step') return;
      if (event.state === 'started') {
        hand.set(event.step, now());
        return;
      }
      hand.delete(event.step);
      if (event.state === 'done') over += 1;
      begin(event.state === 'failed' || stopped ? PUTTING_BACK : over === total ? 'looking again' : 'going on');
    },
    stop: () => {
      stopped = true;
      begin(PUTTING_BACK);
    },
    isAtWork: () => over + hand.size > 0,
    text: () => {
      const titles = [...hand.keys()].map(stepTitle);
      const what = titles.length === 0 ? phase.what : `${stopped ? 'finishing: ' : ''}${titles.join(', ')}`;
      const seconds = Math.floor((now() - Math.min(...(hand.size === 0 ? [phase.since] : hand.values()))) / 1000);
      return `${total === 0 ? '' : `[${String(over)}/${String(total)}] `}${String(seconds)} s  ${what}`;
    },
  };
}
