import { printable } from '../printable.js';
import { STATE_WORDS } from './topology.js';
import type { Drawn } from './topology.js';

/** `lan: macvlan bridge on eth0, 192.168.1.0/24 (drifted: …)`, in one line. */
export function summaryOf({ name, about, state, why }: Drawn): string {
  const told = [STATE_WORDS[state].word, ...(why === undefined ? [] : [why])].join(': ');
  return printable(`${name}: ${about} (${told})`);
}
