import type { LinkFact } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import { device } from './commands.js';
import type { Ip } from './ip.js';
import { fieldsOf, listOf } from './json.js';
import type { Fields } from './json.js';
import { toLinkFact } from './map-links.js';
import { readLinks } from './observe.js';

/** For whoever finds the host changed by another hand: the next plan says what that means. */
export const LOOK_ANEW = 'Run the same again; it will look anew.';

/** A link that was looked at a moment ago. */
export interface Seen {
  readonly link: LinkFact;
  readonly others: readonly LinkFact[];
}

/**
 * Looks at the links once, right before one of them is changed; undefined where none has the name. With an index it has
 * to be the link that the plan saw: the name of one that is gone may be somebody else's by now.
 * @throws NetctlError LINK_FAILED where it is another link, or where no command could tell it from others
 */
export async function lookAt(
  ip: Ip,
  name: string,
  index: number | undefined,
  does: string,
  signal: AbortSignal | undefined,
): Promise<Seen | undefined> {
  const { items, links } = understood(await readLinks(ip, signal));
  const link = links.find((one) => one.name === name);
  if (link === undefined) return undefined;
  if (index !== undefined && link.index !== index) throw anotherLink(does, `index ${link.index}, was ${index}`);
  const byIndex = device(link);
  const namesake = items.find(
    (item) => item['ifindex'] !== link.index && [item['ifname'], ...listOf(item['altnames'])].includes(byIndex),
  );
  if (namesake !== undefined) {
    throw new NetctlError(
      'LINK_FAILED',
      `Cannot ${does}: ip would take ${byIndex}, its index, for the name of a link`,
      {
        hint: `Give the link that is called ${byIndex} another name.`,
      },
    );
  }
  return { link, others: links.filter((one) => one !== link) };
}

interface Understood {
  readonly items: readonly Fields[];
  readonly links: readonly LinkFact[];
}

const UNDERSTOOD = new WeakMap<readonly unknown[], Understood>();

/** Once for all who have the same answer. */
function understood(answer: readonly unknown[]): Understood {
  const known = UNDERSTOOD.get(answer);
  if (known !== undefined) return known;
  const items = answer.map(fieldsOf);
  const found = { items, links: items.flatMap((item) => toLinkFact(item) ?? []) };
  UNDERSTOOD.set(answer, found);
  return found;
}

export function anotherLink(does: string, why: string): NetctlError {
  return new NetctlError('LINK_FAILED', `Cannot ${does}: it is another link now (${why})`, { hint: LOOK_ANEW });
}
