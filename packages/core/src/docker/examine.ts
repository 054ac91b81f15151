import type { EngineFacts, FoundNetwork } from '../model.js';
import { JOURNAL_NAME } from '../own-names.js';
import type { ApiContainer, ApiContainerDetails, ApiInfo, ApiNetwork } from './api.js';
import { connect } from './connect.js';
import type { ConnectOptions } from './connect.js';
import { claimsIn, inBoth, endpointsIn, settled, suspects } from './endpoints-seen.js';
import type { ApiNetworkMore, Claim, ListedEndpoint } from './endpoints-seen.js';
import { holdersOf, toEngineFacts, toFoundNetwork } from './map.js';
import { read, readList } from './read.js';

/** A prefix from which the engine takes subnets, and how long these are. */
export interface AddressPool {
  readonly base: string;
  readonly size: number;
}

/** What one look at an engine shows beyond what a plan needs. */
export interface EngineView {
  readonly engine: EngineFacts;
  /** The oldest API that it speaks. */
  readonly oldestApi: string;
  readonly rootDir: string;
  /** What `docker info` warns of. */
  readonly warnings: readonly string[];
  /** Absent where the engine does not say. */
  readonly forwarding?: boolean;
  /** `iptables`, `nftables`, `iptables+firewalld`; absent where the engine does not say (before 28.2). */
  readonly firewall?: string;
  /** As configured; empty where they are the built-in ones. */
  readonly pools: readonly AddressPool[];
  readonly networks: readonly FoundNetwork[];
  /** Who is on each local network that somebody can be on, by its id. */
  readonly endpoints: ReadonlyMap<string, readonly ListedEndpoint[]>;
  /** Containers that were there before or after the networks were looked at. */
  readonly containers: ReadonlySet<string>;
  /** What was claimed before as well as after. */
  readonly claims: readonly Claim[];
}

interface ApiInfoMore extends ApiInfo {
  DockerRootDir?: string;
  Warnings?: string[] | null;
  IPv4Forwarding?: boolean;
  DefaultAddressPools?: { Base?: string; Size?: number }[] | null;
  FirewallBackend?: { Driver?: string } | null;
}

/**
 * Looks at an engine with nothing but GET.
 * @throws NetctlError as `connectDocker` does
 */
export async function examineEngine(options: ConnectOptions): Promise<EngineView> {
  const { signal } = options;
  const { client, apiVersion } = await connect(options);
  const containersNow = () => readList<ApiContainer>(client, '/containers/json', signal, { all: '1' });
  const claimsOf = async (containers: readonly ApiContainer[]): Promise<readonly Claim[]> => {
    const running = containers.filter(({ State }) => State === 'running');
    const claims = running.map(async ({ Id = '' }) =>
      // The list does not have what a connect that failed has left; and it may have gone since.
      read<ApiContainerDetails>(client, `/containers/${Id}/json`, signal).then(claimsIn, () => []),
    );
    return (await Promise.all(claims)).flat();
  };
  const endpointsOf = async (ids: readonly string[]): Promise<ReadonlyMap<string, readonly ListedEndpoint[]>> => {
    const inspected = ids.map(async (id) =>
      // It may have gone since.
      read<ApiNetworkMore>(client, `/networks/${id}`, signal).catch(() => undefined),
    );
    const found = await Promise.all(inspected);
    return new Map(found.flatMap((one) => (one === undefined ? [] : [[one.Id ?? '', endpointsIn(one)]])));
  };
  try {
    const [info, version, networks, before] = await Promise.all([
      read<ApiInfoMore>(client, '/info', signal),
      read<{ MinAPIVersion?: string }>(client, '/version', signal),
      readList<ApiNetwork>(client, '/networks', signal),
      containersNow(),
    ]);
    const claimed = await claimsOf(before);
    const populated = networks.filter(({ Scope, ConfigOnly }) => Scope === 'local' && ConfigOnly !== true);
    const first = await endpointsOf(populated.map(({ Id = '' }) => Id));
    const after = await containersNow();
    const containers = new Set([...before, ...after].map(({ Id = '' }) => Id));
    // Containers that are starting have an endpoint before they are its container, and the next start has another one.
    const second = await endpointsOf(suspects(first, containers));
    const claimedAfter = await claimsOf(after);
    return {
      engine: toEngineFacts(info, apiVersion),
      oldestApi: version.MinAPIVersion ?? '',
      rootDir: info.DockerRootDir ?? '',
      warnings: info.Warnings ?? [],
      ...(info.IPv4Forwarding === undefined ? {} : { forwarding: info.IPv4Forwarding }),
      ...(info.FirewallBackend?.Driver === undefined ? {} : { firewall: info.FirewallBackend.Driver }),
      pools: (info.DefaultAddressPools ?? []).map(({ Base = '', Size = 0 }) => ({ base: Base, size: Size })),
      networks: networks
        .filter(({ Name }) => Name !== JOURNAL_NAME)
        .map((network) => toFoundNetwork(network, holdersOf(network, before, [])))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      endpoints: settled(first, second, { containers, claims: claimedAfter }),
      containers,
      claims: inBoth(claimed, claimedAfter),
    };
  } finally {
    client.close();
  }
}
