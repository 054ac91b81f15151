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

/** The networks of a host, each under a key of its own: those of the stack have theirs already. */
export function viewsOf(networks: readonly FoundNetwork[], facts: HostFacts, stack: string): readonly View[] {
  const views = networks.map((found) => viewOf(found, facts, stack));
  const taken = new Set<string>();
  const keys = new Map<View, string>();
  for (const view of [...views.filter(({ asked }) => asked), ...views.filter(({ asked }) => !asked)]) {
    let key = view.key;
    for (let number = 2; taken.has(key); number += 1) key = `${view.key}-${String(number)}`;
    taken.add(key);
    keys.set(view, key);
  }
  return views.map((view) => ({ ...view, key: keys.get(view) ?? view.key }));
}

/** A network of a host. What netctl made for this stack it knows to the letter. */
function viewOf(found: FoundNetwork, facts: HostFacts, stack: string): View {
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
