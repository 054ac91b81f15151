import type { Endpoint, FoundContainer, ParkedEndpoint, Place } from './endpoints.js';
import type { KernelKind, LinkFacts, LinkChange, LinkProps } from './links.js';
import type { Problem } from './problem.js';
import type { SwarmFacts } from './swarm-facts.js';

/** A host that netctl manages. With one host it is called `local`. */
export type HostName = string;

/**
 * What a thing is called within one host: `network:lan` (the key in the spec), `link:lan-shim` (the link's name),
 * `endpoint:lan/web` (the network's key and the container's name), or `swarm:node01` (a host's place in the swarm).
 */
export type Ref = `network:${string}` | `link:${string}` | `endpoint:${string}` | `swarm:${string}`;

/** One IPAM entry in the engine's terms, with canonical text. */
export interface IpamEntry {
  readonly subnet?: string;
  readonly ipRange?: string;
  readonly gateway?: string;
  readonly auxAddresses?: Readonly<Record<string, string>>;
}

/** A Docker network as the engine is asked for it, or as the engine has it. Absent keys are the engine's to choose. */
export interface NetworkProps {
  readonly driver: string;
  readonly scope?: string;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly ingress?: boolean;
  readonly enableIPv4?: boolean;
  readonly enableIPv6?: boolean;
  readonly configOnly?: boolean;
  readonly configFrom?: string;
  readonly ipam: {
    readonly driver?: string;
    readonly options?: Readonly<Record<string, string>>;
    readonly config: readonly IpamEntry[];
  };
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

interface ResourceBase {
  readonly host: HostName;
  readonly ref: Ref;
  /** Where in the spec it comes from, for messages. */
  readonly path: string;
  readonly requires: readonly Ref[];
  /** Why it is wanted, as half a sentence. */
  readonly why: string;
}

export interface NetworkResource extends ResourceBase {
  readonly type: 'network';
  readonly name: string;
  /** What the user asked for, in canonical form: what is compared, and what the label `io.netctl.spec` holds. */
  readonly asked: NetworkProps;
  /** What is sent: `asked`, and what netctl derived from it and from the host (never a reason to replace). */
  readonly props: NetworkProps;
  /** Subnets for which netctl chose the prefix (`subnet: auto`). */
  readonly autoSubnet: boolean;
}

export interface LinkResource extends ResourceBase {
  readonly type: 'link';
  readonly role: 'vlan' | 'shim';
  readonly props: LinkProps;
}

/** A container or service on a network. */
export interface Holder {
  readonly type: 'container' | 'service';
  readonly id: string;
  readonly name: string;
  /** Docker's word: running, exited, created, paused, restarting … `service` for services. */
  readonly state: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** On another host, of a network of the swarm. */
  readonly host?: HostName;
}

/** Whose a network or link is, as its mark says: the stack, and what it is there. */
export interface Owner {
  readonly stack: string;
  readonly ref: Ref;
}

/**
 * What a network was given beyond what was asked, when it was made: what netctl derived from the host and the spec, and
 * options that the engine adds to every network (`default-network-opts`).
 */
export interface Added {
  readonly options?: Readonly<Record<string, string>>;
  readonly auxAddresses?: Readonly<Record<string, string>>;
}

/** A Docker network that is there. */
export interface FoundNetwork {
  readonly id: string;
  readonly name: string;
  readonly props: NetworkProps;
  readonly owner?: Owner;
  /** Of the swarm, and known here by those alone who are on it and do not run: the engine of a worker does not list it. */
  readonly hidden?: true;
  /** Ours though netctl did not make it: its owner and what was asked are told by a mark beside it. */
  readonly adopted?: true;
  /** What the label `io.netctl.spec` says was asked when it was made. */
  readonly asked?: NetworkProps;
  /** What the label `io.netctl.added` says. */
  readonly added?: Added;
  readonly holders: readonly Holder[];
  /** The places of the containers among the holders, where they were read: only for a network that may be replaced. */
  readonly endpoints?: readonly Endpoint[];
}

/** The mark of an adopted network, whose labels cannot be changed: a network of its own that nobody can be on. */
export interface Adoption {
  /** Of the mark. */
  readonly id: string;
  readonly networkId: string;
  readonly owner: Owner;
  readonly asked?: NetworkProps;
}

/** An engine, and what it is able to do. */
export interface EngineFacts {
  readonly id: string;
  readonly name: string;
  /** `20.10.24` */
  readonly version: string;
  /** The API version in use, `1.41`. */
  readonly apiVersion: string;
  readonly operatingSystem: string;
  readonly rootless: boolean;
  readonly swarm: SwarmFacts;
}

/** What one host is like now. */
export interface HostFacts {
  readonly engine: EngineFacts;
  readonly networks: readonly FoundNetwork[];
  /** The stack that took this engine into its swarm; undefined where netctl did not. */
  readonly swarmOwner?: Owner;
  /** The marks of adopted networks, also of those that are gone. */
  readonly adoptions?: readonly Adoption[];
  /** Undefined where the links of the host cannot be read; `linksMissing` says why. */
  readonly links?: LinkFacts;
  readonly linksMissing?: string;
  /** What to do about that. */
  readonly linksCure?: string;
  /** What of the kernel was tried, and whether it knows it. */
  readonly kernel: Readonly<Partial<Record<KernelKind, 'yes' | 'no' | 'unknown'>>>;
  /** All containers of the engine. */
  readonly containers?: readonly FoundContainer[];
  /** The places of those of them that the spec names, and that netctl may have put somewhere. */
  readonly places?: readonly Place[];
  /** Endpoints that an apply which did not finish took off their networks, and that are off still. */
  readonly parked?: readonly ParkedEndpoint[];
  /** What the other hosts of the spec are like, on the host by which the networks of the swarm are made. */
  readonly peers?: Observed;
}

/** What was seen of each host. */
export type Observed = ReadonlyMap<HostName, HostFacts>;

/** What each operation needs: one engine call, or one link made, changed or removed. */
export interface StepArgs {
  'network.create': { readonly name: string; readonly props: NetworkProps; readonly asked: NetworkProps };
  'network.remove': {
    readonly name: string;
    readonly id: string;
    readonly scope: string;
    /** What it is, so that it can be made again. */
    readonly was: NetworkProps;
    readonly asked?: NetworkProps;
    /** It was adopted: netctl did not make it. */
    readonly adopted?: true;
  };
  /** Remembers a network of nobody as ours; nothing of it changes. */
  'network.adopt': {
    readonly name: string;
    readonly id: string;
    /** What it is. */
    readonly props: NetworkProps;
    readonly asked: NetworkProps;
  };
  /** Drops the mark of an adopted network, by the mark's id. */
  'network.forget': { readonly name: string; readonly id: string; readonly networkId: string };
  'endpoint.park': { readonly network: string; readonly networkId: string; readonly endpoint: Endpoint };
  /** Without an id, to the network that this plan makes. */
  'endpoint.restore': {
    readonly network: string;
    readonly networkId?: string;
    readonly endpoint: Endpoint;
    /**
     * Its address may be one that the engine chose: of a network of the swarm nobody can tell, and there another node may
     * have it by now. Then it gets another one.
     */
    readonly open?: true;
  };
  /**
   * Puts a container on a network as the spec says. Without an id, on the network that this plan makes. `was`: it was on it
   * otherwise, and was taken off for that, by this plan or by an apply that did not finish. `freedBy`: those who have its
   * addresses until this plan takes them off.
   */
  'endpoint.attach': {
    readonly network: string;
    readonly networkId?: string;
    readonly endpoint: Endpoint;
    readonly was?: Endpoint;
    readonly freedBy?: readonly Ref[];
  };
  /** Takes a container off that netctl has put there, for good. */
  'endpoint.detach': { readonly network: string; readonly networkId: string; readonly endpoint: Endpoint };
  /** The index of the parent, where that is there already and stays. */
  'link.add': { readonly props: LinkProps; readonly parentIndex?: number };
  'link.set': {
    readonly name: string;
    readonly index: number;
    readonly change: LinkChange;
    /** It is nobody's until then. */
    readonly adopts?: true;
  };
  'link.remove': {
    readonly name: string;
    readonly index: number;
    readonly parent?: string;
    /** What it is, where others may stand on it: a VLAN link. */
    readonly was?: LinkProps;
    /** It was adopted: netctl did not make it. */
    readonly adopted?: true;
  };
  /** Makes a swarm, with this host as its manager. Addresses are those of the host's interfaces by now. */
  'swarm.init': {
    readonly advertise: string;
    readonly dataPath?: string;
    readonly dataPathPort?: number;
    readonly addressPools?: readonly string[];
    readonly subnetSize?: number;
    /** The plan makes an ingress network of its own. */
    readonly dropIngress?: true;
  };
  /** Joins the swarm of another host, `by`, which says how when it comes to that: no plan has a token in it. */
  'swarm.join': {
    readonly role: SwarmRole;
    readonly by: HostName;
    readonly advertise: string;
    readonly dataPath?: string;
  };
  /** Changes what the swarm knows of a node. Without an id, of the one that this plan lets join. */
  'swarm.node': {
    readonly node: HostName;
    readonly nodeId?: string;
    readonly role?: SwarmRole;
    readonly set: Readonly<Record<string, string>>;
    readonly unset: readonly string[];
  };
  /** Leaves the swarm. */
  'swarm.leave': { readonly nodeId?: string };
  /** Takes a node that has left off the list of nodes. */
  'swarm.forget': { readonly node: HostName; readonly nodeId: string };
}

/** What a node is in its swarm. */
export type SwarmRole = 'manager' | 'worker';

/** A step of another host of the plan. */
export interface StepOfHost {
  readonly host: HostName;
  readonly op: Op;
  readonly ref: Ref;
}

/** What a step can do. */
export type Op = keyof StepArgs;

/** A step that does this, with what it needs for it. */
export type StepOf<O extends Op> = {
  readonly op: O;
  readonly host: HostName;
  readonly ref: Ref;
  /** The reason, as a sentence without a full stop. */
  readonly why: string;
  /** Whether anybody could lose a connection, an address or a network by it: asked for before it is done. */
  readonly disruptive: boolean;
  /** What has to be done on other hosts before it. */
  readonly awaits?: readonly StepOfHost[];
} & StepArgs[O];

/** One change: what is done to which thing of which host, and why. */
export type Step = { [O in Op]: StepOf<O> }[Op];

/** Steps of one stage do not depend on one another and run side by side. */
export interface Plan {
  readonly version: 1;
  readonly stack: string;
  readonly stages: readonly (readonly Step[])[];
  readonly problems: readonly Problem[];
}
