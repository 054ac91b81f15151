import type { NetctlError } from '../errors.js';
import type { Step } from '../model.js';
import { stepKey } from '../plan/order-hosts.js';
import type { Problem } from '../problem.js';
import type { RoundResult, WatchEvent } from './events.js';

/** Tells of what lasts when it begins, when it changes and when it ends, and not at each look. */
export function tellChanges(emit: (event: WatchEvent) => void): {
  failure(result: RoundResult, error: NetctlError | undefined): void;
  left(steps: readonly Step[]): void;
  problems(problems: readonly Problem[]): void;
} {
  let lastFailure = '';
  let times = 0;
  let lastLeft = '[]';
  let lastProblems: readonly string[] = [];
  return {
    failure: (result, error) => {
      if (error === undefined) {
        lastFailure = '';
        return;
      }
      if (result !== 'refused' && result !== 'waiting' && result !== 'failed') return;
      const { code, message, hint, problems } = error;
      const now = JSON.stringify([code, message, problems]);
      times = now === lastFailure ? times + 1 : 1;
      lastFailure = now;
      emit({ event: 'failed', result, code, message, ...(hint === undefined ? {} : { hint }), problems, times });
    },
    left: (steps) => {
      const now = JSON.stringify(steps.map((step) => [stepKey(step), step.why]).sort());
      if (now !== lastLeft) emit({ event: 'left', steps });
      lastLeft = now;
    },
    problems: (problems) => {
      const now = problems.map((one) => JSON.stringify(one));
      const news = problems.filter((_one, at) => !lastProblems.includes(now[at] ?? ''));
      lastProblems = now;
      if (news.length > 0) emit({ event: 'problems', problems: news });
    },
  };
}
