import { planAddresses } from '../addresses/plan.js';
import type { AddressPlan } from '../addresses/plan.js';
import { groupBy } from '../group-by.js';
import { wantedLink } from '../kinds/stack.js';
import { linkNamed } from '../lookup.js';
import type { HostFacts, HostName, LinkResource, NetworkResource, Ref } from '../model.js';
import type { Problem } from '../problem.js';
import { attachmentsByNetwork } from '../spec/containers.js';
import { formatPath } from '../spec/path.js';
import type { Spec } from '../spec/schema.js';
import { resolveNetwork } from './networks.js';
import { vlanLinks } from './parents.js';
import { shimLinks } from './shims.js';
import type { ShimRequest } from './shims.js';

export interface Resolved {
  readonly networks: readonly NetworkResource[];
  readonly links: readonly LinkResource[];
  /** Networks that must be there, and are not ours. */
  readonly external: readonly { readonly ref: Ref; readonly name: string; readonly path: string }[];
  /** Every address of the networks, and who has which on the host. */
  readonly addresses: AddressPlan;
  readonly problems: readonly Problem[];
  /** Names of the links of which a problem says that they cannot be made. */
  readonly refusedLinks: ReadonlySet<string>;
}

/**
 * What the spec means on one host: every network and link that has to be there, with every address decided. A VLAN link
 * of nobody that is as wanted is used as it is; with `adopt` it is wanted as ours.
 */
export function resolve(
  spec: Spec,
  host: HostName,
  facts: HostFacts,
  { adopt = false }: { readonly adopt?: boolean } = {},
): Resolved {
  const stack = spec.name;
  const vlans = vlanLinks(spec, host, facts, adopt);
  const addresses = planAddresses(spec, facts, (network) => vlans.parentOf(network).parent);
  const attachments = attachmentsByNetwork(spec);
  const networks: NetworkResource[] = [];
  const requests: ShimRequest[] = [];
  const parents = new Map<Ref, string>();
  for (const [key, network] of Object.entries(spec.networks)) {
    const given = addresses.networks.get(key);
    if (given === undefined) continue;
    const { parent, requires } = vlans.parentOf(network);
    const resource = resolveNetwork({
      key,
      spec: network,
      host,
      facts,
      ...(parent === undefined ? {} : { parent }),
      requires,
      addresses: given,
    });
    networks.push(resource);
    const { driver, options, ipam } = resource.asked;
    if (network.shim === undefined || network.shim === false || parent === undefined) continue;
    if (driver !== 'macvlan' && driver !== 'ipvlan') continue;
    // What is written of it, and who is on it, is the network's that it configures.
    const written = network.configures ?? key;
    parents.set(resource.ref, parent);
    requests.push({
      key: written,
      spec: network,
      driver,
      mode: options[`${driver}_mode`] ?? (driver === 'macvlan' ? 'bridge' : 'l2'),
      ...(driver === 'ipvlan' ? { flag: options['ipvlan_flag'] ?? 'bridge' } : {}),
      parent,
      requires,
      entries: ipam.config,
      addresses: given.shim,
      statics: (attachments.get(written) ?? []).flatMap((one) => one.statics.map(({ address }) => address)),
    });
  }
  const macOf = (name: string): string => macBelow(name, vlans.resources, facts);
  const shims = shimLinks(requests, stack, host, macOf);
  // The shim comes before its network, so that what is wrong with the parent shows before Docker is asked.
  const shimsOn = groupBy(shims, ({ props }) => [props.parent]);
  return {
    networks: networks.map((network) => ({
      ...network,
      requires: [
        ...network.requires,
        ...configurationOf(network, networks),
        ...(shimsOn.get(parents.get(network.ref) ?? '') ?? []).map(({ ref }) => ref),
      ],
    })),
    links: [...vlans.resources, ...shims],
    external: Object.entries(spec.networks).flatMap(([key, network]) =>
      network.external === true
        ? [{ ref: `network:${key}` as const, name: network.name ?? key, path: formatPath(['networks', key]) }]
        : [],
    ),
    addresses,
    problems: vlans.problems,
    refusedLinks: vlans.refused,
  };
}

/** `config_from` is the engine's name for the configuration network, which may have another key. */
function configurationOf({ asked }: NetworkResource, networks: readonly NetworkResource[]): readonly Ref[] {
  if (asked.configFrom === undefined) return [];
  return networks.filter(({ name }) => name === asked.configFrom).map(({ ref }) => ref);
}

/** The MAC of a link, or of the link that it will be made on; a VLAN link has its parent's. */
function macBelow(name: string, vlans: readonly LinkResource[], facts: HostFacts): string {
  const link = linkNamed(facts, name);
  if (link?.mac !== undefined) return link.mac;
  const vlan = wantedLink(vlans, name);
  return vlan === undefined ? facts.engine.id : macBelow(vlan.props.parent, [], facts);
}
