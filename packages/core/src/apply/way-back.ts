import { canonicalAddress } from '../addresses/text.js';
import type { EndpointConfig, ParkedEndpoint } from '../endpoints.js';
import type { FoundNetwork } from '../model.js';
import { shareAddresses } from '../plan/handovers.js';

/**
 * How those who are off their networks go back: as they were, but for those whose address somebody has by now, as one has
 * with whom they changed places in an apply that got that far. Those get what they were to get, and so does everybody
 * whose place that takes.
 */
export function waysBack(
  parked: readonly ParkedEndpoint[],
  networks: readonly FoundNetwork[],
): readonly ParkedEndpoint[] {
  const taken = networks.flatMap((network) =>
    network.holders.flatMap(({ id, ipv4, ipv6 }) =>
      [ipv4 ?? [], ipv6 ?? []].flat().map((address) => ({ on: network, by: id, address: canonicalAddress(address) })),
    ),
  );
  const isNear = ({ networkId, name }: ParkedEndpoint, on: FoundNetwork): boolean => {
    const home = networks.find((one) => one.id === networkId) ?? networks.find((one) => one.name === name);
    // Of one that is not there nobody knows with whom it shares addresses.
    return home === undefined || home === on || shareAddresses(home.props, on.props);
  };
  const onward = new Map<ParkedEndpoint, ParkedEndpoint>();
  for (let before = -1; before !== onward.size;) {
    before = onward.size;
    for (const one of parked) {
      const { endpoint, next } = one;
      if (next === undefined || onward.has(one)) continue;
      const { container, config } = endpoint;
      const wanted = addressesOf(config);
      if (!taken.some(({ on, by, address }) => by !== container && wanted.includes(address) && isNear(one, on)))
        continue;
      onward.set(one, { ...one, endpoint: { ...endpoint, config: next }, next: config });
      const on = networks.find((network) => network.id === one.networkId || network.name === one.name);
      if (on !== undefined) taken.push(...addressesOf(next).map((address) => ({ on, by: container, address })));
    }
  }
  return parked.map((one) => onward.get(one) ?? one);
}

function addressesOf({ ipv4, ipv6 }: EndpointConfig): readonly string[] {
  return [ipv4 ?? [], ipv6 ?? []].flat();
}
