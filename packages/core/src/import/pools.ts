import { dynamicRange, poolsOf, subnetsOf } from '../addresses/ipam.js';
import type { IpamPool } from '../addresses/ipam.js';
import { parseAddress, parsePrefix } from '../addresses/prefix.js';
import { inRange } from '../addresses/range.js';
import type { EngineFacts, IpamEntry } from '../model.js';
import { line, textLine } from './block.js';
import type { Line } from './block.js';
import { autoText, CHOSEN, isDockersGateway, isDockersSubnet } from './chosen.js';
import { keptAddresses, reservedOf } from './reserve.js';
import type { View } from './view.js';

/** What a spec says of the addresses of a network. */
export interface Addressing {
  readonly lines: readonly Line[];
  /** What there is to say besides. */
  readonly notes: readonly string[];
}

/** @param shim the addresses of the network's shim, where it has one */
export function addressing(view: View, engine: EngineFacts | undefined, shim: ReadonlySet<string>): Addressing {
  const { ipam, driver } = view.props;
  const pools = poolsOf(ipam.config).flatMap((pool) => entriesOf(pool, view, engine));
  const gateways = new Set(pools.flatMap(({ entry }) => entry.gateway ?? []));
  const kept = keptAddresses(view.props, shim, gateways);
  const reserve =
    view.asked && view.found !== undefined
      ? { ...reservedOf(ipam.config, view.found.props.ipam.config, shim), ...kept.reserve }
      : kept.reserve;
  const covered = shim.size > 0 ? pools.filter(({ entry, byEngine }) => byEngine.gateway && isCovered(entry)) : [];
  const notes = covered.map(({ entry }) => `The gateway ${entry.gateway ?? ''} is left out: it was ${CHOSEN}.`);
  const written = pools.map((pool) =>
    covered.includes(pool) ? { ...pool, entry: { ...pool.entry, gateway: undefined } } : pool,
  );
  const seen = new Set<string | undefined>();
  const records = written.map(({ entry, byEngine }) => {
    const { subnet, gateway, ipRange } = entry;
    const aux = seen.has(subnet) ? {} : (kept.pools.get(subnet) ?? {});
    seen.add(subnet);
    return [
      ...line('subnet', subnet, byEngine.subnet ? CHOSEN : undefined),
      ...line('gateway', gateway, byEngine.gateway ? CHOSEN : undefined),
      ...line('ip_range', ipRange),
      ...textLine('aux_addresses', aux),
    ];
  });
  const driverLines = [
    ...line('driver', ipam.driver === 'default' ? undefined : ipam.driver),
    ...textLine('options', ipam.options ?? {}),
  ];
  const [only] = records;
  const short =
    driverLines.length === 0 &&
    (only === undefined ||
      (records.length === 1 &&
        only.some(({ key }) => key === 'subnet') &&
        only.every(({ key }) => key !== 'aux_addresses')));
  const auto = records.length === 0 ? autoLines(view, driver, engine) : { lines: [], notes: [] };
  const config =
    records.length === 0
      ? []
      : line(
          'config',
          records.map((lines) => ({ lines })),
        );
  return {
    lines: [
      ...auto.lines,
      ...(short ? (only ?? []) : line('ipam', { lines: [...driverLines, ...config] })),
      ...textLine('reserve', reserve),
    ],
    notes: [...auto.notes, ...notes],
  };
}

interface Pool {
  readonly entry: Omit<IpamEntry, 'auxAddresses' | 'gateway'> & { readonly gateway?: string | undefined };
  /** What looks like the engine's own choice. */
  readonly byEngine: { readonly subnet: boolean; readonly gateway: boolean };
}

/** One entry for each range of a pool, the gateway at the first. */
function entriesOf(
  { subnet, ranges, gateways }: IpamPool,
  { props, asked, found }: View,
  engine: EngineFacts | undefined,
): readonly Pool[] {
  const base = subnet === undefined ? {} : { subnet };
  const [first, ...more] = ranges;
  const range = first === undefined ? {} : { ipRange: first };
  // Where an engine has one for each block of a range, it has chosen all but the one that was asked for.
  const [gateway = gateways[0]] = gateways.filter((one) => !isDockersGateway({ ...base, ...range, gateway: one }));
  const entry = { ...base, ...(gateway === undefined ? {} : { gateway }), ...range };
  const prefix = subnet === undefined ? undefined : parsePrefix(subnet)?.prefix;
  const open = !asked && found !== undefined && engine !== undefined && props.configOnly !== true;
  const implied = open && gateway !== undefined && isDockersGateway(entry);
  // On a LAN the first address of the subnet is the router's more often than not; the first of a range never is.
  const lan = props.driver === 'macvlan' || props.driver === 'ipvlan';
  const byEngine = {
    subnet:
      open && prefix !== undefined && ranges.length === 0 && implied && isDockersSubnet(prefix, props.driver, engine),
    gateway: implied && (!lan || isInside(entry)),
  };
  return [{ entry, byEngine }, ...more.map((ipRange) => ({ entry: { ...base, ipRange }, byEngine: NOBODYS }))];
}

const NOBODYS = { subnet: false, gateway: false };

/** Whether the gateway is the first address of a range that does not begin where the subnet does. */
function isInside({ subnet = '', gateway, ipRange }: Pool['entry']): boolean {
  return ipRange !== undefined && !isDockersGateway({ subnet, ...(gateway === undefined ? {} : { gateway }) });
}

/** A shim has a route to the whole range, and takes no gateway along with it. */
function isCovered({ subnet, gateway, ipRange }: Pool['entry']): boolean {
  const address = gateway === undefined ? undefined : parseAddress(gateway);
  const range =
    ipRange === undefined ? undefined : dynamicRange({ ...(subnet === undefined ? {} : { subnet }), ipRange });
  return address !== undefined && range !== undefined && inRange(range, address);
}

/** A network of ours for which no subnet was named: netctl chose it, or the engine did. */
function autoLines({ asked, found, props }: View, driver: string, engine: EngineFacts | undefined): Addressing {
  const isChosen = asked && found !== undefined && props.configOnly !== true && props.configFrom === undefined;
  if (!isChosen || engine === undefined) return { lines: [], notes: [] };
  const subnets = subnetsOf(found.props);
  if (subnets.length === 0) return { lines: [], notes: [] };
  const texts = poolsOf(found.props.ipam.config).flatMap(({ subnet }) => subnet ?? []);
  const auto = driver === 'bridge' ? autoText(subnets, engine) : undefined;
  if (auto !== undefined) return { lines: line('subnet', auto, `it has ${texts.join(' and ')}`), notes: [] };
  return { lines: [], notes: [`Its subnet, ${texts.join(' and ')}, was ${CHOSEN}.`] };
}
