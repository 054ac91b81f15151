import type { ApiIpamEntry } from '../../../../packages/core/src/docker/api.js';

/** A network as the engine lists it. */
export interface RawNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Scope: string;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6: boolean;
  readonly ConfigOnly: boolean;
  readonly ConfigFrom?: { readonly Network: string };
  readonly IPAM: {
    readonly Driver: string;
    readonly Options: Readonly<Record<string, string>> | null;
    readonly Config: readonly ApiIpamEntry[] | null;
  };
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** What is sent to make a network, to be changed in one field. */
export interface NetworkBody {
  Name: string;
  CheckDuplicate: true;
  Driver: string;
  Scope?: string;
  Internal?: boolean;
  Attachable?: boolean;
  Ingress?: boolean;
  EnableIPv4?: boolean;
  EnableIPv6?: boolean;
  ConfigOnly?: boolean;
  ConfigFrom?: { Network: string };
  IPAM: { Driver: string; Options: Record<string, string>; Config: ApiIpamEntry[] };
  Options: Record<string, string>;
  Labels: Record<string, string>;
}

/** What a script would send that copies a network from its inspect, marks and all. */
export function bodyOf(network: RawNetwork): NetworkBody {
  const from = network.ConfigFrom?.Network ?? '';
  const body: NetworkBody = {
    Name: network.Name,
    CheckDuplicate: true,
    // An engine does not say which driver a configuration network was made with.
    Driver: network.ConfigOnly ? 'bridge' : network.Driver,
    ...(network.ConfigOnly
      ? { ConfigOnly: true }
      : {
          Scope: network.Scope,
          Internal: network.Internal,
          Attachable: network.Attachable,
          Ingress: network.Ingress,
        }),
    ...(network.EnableIPv4 === undefined ? {} : { EnableIPv4: network.EnableIPv4 }),
    EnableIPv6: network.EnableIPv6,
    IPAM: {
      Driver: network.IPAM.Driver,
      Options: { ...network.IPAM.Options },
      Config: structuredClone([...(network.IPAM.Config ?? [])]).map(withoutLength),
    },
    Options: { ...network.Options },
    Labels: { ...network.Labels },
  };
  if (from === '') return body;
  const { EnableIPv4: _four, EnableIPv6: _six, ...rest } = body;
  return {
    ...rest,
    ConfigFrom: { Network: from },
    IPAM: { Driver: 'default', Options: {}, Config: [] },
    Options: {},
    Labels: {},
  };
}

/** Engines up to 27 show an IPv6 gateway that they chose with a length, and refuse it so. */
function withoutLength(pool: ApiIpamEntry): ApiIpamEntry {
  return pool.Gateway === undefined ? pool : { ...pool, Gateway: pool.Gateway.replace(/\/\d+$/, '') };
}
