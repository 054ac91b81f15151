import { gatewayOf, subnetsOf } from '../addresses/ipam.js';
import { parseAddress } from '../addresses/prefix.js';
import type { Family, Prefix } from '../addresses/prefix.js';
import { overlayMtu } from '../kinds/mtu.js';
import type { LinkFact } from '../links.js';
import { linkNamed, networksNamed } from '../lookup.js';
import type { FoundNetwork, HostFacts, HostName, LinkResource, Ref } from '../model.js';
import { configOf, matchAll, parentOf } from '../plan/match.js';
import { resolve } from '../resolve/resolve.js';
import { GWBRIDGE, INGRESS, isOfSwarm, specOn } from '../spec/hosts.js';
import { MTU_OPTION } from '../spec/options.js';
import type { Spec } from '../spec/schema.js';

const BRIDGE = 'com.docker.network.bridge.';

/** What an engine gives where nothing says otherwise. */
const DEFAULT_MTU = 1500;

export const FAMILIES: readonly Family[] = [4, 6];

/** A network of the spec on one host, with what packets on it can be expected to do. */
export interface Subject {
  readonly host: HostName;
  readonly key: string;
  readonly ref: Ref;
  readonly found: FoundNetwork;
  readonly facts: HostFacts;
  readonly driver: string;
  /** macvlan or ipvlan. */
  readonly isLan: boolean;
  readonly mode: string;
  readonly internal: boolean;
  /** The same network is there on other hosts: of the swarm, or one LAN. */
  readonly isWide: boolean;
  /** The engines of the hosts tell each other the names on it. */
  readonly sharesNames: boolean;
  /** Its containers may not speak to one another, on this host. */
  readonly keepsApart: boolean;
  /** Whether they may is a matter of the switch. */
  readonly byTheSwitch: boolean;
  readonly encrypted: boolean;
  readonly subnets: readonly Prefix[];
  readonly gateways: Readonly<Partial<Record<Family, string>>>;
  /** What containers get; undefined where nobody can tell. */
  readonly mtu?: number;
  /** The bridge, or the parent. */
  readonly link?: LinkFact;
  readonly linkName?: string;
  readonly shim?: LinkResource;
  readonly isolatedFrom: readonly string[];
}

/** A network that the spec has on a host and that is not there. */
export interface Missing {
  readonly host: HostName;
  readonly key: string;
  readonly ref: Ref;
  /** A worker knows a network of the swarm by those of its own containers that are on it. */
  readonly ofSwarm: boolean;
}

/** The networks of the spec on one host: those that are there, and those that are not. */
export function subjectsOn(
  whole: Spec,
  host: HostName,
  facts: HostFacts,
): { readonly subjects: readonly Subject[]; readonly missing: readonly Missing[] } {
  const spec = specOn(whole, host);
  const { networks, links, external } = resolve(spec, host, facts);
  const matches = matchAll(networks, facts, spec.name);
  const all = [
    ...networks.map((resource) => ({ ref: resource.ref, found: matches.get(resource) })),
    ...external.map(({ ref, name }) => ({ ref, found: networksNamed(facts, name)[0] })),
  ];
  const subjects: Subject[] = [];
  const missing: Missing[] = [];
  for (const { ref, found } of all) {
    const key = ref.slice('network:'.length);
    const own = spec.networks[key];
    if (own?.config_only === true || own?.ingress === true || key === GWBRIDGE || key === INGRESS) continue;
    const written = whole.networks[key] ?? own ?? {};
    if (found === undefined || found.hidden === true) {
      missing.push({ host, key, ref, ofSwarm: isOfSwarm(written) });
      continue;
    }
    const shim = links.find(({ role, props, path }) => role === 'shim' && servesNetwork(path, props, found, facts));
    const isolatedFrom = own?.isolated_from ?? written.isolated_from ?? [];
    subjects.push(subjectOf(host, key, ref, found, facts, isolatedFrom, wantsShim(own) ? shim : undefined));
  }
  return { subjects, missing };
}

function wantsShim(own: Spec['networks'][string] | undefined): boolean {
  return own?.shim !== undefined && own.shim !== false;
}

/** Networks on one parent share a shim, which is then written at one of them. */
function servesNetwork(_path: string, props: LinkResource['props'], found: FoundNetwork, facts: HostFacts): boolean {
  return props.parent === parentOf(found, facts) && props.kind === found.props.driver;
}

function subjectOf(
  host: HostName,
  key: string,
  ref: Ref,
  found: FoundNetwork,
  facts: HostFacts,
  isolatedFrom: readonly string[],
  shim: LinkResource | undefined,
): Subject {
  const { driver, internal = false, scope } = found.props;
  const options = { ...configOf(found, facts)?.props.options, ...found.props.options };
  const isLan = driver === 'macvlan' || driver === 'ipvlan';
  const mode = isLan ? (options[`${driver}_mode`] ?? (driver === 'macvlan' ? 'bridge' : 'l2')) : '';
  const flag = options['ipvlan_flag'] ?? '';
  const encrypted = driver === 'overlay' && options['encrypted'] !== undefined;
  const linkName =
    driver === 'bridge' ? (options[`${BRIDGE}name`] ?? `br-${found.id.slice(0, 12)}`) : parentOf(found, facts);
  const link = linkNamed(facts, linkName);
  const mtu = mtuOf(driver, Number(options[MTU_OPTION] ?? 0) || DEFAULT_MTU, encrypted, link);
  return {
    host,
    key,
    ref,
    found,
    facts,
    driver,
    isLan,
    mode,
    internal,
    isWide: scope === 'swarm' || (isLan && mode !== 'l3' && mode !== 'l3s'),
    sharesNames: scope === 'swarm',
    keepsApart:
      (driver === 'bridge' && /^(0|f|false)$/i.test(options[`${BRIDGE}enable_icc`] ?? '')) ||
      (driver === 'macvlan' && mode === 'private') ||
      flag === 'private',
    byTheSwitch: mode === 'vepa' || flag === 'vepa',
    encrypted,
    subnets: subnetsOf(found.props),
    gateways: hasGateways(driver, mode, internal) ? gatewaysOf(found, options) : {},
    ...(mtu === undefined ? {} : { mtu }),
    ...(link === undefined ? {} : { link }),
    ...(linkName === undefined ? {} : { linkName }),
    ...(shim === undefined ? {} : { shim }),
    isolatedFrom,
  };
}

function mtuOf(driver: string, option: number, encrypted: boolean, link: LinkFact | undefined): number | undefined {
  switch (driver) {
    case 'bridge':
      return option;
    case 'overlay':
      return overlayMtu(option, encrypted);
    case 'macvlan':
    case 'ipvlan':
      return link?.mtu;
    default:
      return undefined;
  }
}

/** Where a gateway is one: a machine or a bridge that answers for it, and to which containers have a route. */
function hasGateways(driver: string, mode: string, internal: boolean): boolean {
  if (internal || mode === 'l3' || mode === 'l3s') return false;
  return driver === 'bridge' || driver === 'macvlan' || driver === 'ipvlan';
}

function gatewaysOf({ props }: FoundNetwork, options: Readonly<Record<string, string>>): Subject['gateways'] {
  const { driver } = props;
  const option = (name: string): string => (driver === 'bridge' ? (options[`${BRIDGE}${name}`] ?? '') : '');
  const all = props.ipam.config.flatMap((entry) => gatewayOf(entry, driver === 'bridge') ?? []);
  const of = (family: Family): string | undefined => all.find((text) => parseAddress(text)?.family === family);
  const hasV4 =
    props.enableIPv4 !== false &&
    option('gateway_mode_ipv4') !== 'isolated' &&
    !/^(1|t|true)$/i.test(option('inhibit_ipv4'));
  const hasV6 = props.enableIPv6 === true && option('gateway_mode_ipv6') !== 'isolated';
  const [v4, v6] = [hasV4 ? of(4) : undefined, hasV6 ? of(6) : undefined];
  return { ...(v4 === undefined ? {} : { 4: v4 }), ...(v6 === undefined ? {} : { 6: v6 }) };
}
