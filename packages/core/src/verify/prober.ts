import type { HostReader } from '../doctor/host-reader.js';
import type { LinkFacts, LinkFact } from '../links.js';

/** A network namespace: of the process with this number on that host, or the host's own. */
export interface Spot {
  readonly pid?: number;
}

/** One question by ICMP echo, asked again every 200 ms until it is answered or its time is over. */
export interface Ping {
  readonly address: string;
  /** Bytes after the ICMP header. With the address it tells the answers in one namespace apart. */
  readonly payload: number;
  /** The packet may not be cut in pieces. */
  readonly whole?: true;
  /** Leaves by this interface, or from this address. */
  readonly by?: string;
  /** How long it is asked for: whole seconds, as every `ping` takes them. */
  readonly seconds: number;
  /** So many are sent one after the other, and all of them wait for an answer; one unless told. */
  readonly count?: number;
}

/** What came of the pings. */
export interface PingAnswers {
  /** How many answers each question got, by `pingKey`; none for one that is not there. */
  readonly answered: ReadonlyMap<string, number>;
  /** What was said beside, such as `message too long, mtu=1400`, in no order. */
  readonly said: readonly string[];
  /** Why it is not sure that all of them were sent: what has no answer says nothing then. */
  readonly unasked?: string;
}

/** By which a ping finds its answers: its payload, in bytes, and its address. */
export function pingKey({ address, payload }: Pick<Ping, 'address' | 'payload'>): string {
  return `${payload} ${address}`;
}

/** A name to ask the DNS of a container for. */
export interface NameQuestion {
  readonly name: string;
  readonly family: 4 | 6;
}

/** The addresses that Docker's DNS gave, or why it gave none. */
export type NameAnswer = { readonly addresses: readonly string[] } | { readonly error: string };

/** A machine that the kernel of the host knows on one of its links. */
export interface Neighbour {
  readonly address: string;
  readonly link: string;
}

/** What an IPsec ESP state of a host has carried so far. */
export interface EspState {
  readonly source: string;
  readonly destination: string;
  readonly packets: number;
}

/** What is to be heard of the packets that come in on a host. */
export interface WireQuestion {
  /** The addresses of who sends them. */
  readonly sources: readonly string[];
  /** How long an IPv4 packet with one of the pings in it is when it is not encrypted, in bytes. */
  readonly clearLength: number;
}

/** Somebody who hears what comes in on a host; gone with this process. */
export interface Listening extends AsyncDisposable {
  /** Ends it: how many packets were ESP, and how many UDP of that length; or why nobody can tell. */
  count(): Promise<WireCount | Unheard>;
}

/** Why packets that came in were not heard, in half a sentence. */
export interface Unheard {
  readonly why: string;
}

/** Packets that came in while somebody listened. */
export interface WireCount {
  readonly esp: number;
  readonly clear: number;
}

/** A link for a namespace in which nobody is. */
export interface StandInLink {
  readonly kind: 'bridge' | 'macvlan' | 'ipvlan';
  /** The bridge to be plugged into, or the parent, by its index. */
  readonly on: Pick<LinkFact, 'name' | 'index'>;
  readonly mode?: string;
  readonly flag?: string;
  readonly mtu?: number;
  /** With prefix lengths. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
}

/** A namespace that is gone with this process, whatever becomes of it, and everything in it. */
export interface StandIn extends AsyncDisposable {
  readonly spot: Spot;
}

/** What a host can be probed with. */
export interface ProbeMeans {
  /** Why nothing can be, and what to do about it. */
  readonly missing?: { readonly why: string; readonly cure: string; readonly permission?: true };
  /** Why no packet can be forbidden to be cut in pieces. */
  readonly noWhole?: string;
}

/**
 * The port to the namespaces of a host and of its containers: what an adapter such as `@netctl/iproute2` gives. It changes
 * nothing that outlives it.
 */
export interface Prober {
  /** What this host has to probe with. */
  means(signal?: AbortSignal): Promise<ProbeMeans>;
  /** Links, addresses and routes of a namespace; undefined where it is gone. */
  look(spot: Spot, signal?: AbortSignal): Promise<LinkFacts | undefined>;
  /** Pings, and tells what answered. */
  ping(spot: Spot, pings: readonly Ping[], signal?: AbortSignal): Promise<PingAnswers>;
  /** Asks the DNS at 127.0.0.11 of the namespace, in the order of the questions; a text says why that cannot be done. */
  names(
    spot: Spot,
    questions: readonly NameQuestion[],
    signal?: AbortSignal,
  ): Promise<readonly NameAnswer[] | { readonly why: string; readonly cure: string }>;
  /** Machines that have answered the host of late. */
  neighbours(signal?: AbortSignal): Promise<readonly Neighbour[]>;
  /** The ESP states of the kernel. */
  espStates(signal?: AbortSignal): Promise<readonly EspState[]>;
  /** Hears what comes in by IPv4 from now on, before it is decrypted; the count tells where that cannot be. */
  listen(question: WireQuestion, signal?: AbortSignal): Promise<Listening>;
  /** @throws NetctlError LINK_FAILED */
  standIn(link: StandInLink, signal?: AbortSignal): Promise<StandIn>;
  /** Files and programs of the host, to find out causes by. */
  readonly reader: HostReader;
}
