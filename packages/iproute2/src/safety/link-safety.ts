import type { LinkSafety } from '@netctl/core';
import type { Ip } from '../ip.js';
import { LINKS, readWhole } from '../observe.js';
import type { Place } from '../place.js';
import { OWN_STATUS, userIn } from '../privilege.js';
import { findGuards, guardEnd, settleGuard } from './guard-folder.js';
import { setGuard } from './guard.js';
import type { SetGuard } from './guard.js';
import { readPaths } from './paths.js';
import { undoLines } from './undo-lines.js';

/** With all that a route has, as numbers, whatever names this machine has for them. */
const ROUTES = {
  args: ['-json', '-Numeric', '-details', 'route', 'show', 'table', 'all'],
  does: 'read the routes of the host',
};

/** @param changer the argument vector that runs `ip` with the right to change links */
export function linkSafety(ip: Ip, place: Place, changer: () => Promise<readonly string[]>): LinkSafety {
  const user = async (): Promise<string> => userIn((await place.files.read([OWN_STATUS])).get(OWN_STATUS) ?? '') ?? '0';
  // What a reboot empties: the links are gone then too.
  const baseOf = (id: string): string => (id === '0' ? '/run' : '/tmp');
  return {
    paths: (questions) => readPaths(ip, place, questions),
    guard: async (plans, ms, note, peers, before) => {
      const [links, routes] = await Promise.all([readWhole(ip, LINKS, undefined), readWhole(ip, ROUTES, undefined)]);
      const earlier = (before as SetGuard | undefined)?.lines ?? [];
      const lines = [...undoLines(plans, { links, routes }), ...earlier];
      return setGuard({ place, ip: await changer(), base: baseOf(await user()), peers }, lines, ms, note);
    },
    guards: async () => {
      const id = await user();
      return findGuards(place, baseOf(id), id);
    },
    ended: (id, ms) => guardEnd(place, id, ms),
    settle: (id) => settleGuard(place, id),
  };
}
