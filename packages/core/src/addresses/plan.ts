import { groupBy } from '../group-by.js';
import { kindOf } from '../kinds/index.js';
import { linkNamed, networksMarked } from '../lookup.js';
import type { HostFacts, IpamEntry } from '../model.js';
import { isOfSwarm } from '../spec/hosts.js';
import type { NetworkSpec, Spec } from '../spec/schema.js';
import { freeSubnets, parseAuto, suits } from './auto.js';
import type { AutoSubnet } from './auto.js';
import { askedIpam, dynamicRange, reservations, subnetsOf, takesGateway, withReservations } from './ipam.js';
import type { Reservation } from './ipam.js';
import { occupantsOf, occupantsOfPeers, occupantsToAvoid, routersOf } from './occupants.js';
import { occupied } from './occupied.js';
import type { Occupant, Occupied } from './occupied.js';
import { formatPrefix, parseAddress } from './prefix.js';
import type { Address, Prefix } from './prefix.js';
import { shimAddresses } from './shim.js';

/** The addresses of one network. */
export interface NetworkAddresses {
  /** What the spec asks for, in canonical form. */
  readonly asked: readonly IpamEntry[];
  /** What the engine is given: with the subnets that netctl chose, and with what it reserves. */
  readonly entries: readonly IpamEntry[];
  /** The host's own, where it has a door into the network. */
  readonly shim: readonly Address[];
  /** The families for which netctl was to choose a subnet and found none. */
  readonly none: readonly AutoSubnet[];
}

/** Every address that a spec means on one host, by the key of its network; all else asks it. */
export interface AddressPlan {
  readonly networks: ReadonlyMap<string, NetworkAddresses>;
  /** Who has addresses on the host now, and what is to be avoided. */
  readonly occupied: Occupied;
  /** Who has addresses on the other hosts, which a network of the swarm is on too. */
  elsewhere(): Occupied;
  /** The routers that the routes of the host go by. */
  readonly routers: Occupied;
  /**
   * A prefix of this family and length that nobody has and that no network of the spec gets, to offer in a message; with
   * `everywhere`, nobody on any host.
   */
  offer(like: Prefix, everywhere?: boolean): Prefix | undefined;
}

/** Pure: the same spec and host give the same plan, in whatever order the networks are written. */
export function planAddresses(
  spec: Spec,
  facts: HostFacts,
  parentOf: (network: NetworkSpec) => string | undefined,
): AddressPlan {
  const occupants = [...occupantsOf(facts), ...occupantsToAvoid(spec.avoid)];
  const own = Object.entries(spec.networks).filter(([, network]) => network.external !== true);
  const asked = new Map(own.map(([key, network]) => [key, askedIpam(network)]));
  const pinned = [...asked.values()].flatMap((config) => subnetsOf({ ipam: { config } }));
  let others: Occupied | undefined;
  const elsewhere = (): Occupied => (others ??= occupied(occupantsOfPeers(facts)));
  const chosen = chooseSubnets(own, spec.name, facts, occupants, pinned, elsewhere);
  let index: Occupied | undefined;
  const used = (): Occupied => (index ??= occupied(chosen.used));
  const offers = new Map<string, Prefix | undefined>();
  const shims = new Map(own.map(([key, network]) => [key, shimAddresses(network, asked.get(key) ?? [])]));
  const wires = byWire(own, parentOf);
  const networks = new Map(
    own.map(([key, network]) => {
      const config = asked.get(key) ?? [];
      const { entries: before, none } = chosen.choices.get(key) ?? { entries: [], none: [] };
      const parent = parentOf(network);
      const others = parent === undefined ? [] : (wires.get(parent) ?? []).filter(([other]) => other !== key);
      const around = [[key, network] as const, ...others];
      const entries = reserved(before.length === 0 ? config : [...before, ...config], around, shims, facts, parent);
      return [key, { asked: config, entries, shim: shims.get(key) ?? [], none }] as const;
    }),
  );
  return {
    networks,
    occupied: occupied(occupants),
    routers: occupied(routersOf(facts)),
    elsewhere,
    offer: ({ family, length }, everywhere = false) => {
      const like = `${family} ${length} ${everywhere}`;
      if (!offers.has(like)) {
        offers.set(like, freeSubnets(used(), facts.engine.id, elsewhere).next({ family, length }, everywhere));
      }
      return offers.get(like);
    },
  };
}

interface Choice {
  readonly entries: readonly IpamEntry[];
  readonly none: readonly AutoSubnet[];
}

/**
 * The subnets that a network has already, else the first that are free: once chosen they stay, unless the spec asks for
 * others or gives them to another network now. In the order of the keys, so that the order in the file moves nobody.
 */
function chooseSubnets(
  own: readonly (readonly [string, NetworkSpec])[],
  stack: string,
  facts: HostFacts,
  occupants: readonly Occupant[],
  pinned: readonly Prefix[],
  elsewhere: () => Occupied,
): { readonly choices: ReadonlyMap<string, Choice>; readonly used: readonly Occupant[] } {
  const wanted = own
    .flatMap(([key, network]) => autoFamilies(network).map((auto) => ({ key, auto, swarm: isOfSwarm(network) })))
    .sort((a, b) => (a.key === b.key ? a.auto.family - b.auto.family : a.key < b.key ? -1 : 1));
  if (wanted.length === 0) return { choices: new Map(), used: [...occupants, ...pinned.map(ofSpec)] };
  const given = pinned.map(ofSpec);
  const avoided = occupied([...occupants.filter(({ kind }) => kind === 'avoid'), ...given]);
  const kept = wanted.map(({ key, auto }) => {
    const mine = networksMarked(facts, `network:${key}`).find(({ owner }) => owner?.stack === stack);
    return (mine === undefined ? [] : subnetsOf(mine.props)).find(
      (subnet) => suits(auto, subnet) && avoided.overlapping(subnet).length === 0,
    );
  });
  const used = [...occupants, ...given, ...kept.filter((one) => one !== undefined).map(ofSpec)];
  const free = freeSubnets(occupied(used), facts.engine.id, elsewhere);
  const choices = new Map<string, Choice>();
  const chosen: Occupant[] = [];
  for (const [index, { key, auto, swarm }] of wanted.entries()) {
    const subnet = kept[index] ?? free.next(auto, swarm);
    const { entries, none } = choices.get(key) ?? { entries: [], none: [] };
    if (subnet === undefined) choices.set(key, { entries, none: [...none, auto] });
    else {
      choices.set(key, { entries: [...entries, { subnet: formatPrefix(subnet) }], none });
      chosen.push(ofSpec(subnet));
    }
  }
  return { choices, used: [...used, ...chosen] };
}

/** The families for which netctl chooses: all that are on of a network with `subnet: auto`. */
function autoFamilies(network: NetworkSpec): readonly AutoSubnet[] {
  const auto = network.subnet === undefined ? undefined : parseAuto(network.subnet);
  if (auto === undefined) return [];
  const families = ([4, 6] as const).filter((family) =>
    family === 4 ? network.enable_ipv4 !== false : network.enable_ipv6 === true,
  );
  return families.map((family) => (auto.family === family ? auto : { family }));
}

function ofSpec(prefix: Prefix): Occupant {
  return { prefix, kind: 'network', text: `${formatPrefix(prefix)} of the spec` };
}

type KeyedNetwork = readonly [key: string, network: NetworkSpec];

/** The networks on each wire, by their keys in order, so that the order in the file changes nothing. */
function byWire(
  own: readonly KeyedNetwork[],
  parentOf: (network: NetworkSpec) => string | undefined,
): ReadonlyMap<string, readonly KeyedNetwork[]> {
  const onLinks = own.filter(([, network]) => parentOf(network) !== undefined);
  const inOrder = onLinks.sort(([a], [b]) => (a < b ? -1 : 1));
  return groupBy(inOrder, ([, network]) => [parentOf(network) ?? []].flat());
}

/**
 * The entries with what Docker must not hand out: the shim, the host's own addresses on the wire, `reserve:`. An address
 * is one station's on the whole wire, so that of another network there is kept too; `around` has the network itself
 * first.
 */
function reserved(
  entries: readonly IpamEntry[],
  around: readonly KeyedNetwork[],
  shims: ReadonlyMap<string, readonly Address[]>,
  facts: HostFacts,
  parent: string | undefined,
): readonly IpamEntry[] {
  const network = around[0]?.[1];
  const driver = network?.driver ?? 'bridge';
  if (!kindOf(driver).reserves || network?.config_from !== undefined) return entries;
  const own = linkNamed(facts, parent)?.addresses ?? [];
  const host = own.flatMap(({ address }) => parseAddress(address) ?? []);
  const reserves = around.flatMap(([, { reserve }]) => (reserve === undefined ? [] : [reserve]));
  const dynamic = reserves.length === 0 ? [] : entries.flatMap((entry) => dynamicRange(entry) ?? []);
  const wanted: readonly Reservation[] = [
    ...numbered(
      'netctl-shim',
      around.flatMap(([key]) => shims.get(key) ?? []),
    ),
    ...numbered('netctl-host', host),
    ...reserves.flatMap((reserve) => reservations(reserve, dynamic)),
  ];
  return withReservations(entries, wanted, takesGateway(driver, facts.engine.version));
}

function numbered(name: string, addresses: readonly Address[]): readonly Reservation[] {
  return addresses.map((address, index) => ({ name: index === 0 ? name : `${name}-${index + 1}`, address }));
}
