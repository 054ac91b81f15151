import { checkedLinkName } from './check.js';
import { device } from './commands.js';
import type { Ip } from './ip.js';
import { lookAt } from './look.js';

/** What the kernel says of a link that goes between the look and the command. */
const GONE = /No such device/;

/**
 * Removes a link by name, if the index is still the one that was observed. The name of a link that is gone may be
 * another's by now: that one stays, and LINK_FAILED says so.
 */
export async function removeLink(ip: Ip, name: string, index: number, signal?: AbortSignal): Promise<void> {
  const does = `remove the link ${checkedLinkName(name)}`;
  const seen = await lookAt(ip, name, index, does, signal);
  if (seen === undefined) return;
  await ip({ args: ['link', 'del', 'dev', device(seen.link)], does, link: name, fine: GONE }, signal);
}
