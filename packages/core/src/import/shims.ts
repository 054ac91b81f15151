import { contains, formatAddress, parseAddress } from '../addresses/prefix.js';
import { dynamicRange, subnetsOf } from '../addresses/ipam.js';
import { inRange } from '../addresses/range.js';
import { shimAddresses } from '../addresses/shim.js';
import type { LinkFact } from '../links.js';
import { readLinkOwner } from '../marks.js';
import type { HostFacts } from '../model.js';
import { inline, line } from './block.js';
import type { Value } from './block.js';
import type { View } from './view.js';

/** A link of the host that is its door into networks. */
export interface Shim {
  readonly link: string;
  /** By the name of the network. */
  readonly doors: ReadonlyMap<string, { readonly value: Value; readonly addresses: readonly string[] }>;
}

export interface Shims {
  readonly shims: readonly Shim[];
  /** Links that look like one and are none, with a network that they are beside, by its name. */
  readonly strangers: readonly { readonly link: string; readonly beside: string; readonly why: string }[];
}

/** Which macvlan and ipvlan links of the host are doors into these networks, and under what words. */
export function shimsOf(views: readonly View[], facts: HostFacts, stack: string): Shims {
  const links = facts.links?.links ?? [];
  const shims: Shim[] = [];
  const strangers: { link: string; beside: string; why: string }[] = [];
  const isDoor = ({ kind }: LinkFact): boolean => kind === 'macvlan' || kind === 'ipvlan';
  for (const link of links.filter(isDoor)) {
    // What takes its configuration from elsewhere has its door there too.
    const near = views.filter(
      ({ props }) =>
        props.driver === link.kind && props.options['parent'] === link.parent && props.configFrom === undefined,
    );
    const [beside] = near;
    if (beside === undefined) continue;
    const owner = readLinkOwner(link);
    const doors = doorsOf(link, near, facts);
    const why =
      owner !== undefined && owner.stack !== stack
        ? `it belongs to the stack ${owner.stack}`
        : doors.size === 0
          ? 'it has no address of the network'
          : undefined;
    if (why !== undefined) strangers.push({ link: link.name, beside: beside.name, why });
    else shims.push({ link: link.name, doors: named(link, doors, isAlone(link, links, isDoor)) });
  }
  return { shims, strangers };
}

/** Whether no other such link is on the parent, so that networks which name none mean this one. */
function isAlone({ parent, kind }: LinkFact, links: readonly LinkFact[], isDoor: (link: LinkFact) => boolean): boolean {
  return links.filter((other) => isDoor(other) && other.parent === parent && other.kind === kind).length === 1;
}

/** The networks that a link leads into, each with the link's addresses there. */
function doorsOf(link: LinkFact, near: readonly View[], facts: HostFacts): ReadonlyMap<View, readonly string[]> {
  const routed = new Set(
    (facts.links?.routes ?? []).flatMap((route) => (route.link === link.name ? [route.destination] : [])),
  );
  const isRouted = ({ props }: View): boolean =>
    props.ipam.config.some(({ ipRange }) => ipRange !== undefined && routed.has(ipRange));
  // Where several share the LAN, it is the routes that tell.
  const led = near.filter(isRouted);
  const free = new Set(link.addresses.filter(({ scope }) => scope !== 'link').map(({ address }) => address));
  const doors = new Map<View, readonly string[]>();
  for (const view of led.length > 0 ? led : near) {
    const mine = addressesIn(view, free);
    if (mine.length === 0) continue;
    for (const address of mine) free.delete(address);
    doors.set(view, mine);
  }
  return doors;
}

/** Of each family one: that in the network's own range, else the first in its subnet. */
function addressesIn({ props }: View, free: ReadonlySet<string>): readonly string[] {
  const subnets = subnetsOf(props);
  const ranges = props.ipam.config.flatMap((entry) => (entry.ipRange === undefined ? [] : (dynamicRange(entry) ?? [])));
  return ([4, 6] as const).flatMap((family) => {
    const here = [...free].filter((text) => {
      const address = parseAddress(text);
      return address?.family === family && subnets.some((subnet) => contains(subnet, address));
    });
    const inside = here.find((text) => {
      const address = parseAddress(text);
      return address !== undefined && ranges.some((range) => inRange(range, address));
    });
    const first = inside ?? here[0];
    return first === undefined ? [] : [first];
  });
}

/** The shortest words that mean this link and these addresses. */
function named(link: LinkFact, doors: ReadonlyMap<View, readonly string[]>, alone: boolean): Shim['doors'] {
  const [first] = doors.keys();
  const isDefault = alone && link.name === `${first?.key ?? ''}-shim`;
  return new Map(
    [...doors].map(([view, addresses]) => {
      const usual = new Set(shimAddresses({ shim: true }, view.props.ipam.config).map(formatAddress));
      const unusual = addresses.filter((address) => !usual.has(address));
      const lines = [
        ...line('name', isDefault || (alone && view !== first) ? undefined : link.name),
        ...line('address', unusual.length > 1 ? unusual : unusual[0]),
      ];
      return [view.name, { value: lines.length === 0 ? true : inline(lines), addresses }];
    }),
  );
}
