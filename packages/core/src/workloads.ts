/** A container that runs, as service discovery needs to know it. */
export interface Workload {
  /** The whole id. */
  readonly id: string;
  readonly name: string;
  /** The image as its maker asked for it (`Config.Image`): `localhost:5000/foo/redis:7`, or an id. */
  readonly image: string;
  /** Docker's word: running, paused, restarting … */
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The environment that the container was made with. It does not change while the id stays. */
  readonly env: Readonly<Record<string, string>>;
  /** The ports that the image or the container's maker declared, whether published or not, in ascending order. */
  readonly exposed: readonly WorkloadPort[];
  /** Of those, what is published on the host. */
  readonly published: readonly (WorkloadPort & { readonly hostPort: number; readonly hostIp: string })[];
  readonly places: readonly WorkloadPlace[];
  /** Why the engine tells nothing of it but what a list has: image, environment and exposed ports are empty then. */
  readonly unread?: string;
}

/** A port on which a container listens, as its image or its user says. */
export interface WorkloadPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

/** Where a container is on a network. */
export interface WorkloadPlace {
  /** The network's real name. */
  readonly network: string;
  readonly networkId: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
}
