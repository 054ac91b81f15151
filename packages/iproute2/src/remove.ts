import { NetctlError } from '@netctl/core';
import { checkedLinkName } from './check.js';
import type { Ip } from './ip.js';
import { fieldsOf, numberOf, replyItems } from './json.js';

/** What `ip` says of a name that no link has: by `show`, by a change, and by the kernel when it goes in between. */
const GONE = /does not exist|Cannot find device|No such device/;

/**
 * Removes a link by name, if the index is still the one that was observed. The name of a link that is gone may be
 * another's by now: that one stays, and LINK_FAILED says so.
 */
export async function removeLink(ip: Ip, name: string, index: number, signal?: AbortSignal): Promise<void> {
  checkedLinkName(name);
  const does = `remove the link ${name}`;
  const look = { args: ['-json', 'link', 'show', 'dev', name], does, link: name, fine: GONE };
  const [found] = replyItems((await ip(look, signal)).stdout, does);
  if (found === undefined) return;
  const current = numberOf(fieldsOf(found)['ifindex']);
  if (current !== index) {
    throw new NetctlError('LINK_FAILED', `Cannot ${does}: it is another link now (${current ?? '?'}, was ${index})`, {
      hint: 'Run the same again; it will look anew.',
    });
  }
  await ip({ args: ['link', 'del', 'dev', name], does, link: name, fine: GONE }, signal);
}
