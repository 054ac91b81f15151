/** A node of a swarm, as its managers know it. */
export interface SwarmNode {
  readonly id: string;
  readonly hostname: string;
  /** By which its engine speaks to the managers; absent where they do not know it (a swarm of one may say 0.0.0.0). */
  readonly address?: string;
  readonly role: string;
  /** Docker's word: ready, down, unknown, disconnected. */
  readonly state: string;
  /** Docker's word: active, pause, drain. */
  readonly availability: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of managers alone. */
  readonly managerStatus?: { readonly leader: boolean; readonly reachability: string; readonly address: string };
}

/** What an engine says of the swarm that it is in; most of it only where it is a manager. */
export interface SwarmFacts {
  readonly state: string;
  /** One that can be asked about the swarm. */
  readonly manager: boolean;
  /** A manager of a swarm without a leader, which can be asked nothing. */
  readonly leaderless?: true;
  /** Why it is no node, where it is to be one. */
  readonly error?: string;
  readonly nodeId?: string;
  readonly nodeAddress?: string;
  /** All its nodes, this one included, by their ids: what a manager knows. */
  readonly nodes?: readonly SwarmNode[];
  /** What a manager knows of the swarm itself, which was fixed when it was made. */
  readonly clusterId?: string;
  readonly dataPathPort?: number;
  /** From which it takes the subnets of its networks, and how long those are. */
  readonly addressPools?: readonly string[];
  readonly subnetSize?: number;
}
