import { linkNamed, networksNamed } from '../lookup.js';
import type { HostFacts } from '../model.js';
import { shimName } from '../spec/rules/link-names.js';

/** The key of a new network: a name that neither a network of the engine has, nor its shim would share with a link. */
export function freeKey(wish: string, facts: HostFacts): string {
  const isTaken = (key: string): boolean =>
    networksNamed(facts, key).length > 0 || linkNamed(facts, shimName(key, true)) !== undefined;
  let key = wish;
  for (let at = 2; isTaken(key); at += 1) key = `${wish}${at}`;
  return key;
}
