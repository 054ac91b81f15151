import { bridge } from './bridge.js';
import { ipvlan } from './ipvlan.js';
import type { NetworkKind } from './kind.js';
import { macvlan } from './macvlan.js';
import { overlay } from './overlay.js';
import { plugin } from './plugin.js';

const KINDS: ReadonlyMap<string, NetworkKind> = new Map(
  [bridge, ipvlan, macvlan, overlay].map((kind) => [kind.driver, kind]),
);

/** What netctl knows about a network driver. A driver of another name is a plugin's. */
export function kindOf(driver: string): NetworkKind {
  return KINDS.get(driver) ?? plugin(driver);
}
