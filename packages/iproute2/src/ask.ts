import type { Segment, WireAnswers } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import { askByLink } from './ask-by-link.js';
import { askByPrograms } from './ask-by-programs.js';
import { checkedLinkName } from './check.js';
import type { Ip } from './ip.js';
import { fieldsOf, listOf } from './json.js';
import { toLinkFact } from './map-links.js';
import { readLinks } from './observe.js';
import type { Place } from './place.js';
import { wirelessOf } from './wireless.js';

/** Where `ip` runs, and for how long. */
export interface AskHost {
  readonly command: readonly string[];
  readonly ip: Ip;
  readonly timeout: number;
  readonly place: Place;
}

export type Way = (addresses: readonly string[]) => Promise<WireAnswers>;

/**
 * Asks as whoever gets the addresses will speak. For macvlan that is a macvlan link in a namespace of its own, which
 * hears everybody: also machines and containers of this very host, whom the parent link does not reach. For ipvlan, and
 * on Wi-Fi, it is the parent itself, by programs, since an answer to another MAC may never arrive there. Each is tried
 * where the other one cannot. A VLAN that is not there is asked through a VLAN link in that namespace, which has the
 * parent's MAC.
 */
export async function ask(
  host: AskHost,
  segment: Segment,
  addresses: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WireAnswers> {
  const below = await lookBelow(host, segment.link, signal);
  if (typeof below === 'string') return { taken: [], unasked: addresses, notes: [below] };
  const byLink: Way = (some) => askByLink(host, { ...segment, index: below.index }, some, signal);
  const byPrograms: Way = (some) => askByPrograms(host, segment.link, some, signal);
  if (segment.vlans.length > 0) return byLink(addresses);
  const foreignMac = segment.kind === 'ipvlan' || below.wireless;
  return inTurn(foreignMac ? [byPrograms, askedStrangely(byLink)] : [byLink, byPrograms], addresses);
}

/** Asks the next way for what could not be asked before. */
async function inTurn(ways: readonly Way[], addresses: readonly string[]): Promise<WireAnswers> {
  let sum: WireAnswers = { taken: [], unasked: addresses, notes: [] };
  for (const way of ways) {
    if (sum.unasked.length === 0) break;
    const { taken, unasked, notes } = await way(sum.unasked);
    sum = { taken: [...sum.taken, ...taken], unasked, notes: [...sum.notes, ...notes] };
  }
  return sum;
}

function askedStrangely(way: Way): Way {
  return async (addresses) => {
    const answers = await way(addresses);
    if (answers.unasked.length > 0) return answers;
    const note = 'so a link with a MAC address of its own asked, whom a network that filters those does not answer';
    return { ...answers, notes: [...answers.notes, note] };
  };
}

/** The link to ask through, or why nobody can be asked there. */
async function lookBelow(
  { command, ip, place }: AskHost,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | { readonly index: number; readonly wireless: boolean }> {
  let items: readonly unknown[];
  try {
    items = await readLinks(ip, signal);
  } catch (error) {
    if (error instanceof NetctlError && error.code === 'IPROUTE2_MISSING') return error.message;
    throw error;
  }
  const fields = items.map(fieldsOf).find(({ ifname }) => ifname === checkedLinkName(name));
  const link = fields === undefined ? undefined : toLinkFact(fields);
  if (fields === undefined || link === undefined) return `there is no link ${name}`;
  if (!link.up) return `${name} is down`;
  if (!listOf(fields['flags']).includes('LOWER_UP')) return `${name} has no carrier`;
  const wireless = command.length === 1 && (await wirelessOf([link], place.files, signal)).has(link.name);
  return { index: link.index, wireless };
}
