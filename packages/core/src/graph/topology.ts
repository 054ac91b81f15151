import type { ItemState } from '../apply/status.js';

/**
 * What is told of a thing in a drawing: what `status` says of it, and `other`: it is there, and nothing of it is netctl's;
 * `wanted`: the spec wants it, and nobody has looked whether it is there.
 */
export type TopologyState = ItemState | 'other' | 'wanted';

/** In the order in which a legend has them. */
export const TOPOLOGY_STATES: readonly TopologyState[] = [
  'ok',
  'drifted',
  'missing',
  'blocked',
  'unwanted',
  'wanted',
  'other',
];

/** What the states are called, and the sign beside the colour, which is that of a plan where it has one. */
export const STATE_WORDS: Readonly<Record<TopologyState, { readonly sign: string; readonly word: string }>> = {
  ok: { sign: '✓', word: 'as wanted' },
  drifted: { sign: '~', word: 'drifted' },
  missing: { sign: '+', word: 'missing' },
  blocked: { sign: '!', word: 'blocked' },
  unwanted: { sign: '−', word: 'not wanted' },
  wanted: { sign: '○', word: 'wanted' },
  other: { sign: '·', word: 'not netctl’s' },
};

/** Something that was to be proved by real packets. */
export interface TopologyCheck {
  readonly state: 'passed' | 'failed' | 'untested';
  /** `web reaches db at 10.0.0.3` */
  readonly claim: string;
  readonly cause?: string;
  readonly cure?: string;
}

/** What is told of anything that is drawn. All of it but `id` may hold whatever a container or a link is called. */
export interface Drawn {
  /** Unlike any other of the drawing, of small letters, digits and `_`; it follows from the order alone. */
  readonly id: string;
  readonly name: string;
  readonly state: TopologyState;
  /** What is not as wanted. */
  readonly why?: string;
  /** What it is, in one line. */
  readonly about: string;
  /** More about it: a label and a value each. */
  readonly details: readonly (readonly [label: string, value: string])[];
  readonly checks: readonly TopologyCheck[];
}

/** A container on a network, or who is meant to be. */
export interface TopologyMember extends Drawn {
  readonly addresses: readonly string[];
  /** Docker's word: running, exited … */
  readonly run?: string;
  /** The host that it is on, where the network is of several. */
  readonly where?: string;
}

/** A subnet of a network, as the drawing tells it. */
export interface TopologySubnet {
  /** `auto`, where netctl is to choose and has not yet. */
  readonly subnet: string;
  /** What is handed out; empty where that is all of it. */
  readonly ranges: readonly string[];
  readonly gateways: readonly string[];
}

export interface TopologyNetwork extends Drawn {
  /** `macvlan bridge` */
  readonly driver: string;
  /** The id of the link that it is on. */
  readonly on?: string;
  /** Of a network of the swarm: the ids of the hosts that it is on. */
  readonly hosts: readonly string[];
  readonly subnets: readonly TopologySubnet[];
  readonly members: readonly TopologyMember[];
}

export interface TopologyLink extends Drawn {
  readonly role: 'parent' | 'vlan' | 'shim';
  /** The id of the link below. */
  readonly on?: string;
  /** Of a shim: the ids of the networks that it is the host's door into. */
  readonly into: readonly string[];
}

/** Two networks of a host that must not reach each other, by their ids. */
export interface TopologyIsolation {
  readonly from: string;
  readonly to: string;
  /** What real packets said of it, where they were asked. */
  readonly proved?: TopologyCheck['state'];
}

export interface TopologyHost extends Drawn {
  readonly links: readonly TopologyLink[];
  readonly networks: readonly TopologyNetwork[];
  readonly isolations: readonly TopologyIsolation[];
}

/** A stack as it is drawn, from its hosts down to the containers. */
export interface Topology {
  readonly version: 1;
  readonly stack: string;
  readonly hosts: readonly TopologyHost[];
  /** Networks of a swarm of several hosts, each of them once. */
  readonly swarm: readonly TopologyNetwork[];
}

/** Everything that is drawn, the outer before the inner. */
export function everythingOf({ hosts, swarm }: Topology): readonly Drawn[] {
  const withMembers = (network: TopologyNetwork): readonly Drawn[] => [network, ...network.members];
  return [
    ...hosts.flatMap((host) => [host, ...host.links, ...host.networks.flatMap(withMembers)]),
    ...swarm.flatMap(withMembers),
  ];
}
