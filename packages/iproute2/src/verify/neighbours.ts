import type { Neighbour } from '@netctl/core';
import { ipRunner } from '../ip.js';
import { fieldsOf, listOf, replyItems, textOf } from '../json.js';
import type { ProbePlace } from './prober.js';

const DOES = 'read the neighbours of the host';

/** Whom the kernel of the host has an address of the LAN of, whether or not it is still there. */
export async function readNeighbours(
  { place, timeout }: ProbePlace,
  signal: AbortSignal | undefined,
): Promise<readonly Neighbour[]> {
  const ip = ipRunner(['ip'], timeout, place);
  const { stdout } = await ip({ args: ['-json', 'neigh', 'show'], does: DOES }, signal);
  return toNeighbours(replyItems(stdout, DOES));
}

export function toNeighbours(items: readonly unknown[]): readonly Neighbour[] {
  return items.flatMap((item) => {
    const fields = fieldsOf(item);
    const [address, link] = [textOf(fields['dst']), textOf(fields['dev'])];
    const isKnown = textOf(fields['lladdr']) !== undefined && !listOf(fields['state']).includes('FAILED');
    return address === undefined || link === undefined || !isKnown ? [] : [{ address, link }];
  });
}
