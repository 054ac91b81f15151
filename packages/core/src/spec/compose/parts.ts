import type { Segment } from '../path.js';
import { isExtension } from '../text/extensions.js';
import { suggest } from '../suggest.js';
import type { TreeFormat } from '../text/format.js';

type Reads = ReturnType<TreeFormat['reads']>;

/** What a Compose file can have at its top (Compose Specification), besides `x-` keys. */
export const COMPOSE_KEYS: readonly string[] = [
  'configs',
  'include',
  'models',
  'name',
  'networks',
  'secrets',
  'services',
  'version',
  'volumes',
];

const TOP = new Set(['name', 'networks', 'services', 'include', 'x-netctl']);
const SERVICE: Readonly<Record<string, Reads>> = {
  deploy: 'value',
  extends: 'presence',
  mac_address: 'value',
  network_mode: 'value',
  networks: 'value',
  ports: 'value',
  profiles: 'value',
  provider: 'presence',
  scale: 'value',
};
const PLACE = new Set(['ipv4_address', 'ipv6_address', 'mac_address']);
const NETWORK = new Set(['name', 'external', 'x-netctl']);

/**
 * The parts of a Compose file that say something about networks. All else is Compose's business: what is wrong there,
 * variables without a value included, Compose says by itself.
 */
export const COMPOSE_FORMAT: TreeFormat = {
  reads: (parent, key) => {
    const [top] = parent;
    if (top === undefined) return TOP.has(String(key)) ? 'value' : isOthers(key) ? 'nothing' : 'presence';
    if (top === 'services') return serviceReads(parent, key);
    if (top === 'networks') return networkReads(parent, key);
    // Of what is included, the paths are read; the top's own x-netctl has the keys of the top of a spec.
    return top === 'x-netctl' ? ownReads(parent.slice(1), key) : 'value';
  },
  composeTags: true,
};

/** Only `name:`, which has to be known before any variable can be put in place. */
export const NAME_FORMAT: TreeFormat = {
  reads: (parent, key) => (parent.length === 0 && key === 'name' ? 'value' : 'nothing'),
  composeTags: true,
};

function serviceReads(parent: readonly Segment[], key: Segment): Reads {
  const [, , section] = parent;
  if (parent.length === 1) return 'value';
  if (section === undefined) return (Object.hasOwn(SERVICE, key) ? SERVICE[key] : undefined) ?? 'nothing';
  if (section === 'deploy') return key === 'replicas' ? 'value' : 'nothing';
  // Whether there are any is all that counts.
  if (section === 'ports') return 'presence';
  if (section !== 'networks' || parent.length < 4) return 'value';
  return PLACE.has(String(key)) ? 'value' : 'nothing';
}

function networkReads(parent: readonly Segment[], key: Segment): Reads {
  const [, network, section] = parent;
  if (network === undefined) return 'value';
  if (section === 'x-netctl') return ownReads(['networks', network, ...parent.slice(3)], key);
  if (section !== undefined) return 'value';
  return NETWORK.has(String(key)) ? 'value' : isOthers(key) ? 'nothing' : 'presence';
}

/** Inside x-netctl everything is as in a spec. */
function ownReads(parent: readonly Segment[], key: Segment): Reads {
  return typeof key === 'string' && isExtension(parent, key) ? 'nothing' : 'value';
}

/** A key for somebody else's program; one that is nearly ours is a typing mistake. */
function isOthers(key: Segment): boolean {
  return typeof key === 'string' && key.startsWith('x-') && !isNearlyOurs(key);
}

/** By which the network would be none of netctl's, and be removed. */
export function isNearlyOurs(key: string): boolean {
  return key.startsWith('x-') && key !== 'x-netctl' && suggest(key, ['x-netctl']) !== undefined;
}
