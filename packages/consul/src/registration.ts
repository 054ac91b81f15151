/**
 * The body of Consul's `PUT /v1/agent/service/register`, as far as netctl says anything of a service. Keys are Consul's own.
 * A service here is one port of one container at its address on one network.
 */
export interface ServiceRegistration {
  /** Deterministic: the same container and port on the same host have the same id whenever netctl runs. */
  readonly ID: string;
  readonly Name: string;
  readonly Tags: readonly string[];
  /** The container's own address on the network, IPv4 where it has one. */
  readonly Address: string;
  readonly Port: number;
  /** Both addresses of a container that has two: by these Consul's DNS answers AAAA, and by `Address` alone it would not. */
  readonly TaggedAddresses?: Readonly<Record<'lan_ipv4' | 'lan_ipv6', TaggedAddress>>;
  /** The marks of netctl (see marks.ts) among what the container asks for. */
  readonly Meta: Readonly<Record<string, string>>;
  readonly Weights?: { readonly Passing: number; readonly Warning: number };
  readonly Checks?: readonly CheckRegistration[];
  readonly Connect?: ConnectRegistration;
}

export interface TaggedAddress {
  readonly Address: string;
  readonly Port: number;
}

/** A check of a service, in the words of Consul's `Check` stanza. Durations are Go's: `10s`. */
export interface CheckRegistration {
  readonly CheckID?: string;
  readonly Name?: string;
  readonly Notes?: string;
  readonly HTTP?: string;
  readonly Method?: string;
  readonly Header?: Readonly<Record<string, readonly string[]>>;
  readonly TLSSkipVerify?: boolean;
  readonly TCP?: string;
  readonly GRPC?: string;
  readonly GRPCUseTLS?: boolean;
  readonly Args?: readonly string[];
  readonly TTL?: string;
  readonly AliasService?: string;
  readonly Interval?: string;
  readonly Timeout?: string;
  readonly Status?: 'passing' | 'warning' | 'critical';
  readonly DeregisterCriticalServiceAfter?: string;
}

export interface ConnectRegistration {
  readonly Native?: boolean;
  readonly SidecarService?: SidecarRegistration;
}

/** What the sidecar has otherwise than by default. `{}` is a sidecar with all of Consul's defaults. */
export interface SidecarRegistration {
  readonly ID?: string;
  readonly Name?: string;
  readonly Port?: number;
  readonly Address?: string;
  readonly Meta?: Readonly<Record<string, string>>;
  /** Said by `reconcile`, whatever is here. */
  readonly Checks?: readonly CheckRegistration[];
  readonly Proxy?: { readonly Upstreams?: readonly UpstreamRegistration[] };
}

export interface UpstreamRegistration {
  readonly DestinationName: string;
  readonly LocalBindPort: number;
  readonly LocalBindAddress?: string;
  readonly Datacenter?: string;
}
