import { poolsOf } from '../addresses/ipam.js';
import type { SubnetUse } from '../addresses/use.js';
import { networksNamed } from '../lookup.js';
import type { FoundNetwork, NetworkProps, NetworkResource, Ref } from '../model.js';
import { describeNetwork } from '../plan/describe.js';
import { matchAll } from '../plan/match.js';
import { isOfSwarm, namesHosts } from '../spec/hosts.js';
import type { Spec } from '../spec/schema.js';
import { detailsOf, unwantedOf, wantedState } from './host-view.js';
import type { HostView } from './host-view.js';
import { membersOf } from './members.js';
import type { Member } from './members.js';
import { checksOf, shownCheck } from './proof.js';
import type { TopologyNetwork, TopologySubnet } from './topology.js';

/** A network that has no place in the drawing yet. */
export type Network = Omit<TopologyNetwork, 'hosts' | 'id' | 'members' | 'on'> & {
  readonly ref: Ref;
  /** The name of the link that it is on. */
  readonly parent?: string;
  /** It is of a swarm of several hosts. */
  readonly shared: boolean;
  /** It is made by this host; the others only see it. */
  readonly made: boolean;
  readonly members: readonly Member[];
};

/** The networks of a stack as one host has them, in the order of the spec; `whole` is the spec of all hosts. */
export function networksOf(view: HostView, whole: Spec): readonly Network[] {
  const { resolved, facts, spec } = view;
  const matches = matchAll(resolved.networks, facts, spec.name);
  const shared = (ref: Ref): boolean => {
    const key = ref.replace(/^network:/, '');
    const written = Object.hasOwn(whole.networks, key) ? whole.networks[key] : undefined;
    return written !== undefined && namesHosts(whole) && isOfSwarm(written);
  };
  return [
    ...resolved.networks.map((want) => wantedNetwork(view, want, matches.get(want), shared(want.ref))),
    ...resolved.external.map(({ ref, name }) => externalNetwork(view, ref, name, shared(ref))),
    ...unwantedOf(view, 'network').map(({ ref, name, why = 'the spec no longer has it' }): Network => {
      const [found] = networksNamed(facts, name);
      const own = `network:${name}` as const;
      return {
        ...networkAs(found?.props),
        ref: own,
        name,
        state: 'unwanted',
        why,
        shared: false,
        made: true,
        checks: [],
        members: membersOf(view, ref as Ref, found, checksOf(view.proof, ref, view.host)),
      };
    }),
  ];
}

function wantedNetwork(
  view: HostView,
  want: NetworkResource,
  found: FoundNetwork | undefined,
  shared: boolean,
): Network {
  const { ref, name, asked, props, autoSubnet } = want;
  // What would be chosen follows from what is on the host, and nobody has looked.
  const open = autoSubnet && !view.looked;
  const shown = found?.props ?? (open ? { ...props, ipam: { config: [] } } : props);
  const item = view.items.find((one) => one.ref === ref && one.state !== 'unwanted');
  const network = networkAs(shown, found?.asked ?? asked, item?.addresses);
  const checks = checksSeen(view, ref, shared);
  return {
    ...network,
    ...(open ? { subnets: [{ subnet: 'auto', ranges: [], gateways: [] }] } : {}),
    // The record of a network that was made from a configuration has no parent.
    ...(props.options['parent'] === undefined ? {} : { parent: props.options['parent'] }),
    ref,
    name,
    ...wantedState(view, ref),
    details: [...network.details, ...detailsOf([['Adopted', item?.adopted && 'yes: netctl did not make it']])],
    shared,
    made: true,
    checks: checks.map(shownCheck),
    members: membersOf(view, ref, found, checks),
  };
}

function externalNetwork(view: HostView, ref: Ref, name: string, shared: boolean): Network {
  const [found] = networksNamed(view.facts, name);
  const checks = checksSeen(view, ref, shared);
  const gone = view.looked && found === undefined;
  return {
    ...networkAs(found?.props),
    ref,
    name,
    ...(gone
      ? { state: 'missing', why: 'the spec says that it is there, and it is not' }
      : { state: view.looked ? 'other' : 'wanted' }),
    shared,
    made: false,
    checks: checks.map(shownCheck),
    members: membersOf(view, ref, found, checks),
  };
}

/** A network of the swarm is drawn once, as one host tells of it, so what any host proved of it belongs to it. */
function checksSeen({ proof, host }: HostView, ref: Ref, shared: boolean): ReturnType<typeof checksOf> {
  return checksOf(proof, ref, shared ? undefined : host);
}

/** A network as it is, or as it is to be; undefined where nobody knows. */
function networkAs(
  props: NetworkProps | undefined,
  asked = props,
  uses: readonly SubnetUse[] = [],
): Pick<Network, 'about' | 'details' | 'driver' | 'parent' | 'subnets'> {
  if (props === undefined) return { about: 'external', details: [], driver: 'external', subnets: [] };
  const { driver, options, ipam, labels, configOnly, configFrom } = props;
  const { parent, macvlan_mode: macvlan, ipvlan_mode: ipvlan, ...others } = options;
  const kind = configOnly === true ? 'configuration' : driver;
  const pairs = (record: Readonly<Record<string, string>>): string =>
    Object.entries(record)
      .filter(([key]) => !key.startsWith('io.netctl.'))
      .map(([key, value]) => `${key}=${value}`)
      .join(', ');
  const subnets = poolsOf(ipam.config).map(({ subnet = 'auto', ranges, gateways }): TopologySubnet => ({
    subnet,
    ranges,
    gateways,
  }));
  return {
    about: describeNetwork(props, asked),
    driver: [kind, macvlan ?? ipvlan].filter((word) => word !== undefined).join(' '),
    ...(parent === undefined ? {} : { parent }),
    subnets,
    details: detailsOf([
      ['Driver', driver],
      ['Mode', macvlan ?? ipvlan],
      ['On', parent],
      ['Made from', configFrom],
      ...subnets.flatMap(({ subnet, ranges, gateways }) => [
        ['Subnet', subnet] as const,
        ['Handed out', ranges.join(', ')] as const,
        ['Gateway', gateways.join(', ')] as const,
      ]),
      ...uses.map(({ subnet, used, reserved, dynamic, free }) => {
        return [`In ${subnet}`, `${used} used, ${reserved} reserved, ${dynamic} dynamic, ${free} free`] as const;
      }),
      ['Internal', props.internal === true ? 'yes: no way out' : undefined],
      ['Attachable', props.attachable === true ? 'yes' : undefined],
      ['IPv6', props.enableIPv6 === true ? 'yes' : undefined],
      ['Options', pairs(others)],
      ['Labels', pairs(labels)],
    ]),
  };
}
