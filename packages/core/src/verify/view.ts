import type { Place } from '../endpoints.js';
import type { LinkFacts } from '../links.js';
import type { HostFacts, HostName, Ref } from '../model.js';
import type { Neighbour, ProbeMeans, Spot } from './prober.js';

/** A namespace that stands for a container on a network where none is. */
export interface Standing {
  readonly spot: Spot;
  readonly addresses: readonly string[];
}

/** What is known of a host before the first packet. */
export interface HostView {
  readonly host: HostName;
  readonly facts: HostFacts;
  /** Where the containers of the networks of the spec are, on those and on all others. */
  readonly places: readonly Place[];
  /** What namespaces have, by the process; undefined where it is gone. */
  readonly insides: ReadonlyMap<number, LinkFacts | undefined>;
  /** What containers have in /etc/resolv.conf, by the process; one without a file has none. */
  readonly resolvers: ReadonlyMap<number, string>;
  readonly neighbours: readonly Neighbour[];
  /** By the network, or why nobody stands there. */
  readonly standings: ReadonlyMap<Ref, Standing | { readonly why: string }>;
  readonly means: ProbeMeans;
}
