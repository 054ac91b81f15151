import { access } from 'node:fs/promises';
import type { LinkFact } from '@netctl/core';

/**
 * `ip` does not tell Wi-Fi, /sys does: `phy80211`, or `wireless` for drivers of old. /sys shows the namespace that it was
 * mounted in, so this is asked only where `ip` runs as it is; behind `nsenter` or `ssh` a link counts as wired. Links
 * with a kind (bridge, veth) are no hardware and cost no look.
 */
export async function isWireless(link: LinkFact): Promise<boolean> {
  if (link.kind !== undefined || link.type !== 'ether') return false;
  const marks = ['phy80211', 'wireless'].map((mark) => exists(`/sys/class/net/${link.name}/${mark}`));
  return (await Promise.all(marks)).includes(true);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
