/** The parts of the Docker Engine API's JSON that netctl reads. Everything is optional: engines differ. */

export interface ApiIpamEntry {
  Subnet?: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string> | null;
}

export interface ApiNetwork {
  Id?: string;
  Name?: string;
  /** RFC 3339, in the engine's own zone. */
  Created?: string;
  Driver?: string;
  Scope?: string;
  Internal?: boolean;
  Attachable?: boolean;
  Ingress?: boolean;
  EnableIPv4?: boolean;
  EnableIPv6?: boolean;
  ConfigOnly?: boolean;
  ConfigFrom?: { Network?: string } | null;
  IPAM?: { Driver?: string; Options?: Record<string, string> | null; Config?: ApiIpamEntry[] | null } | null;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
  /** By container id; in an inspect alone, and those that run on it alone. */
  Containers?: Record<string, object | null> | null;
}

export interface ApiContainer {
  Id?: string;
  Names?: string[] | null;
  State?: string;
  Labels?: Record<string, string> | null;
  HostConfig?: { NetworkMode?: string } | null;
  /** Without a `PublicPort` it is not published. */
  Ports?: { IP?: string; PrivatePort?: number; PublicPort?: number; Type?: string }[] | null;
  NetworkSettings?: {
    Networks?: Record<string, { NetworkID?: string; IPAddress?: string; GlobalIPv6Address?: string } | null> | null;
  } | null;
}

/** A container's entry for a network, in an inspect. */
export interface ApiEndpoint {
  NetworkID?: string;
  EndpointID?: string;
  IPAMConfig?: { IPv4Address?: string; IPv6Address?: string; LinkLocalIPs?: string[] | null } | null;
  IPAddress?: string;
  GlobalIPv6Address?: string;
  MacAddress?: string;
  Aliases?: string[] | null;
  Links?: string[] | null;
  DriverOpts?: Record<string, string> | null;
  /** API 1.48 and newer. */
  GwPriority?: number;
}

export interface ApiContainerDetails {
  Id?: string;
  Name?: string;
  State?: { Status?: string; Pid?: number; ExitCode?: number; StartedAt?: string };
  Config?: {
    MacAddress?: string;
    StopTimeout?: number;
    /** As it was asked for; a list has an id once the tag has moved on. */
    Image?: string;
    Env?: string[] | null;
    /** By `80/tcp`: those of the image, those that were asked for, and those that are published. */
    ExposedPorts?: Record<string, object> | null;
  };
  HostConfig?: { NetworkMode?: string; RestartPolicy?: { Name?: string } };
  NetworkSettings?: {
    Networks?: Record<string, ApiEndpoint | null> | null;
    Ports?: Record<string, { HostIp?: string; HostPort?: string }[] | null> | null;
  };
}

export interface ApiService {
  ID?: string;
  Spec?: {
    Name?: string;
    Networks?: { Target?: string }[] | null;
    TaskTemplate?: { Networks?: { Target?: string }[] | null };
  };
}

export interface ApiInfo {
  ID?: string;
  Name?: string;
  ServerVersion?: string;
  OperatingSystem?: string;
  SecurityOptions?: string[] | null;
  Swarm?: {
    LocalNodeState?: string;
    ControlAvailable?: boolean;
    NodeID?: string;
    NodeAddr?: string;
    Error?: string;
    RemoteManagers?: { NodeID?: string; Addr?: string }[] | null;
    /** Managers alone know it. */
    Cluster?: {
      ID?: string;
      DefaultAddrPool?: string[] | null;
      SubnetSize?: number;
      DataPathPort?: number;
    } | null;
  };
}

/** Managers alone know it. */
export interface ApiNode {
  ID?: string;
  Spec?: { Labels?: Record<string, string> | null; Role?: string; Availability?: string };
  Description?: { Hostname?: string };
  Status?: { State?: string; Addr?: string };
  ManagerStatus?: { Leader?: boolean; Reachability?: string; Addr?: string } | null;
}
