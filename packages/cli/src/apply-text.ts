import { formatPlan, stepsOf, stepTitle } from '@netctl/core';
import type { ApplyEvent, AskedSegment } from '@netctl/core';

const BY = { sudo: '`sudo -n ip`', capabilities: 'the capability CAP_NET_ADMIN of this process' } as const;

/** What people read of an apply that is at work, line by line. */
export function applyLines(event: ApplyEvent): readonly string[] {
  switch (event.event) {
    case 'unfinished':
      return [
        `An apply of ${event.stack} that began at ${event.startedAt} on ${event.machine} did not finish${event.host === undefined ? '' : ` on ${event.host}`}; going on from what is there.`,
      ];
    case 'plan':
      return stepsOf(event.plan).length > 0 ? [formatPlan(event.plan)] : [];
    case 'privilege':
      // Root needs no words.
      return event.privilege === 'root' ? [] : [`links are changed by ${BY[event.privilege]}`];
    case 'asked':
      return askedLines(event);
    case 'waiting':
      return [`waiting for ${event.what}`];
    case 'step':
      if (event.state === 'done') return [`done: ${stepTitle(event.step)}`];
      return event.state === 'failed' ? [`failed: ${stepTitle(event.step)}`] : [];
    case 'host':
      return [
        event.state === 'done' ? `${event.host ?? ''} is done` : `${event.host ?? ''} failed: ${event.message ?? ''}`,
      ];
  }
}

/** `asked on eth0: nobody has 192.168.1.223`; for what could not be asked there is a warning in the report. */
function askedLines({ where, free, notes }: AskedSegment): readonly string[] {
  if (free.length === 0) return [];
  const how = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  return [`asked on ${where}: nobody has ${free.join(', ')}${how}`];
}
