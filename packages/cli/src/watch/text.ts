import { formatProblem, stepTitle } from '@netctl/core';
import type { WatchEvent } from '@netctl/core';

import { applyLines } from '../apply-text.js';
import { counted } from '../counted.js';

/** The one host of a spec that names none. */
function nameOf(host: string): string {
  return host === 'local' ? 'the engine' : host;
}

/** What people read of a watch: what is news, and nothing where all is well. */
export function watchLines(event: WatchEvent, file: string): readonly string[] {
  switch (event.event) {
    case 'spec':
      // What it warns of is among what the hosts are warned of.
      if (event.state === 'read') return [`${event.file} is read`];
      return [
        `${event.file} cannot be used, so the last one that could is kept: ${event.message ?? ''}`,
        ...event.problems.map((one) => formatProblem(one, event.file)),
      ];
    case 'problems':
      return event.problems.map((one) => formatProblem(one, file));
    case 'connection':
      if (event.state === 'made') return [`connected to ${nameOf(event.host)}`];
      // Where there is no other, the round that failed for it says it.
      if (event.state === 'lost' && event.host === 'local') return [];
      if (event.state === 'lost') return [`no connection to ${nameOf(event.host)}: ${event.message ?? ''}`];
      if (event.state === 'gone') return [`${nameOf(event.host)} is no longer in the spec`];
      if (event.state === 'hears') return [`${nameOf(event.host)} tells of what happens again`];
      return [`${nameOf(event.host)} is looked at by the timer alone: ${event.message ?? ''}`];
    case 'left':
      if (event.steps.length === 0) return ['nothing disruptive is left'];
      return ['left, since somebody could lose something by it (--yes does it):'].concat(
        event.steps.map((step) => `  ${stepTitle(step)}: ${step.why}`),
      );
    case 'undone':
      return [
        `somebody undoes this again and again, so it is done less often from now on: ${stepTitle(event.step)} (${String(event.times)} times)`,
      ];
    case 'failed':
      // Said once, however long it lasts.
      if (event.times > 1) return [];
      return [
        `${event.result === 'waiting' ? 'waiting' : 'failed'}: ${event.message}`,
        ...event.problems.map((one) => formatProblem(one, file)),
        ...(event.hint === undefined ? [] : [`    ${event.hint}`]),
      ];
    case 'services':
      return [`${counted(event.registered, 'service')} of ${nameOf(event.host)} registered`];
    case 'round':
      return [];
    case 'unfinished':
    case 'plan':
    case 'privilege':
    case 'asked':
    case 'waiting':
    case 'step':
    case 'host':
      return applyLines(event);
  }
}
