import type { HostName, Ref } from './model.js';

/** What a container's user asked for on one network; all of it comes back with a connect. Absent keys were not asked for. */
export interface EndpointConfig {
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly linkLocal?: readonly string[];
  readonly aliases?: readonly string[];
  /** `container:alias` */
  readonly links?: readonly string[];
  readonly driverOpts?: Readonly<Record<string, string>>;
  /** A MAC that the user chose, never one that the engine made. */
  readonly mac?: string;
  readonly gwPriority?: number;
}

/** The addresses that a container's user asked for. */
export function addressesAsked({ ipv4, ipv6 }: EndpointConfig): readonly string[] {
  if (ipv4 === undefined) return ipv6 === undefined ? [] : [ipv6];
  return ipv6 === undefined ? [ipv4] : [ipv4, ipv6];
}

/** What a container has on one network now. */
export interface EndpointState {
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly mac?: string;
  /** The name of the interface inside the container, where that was seen. */
  readonly interface?: string;
  /** Published ports, those of the whole container: `80/tcp` and where the host answers for it (`0.0.0.0:32768`). */
  readonly ports?: Readonly<Record<string, string>>;
}

/** A container's place on a network, whole enough to be given back. */
export interface Endpoint {
  /** The container's id: names can be taken over. */
  readonly container: string;
  readonly name: string;
  /** Docker's word: running, exited, created, paused, restarting … */
  readonly state: string;
  /** Its restart policy starts it again, so that it may be between two tries at any moment. */
  readonly restarts?: true;
  readonly config: EndpointConfig;
  readonly has: EndpointState;
  /** The container's NetworkMode, where that is no network's name that it could have: `host`, `container:…`, an id. */
  readonly mode: string;
}

/** A container that is there, as the engine's list has it. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  /** Docker's word: running, exited, created, paused, restarting … */
  readonly state: string;
  /** NetworkMode: the network that it was made on, by name or id, or `default`, `host`, `none`, `container:…`. */
  readonly mode: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A container on a network. */
export interface Place {
  readonly networkId: string;
  readonly endpoint: Endpoint;
  /** The process of the container, in the pid namespace of its engine, where it has one. */
  readonly pid?: number;
}

/** An endpoint that was taken off its network, with all that is needed to find out where it belongs. */
export interface ParkedEndpoint {
  readonly host: HostName;
  /** Of the network. */
  readonly network: Ref;
  /** The network's name. */
  readonly name: string;
  /** The network that it was taken off. */
  readonly networkId: string;
  readonly endpoint: Endpoint;
  /** With what it is to be put back, where that is otherwise than it was. */
  readonly next?: EndpointConfig;
}

/** What came back otherwise than it was, each as half a sentence: `address 10.0.0.4 → 10.0.0.3`. */
export function endpointChanges(before: EndpointState, after: EndpointState): readonly string[] {
  const changes: string[] = [];
  const told = (what: string, from: string | undefined, to: string | undefined): void => {
    if (from !== undefined && from !== to) changes.push(`${what} ${from} → ${to ?? 'none'}`);
  };
  told('address', before.ipv4, after.ipv4);
  told('address', before.ipv6, after.ipv6);
  if (after.interface !== undefined) told('interface', before.interface, after.interface);
  told('MAC', before.mac, after.mac);
  for (const [port, at] of Object.entries(before.ports ?? {})) told(`port ${port} at`, at, after.ports?.[port]);
  return changes;
}

/** Docker's words for a container that has a process, or will have one again without anybody's doing. */
export function isAtWork(state: string): boolean {
  return ['running', 'paused', 'restarting'].includes(state);
}

/** Docker's words for a container that has a process now. */
export function hasProcess(state: string): boolean {
  return ['running', 'paused'].includes(state);
}

/** One that its engine has begun to remove is connected to nothing any more, and only waits for its end. */
export function isGoing(state: string): boolean {
  return ['dead', 'removing'].includes(state);
}

/** Whether netctl stops it to move it, as it has to between two tries of a restart policy: then it has to start it again. */
export function mayBeStopped({ state, restarts }: Pick<Endpoint, 'state' | 'restarts'>): boolean {
  return state === 'restarting' || (state === 'running' && restarts === true);
}
