import type { FoundNetwork, HostFacts, NetworkProps } from '../model.js';
import { configOf, ownerOf } from '../plan/match.js';

/** A network that is to be written: what was asked for, as far as anybody knows. */
export interface View {
  /** In the spec. */
  readonly key: string;
  readonly name: string;
  /** What was asked for, or what the network is, where nobody wrote that down. */
  readonly props: NetworkProps;
  /** What is there; not for a network of a file. */
  readonly found?: FoundNetwork;
  /** `props` is what somebody wrote, so that nothing of it is an engine's choice. */
  readonly asked: boolean;
}

/** A network of a host. What netctl made for this stack it knows to the letter. */
export function viewOf(found: FoundNetwork, facts: HostFacts, stack: string): View {
  const { name, props, owner, asked } = found;
  const source = found.adopted === true ? undefined : configOf(found, facts);
  const mine = ownerOf(found, facts)?.stack === stack;
  // A network made from a configuration shows the marks of that one.
  if (!mine || source !== undefined || asked === undefined) {
    const driver = props.configOnly === true ? driverOfConfiguration(found, facts) : props.driver;
    return { key: name, name, props: { ...props, driver }, found, asked: false };
  }
  return { key: owner?.ref.replace(/^network:/, '') ?? name, name, props: asked, found, asked: true };
}

/** An engine reports none, so it is that of the networks made from it, else the one that knows its options. */
function driverOfConfiguration({ name, props }: FoundNetwork, { networks }: HostFacts): string {
  const user = networks.find(({ props: { configFrom } }) => configFrom === name);
  if (user !== undefined) return user.props.driver;
  const { options } = props;
  if (Object.hasOwn(options, 'ipvlan_mode') || Object.hasOwn(options, 'ipvlan_flag')) return 'ipvlan';
  return Object.hasOwn(options, 'parent') ? 'macvlan' : 'bridge';
}
