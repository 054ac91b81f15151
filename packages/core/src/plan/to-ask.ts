import { canonicalAddress } from '../addresses/text.js';
import type { Segment } from '../links.js';
import type { HostFacts, HostName, NetworkProps, Ref, Step, StepOf } from '../model.js';

/** An address that is about to be taken, and where in the spec it comes from. */
export interface AddressToAsk {
  readonly address: string;
  readonly path: string;
}

/** What has to be asked on one segment. */
export interface ToAsk {
  readonly host: HostName;
  readonly segment: Segment;
  readonly addresses: readonly AddressToAsk[];
}

/** Addresses that a step takes on the wire. */
interface Taking {
  readonly parent: string;
  readonly kind: Segment['kind'];
  readonly addresses: readonly string[];
}

/**
 * The addresses that these steps of one host take on a wire, by where to ask for them; pure. What the host's own links
 * and containers have is left out: they would answer, and are what the plan has judged already.
 */
export function toAsk(steps: readonly Step[], facts: HostFacts, pathOf: (ref: Ref) => string): readonly ToAsk[] {
  const held = heldAddresses(facts);
  const all = new Map<string, ToAsk>();
  for (const step of steps) {
    const taking = takingOf(step, steps, facts);
    if (taking === undefined) continue;
    const segment = segmentOf(taking, steps, facts);
    const id = JSON.stringify([step.host, segment]);
    const { addresses: known } = all.get(id) ?? { addresses: [] };
    const more = [...new Set(taking.addresses.map(canonicalAddress))]
      .filter((address) => !held.has(address) && !known.some((one) => one.address === address))
      .map((address) => ({ address, path: pathOf(step.ref) }));
    if (more.length > 0) all.set(id, { host: step.host, segment, addresses: [...known, ...more] });
  }
  return [...all.values()];
}

function takingOf(step: Step, steps: readonly Step[], facts: HostFacts): Taking | undefined {
  if (step.op === 'link.add') return onWire(step.props, step.props.addresses);
  if (step.op === 'endpoint.attach') {
    const { ipv4, ipv6 } = step.endpoint.config;
    const props = propsOf(step, steps, facts);
    if (props?.driver !== 'macvlan' && props?.driver !== 'ipvlan') return undefined;
    const { parent, ipvlan_mode: mode } = props.options;
    return onWire(
      { kind: props.driver, ...(parent && { parent }), ...(mode && { mode }) },
      [ipv4 ?? [], ipv6 ?? []].flat(),
    );
  }
  if (step.op !== 'link.set') return undefined;
  const link = facts.links?.links.find(({ index }) => index === step.index);
  return link === undefined ? undefined : onWire(link, step.change.addAddresses ?? []);
}

/** The network that a container is to be on: one that is there, or one that the same steps make. */
function propsOf(
  { network, networkId }: StepOf<'endpoint.attach'>,
  steps: readonly Step[],
  facts: HostFacts,
): NetworkProps | undefined {
  const made = steps.find((step) => step.op === 'network.create' && step.name === network);
  if (networkId === undefined && made?.op === 'network.create') return made.props;
  return facts.networks.find(({ id, name }) => (networkId === undefined ? name === network : id === networkId))?.props;
}

/** An ipvlan link in one of the modes of layer 3 asks and answers nobody: its addresses are routed. */
function onWire(
  { kind, parent, mode }: { readonly kind?: string; readonly parent?: string; readonly mode?: string },
  addresses: readonly string[],
): Taking | undefined {
  if (parent === undefined || addresses.length === 0) return undefined;
  if (kind === 'macvlan' || (kind === 'ipvlan' && mode?.startsWith('l3') !== true)) return { parent, kind, addresses };
  return undefined;
}

/**
 * The parent; where the same steps make it, its VLAN on the link below. A link of the same VLAN that is there, and goes
 * for the new one, leads to the same wire.
 */
function segmentOf({ parent, kind }: Omit<Taking, 'addresses'>, steps: readonly Step[], facts: HostFacts): Segment {
  const made = steps.flatMap((step) => (step.op === 'link.add' && step.props.name === parent ? [step.props] : []))[0];
  if (made?.vlanId === undefined) return { link: parent, vlans: [], kind };
  const { parent: below, vlanId } = made;
  const twin = facts.links?.links.find((link) => link.parent === below && link.vlan?.id === vlanId);
  if (twin !== undefined) return { link: twin.name, vlans: [], kind };
  const { link, vlans } = segmentOf({ parent: below, kind }, steps, facts);
  return { link, vlans: [...vlans, vlanId], kind };
}

function heldAddresses({ links, networks }: HostFacts): ReadonlySet<string> {
  const own = links?.links.flatMap(({ addresses }) => addresses.map(({ address }) => address)) ?? [];
  const onLans = networks.filter(({ props: { driver } }) => driver === 'macvlan' || driver === 'ipvlan');
  const theirs = onLans.flatMap(({ holders }) => holders.flatMap(({ ipv4, ipv6 }) => [ipv4 ?? [], ipv6 ?? []].flat()));
  return new Set([...own, ...theirs].map(canonicalAddress));
}
