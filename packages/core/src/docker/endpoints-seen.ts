import type { ApiContainerDetails, ApiNetwork } from './api.js';

/** An endpoint as a network has it. */
export interface ListedEndpoint {
  /** The container's id; `ep-` and the endpoint's where the engine knows of no container. */
  readonly container: string;
  readonly name: string;
  readonly address: string;
}

/** A running container that says it is on a network. */
export interface Claim {
  readonly container: string;
  readonly name: string;
  readonly networkId: string;
  /** A container that was started again has another one. */
  readonly endpointId: string;
}

export interface ApiNetworkMore extends ApiNetwork {
  Containers?: Record<string, { Name?: string; IPv4Address?: string; IPv6Address?: string } | null> | null;
}

/** Endpoints by the id of their network. */
type Listed = ReadonlyMap<string, readonly ListedEndpoint[]>;

/** The endpoints of one network. */
export function endpointsIn({ Containers }: ApiNetworkMore): readonly ListedEndpoint[] {
  return Object.entries(Containers ?? {}).map(([container, endpoint]) => ({
    container,
    name: endpoint?.Name ?? '',
    address: endpoint?.IPv4Address ?? endpoint?.IPv6Address ?? '',
  }));
}

/** Networks on which a container has an endpoint by its own word. */
export function claimsIn({ Id = '', Name = '', NetworkSettings }: ApiContainerDetails): readonly Claim[] {
  return Object.values(NetworkSettings?.Networks ?? {}).flatMap((endpoint) => {
    const { NetworkID: networkId, EndpointID: endpointId = '' } = endpoint ?? {};
    if (networkId === undefined || endpointId === '') return [];
    return [{ container: Id, name: Name.replace(/^\//, ''), networkId, endpointId }];
  });
}

/** What was claimed before as well as after. */
export function inBoth(before: readonly Claim[], after: readonly Claim[]): readonly Claim[] {
  const keys = new Set(after.map(keyOf));
  return before.filter((claim) => keys.has(keyOf(claim)));
}

function keyOf({ container, networkId, endpointId }: Claim): string {
  return `${container} ${networkId} ${endpointId}`;
}

/** The networks with an endpoint of no container, which have to be looked at once more. */
export function suspects(listed: Listed, containers: ReadonlySet<string>): readonly string[] {
  return [...listed].flatMap(([id, on]) => (on.every(({ container }) => containers.has(container)) ? [] : [id]));
}

/**
 * The endpoints of the first look. One without a container is among them where the second look has it too, and no
 * container of its name claims the network after both.
 */
export function settled(
  first: Listed,
  second: Listed,
  { containers, claims }: { readonly containers: ReadonlySet<string>; readonly claims: readonly Claim[] },
): Listed {
  return new Map(
    [...first].map(([id, on]) => {
      const again = new Set((second.get(id) ?? []).map(({ container }) => container));
      const isClaimed = (name: string): boolean =>
        claims.some((claim) => claim.networkId === id && claim.name === name);
      const stays = ({ container, name }: ListedEndpoint): boolean =>
        containers.has(container) || (again.has(container) && !isClaimed(name));
      return [id, on.filter(stays)];
    }),
  );
}
