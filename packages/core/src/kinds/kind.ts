import type { AddressPlan } from '../addresses/plan.js';
import type { HostFacts, NetworkResource } from '../model.js';
import type { Problem } from '../problem.js';
import type { NetworkSpec } from '../spec/schema.js';
import type { Links } from './stack.js';

/** What a driver's file may look at to check a network against the host and against the other networks wanted. */
export interface CheckContext {
  readonly facts: HostFacts;
  readonly stack: string;
  readonly wanted: readonly NetworkResource[];
  /** Who has addresses on the host, and what is free. */
  readonly addresses: AddressPlan;
  /** The links of the host, and those that the spec wants. */
  readonly links: Links;
  /** Names of the links that the same plan makes. */
  readonly plannedLinks: ReadonlySet<string>;
  /** Names of the links that the same plan brings up. */
  readonly raisedLinks: ReadonlySet<string>;
  /** What the same plan removes first, and so is in nobody's way. */
  readonly leaving: {
    /** By their ids. */
    readonly networks: ReadonlySet<string>;
    readonly links: ReadonlySet<string>;
    /** The links that go with the networks, by the engine's hand. */
    readonly bridges: ReadonlySet<string>;
  };
}

/** One Docker network driver. Everything that is particular to it is in its file; nothing else names a driver. */
export interface NetworkKind {
  readonly driver: string;
  /** Driver options that the shorthands of the spec stand for; `parent` is the resolved link. */
  options(spec: NetworkSpec, parent: string | undefined): Readonly<Record<string, string>>;
  /** Options that follow from the host, such as `mtu: auto`. They are sent, and never a reason to replace. */
  derivedOptions(spec: NetworkSpec, facts: HostFacts): Readonly<Record<string, string>>;
  /** Where its networks exist when the spec does not say; undefined where only the driver knows. */
  readonly scope?: 'local' | 'swarm';
  /** Options that the engine writes into every network that was made without them. */
  readonly filledIn: readonly string[];
  /** Whether two networks may share a subnet, so that the engine finds the first address of a range taken at times. */
  readonly sharesSubnets: boolean;
  /** What the engine does when an option is absent, for options whose default is worth knowing when comparing. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Whether the engine keeps auxiliary addresses (a swarm drops them). */
  readonly reserves: boolean;
  /** What the host has against it, before anything is written. */
  check(network: NetworkResource, context: CheckContext): readonly Problem[];
}
