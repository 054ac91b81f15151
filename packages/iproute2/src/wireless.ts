import type { LinkFact } from '@netctl/core';
import type { HostFiles } from './files.js';

/**
 * The names of those that are Wi-Fi. `ip` does not tell, /sys does: `phy80211`, or `wireless` for drivers of old. /sys
 * shows the namespace that it was mounted in, so this is asked only where `ip` runs as it is; behind `nsenter` a link
 * counts as wired. Links with a kind (bridge, veth) are no hardware and cost no look.
 */
export async function wirelessOf(
  links: readonly LinkFact[],
  files: HostFiles,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const hardware = links.filter(({ kind, type }) => kind === undefined && type === 'ether');
  const marksOf = (name: string) => ['phy80211', 'wireless'].map((mark) => `/sys/class/net/${name}/${mark}`);
  const there = await files.present(
    hardware.flatMap(({ name }) => marksOf(name)),
    signal,
  );
  return new Set(hardware.map(({ name }) => name).filter((name) => marksOf(name).some((mark) => there.has(mark))));
}
