import { follow } from '../../support/guides/follow.js';
import { playImages } from '../../support/guides/stage.js';
import type { Bench } from '../support/bench.js';

/** The guide on VLANs, typed command by command: the LAN's router is in each VLAN already. */
export async function vlanGuide({ first: { host }, lan }: Bench): Promise<void> {
  await playImages(host, ['nginx']);
  await follow('guides/vlans.md', { '': host, router: lan });
}
