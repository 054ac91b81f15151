import { takesGateway } from '../addresses/ipam.js';
import type { AddressPlan } from '../addresses/plan.js';
import { formatAddress } from '../addresses/prefix.js';
import { subnetUses } from '../addresses/use.js';
import type { SubnetUse } from '../addresses/use.js';
import type { FoundNetwork, HostFacts, NetworkResource, Observed } from '../model.js';
import { matchAll } from '../plan/match.js';
import { resolve } from '../resolve/resolve.js';
import { specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';

/** What becomes of the addresses of one network of the spec. */
export interface NetworkUse {
  readonly host: string;
  readonly network: string;
  readonly subnets: readonly SubnetUse[];
}

/** The addresses of every network as the spec wants them, with those who have one now; pure. */
export function addressesOfSpec(loaded: LoadedSpec, observed: Observed): readonly NetworkUse[] {
  return [...observed].flatMap(([host, facts]) => {
    const spec = specOn(loaded.spec, host);
    const resolved = resolve(spec, host, facts);
    const matches = matchAll(resolved.networks, facts, spec.name);
    return resolved.networks.map((network) => {
      const shown = { props: network.props, holders: matches.get(network)?.holders ?? [] };
      return {
        host,
        network: network.name,
        subnets: addressesOf(network, shown, spec, facts, resolved.addresses),
      };
    });
  });
}

/** The addresses of a network that is there, or is to be. */
export function addressesOf(
  { ref }: NetworkResource,
  { props, holders }: Pick<FoundNetwork, 'props' | 'holders'>,
  spec: Spec,
  { engine, links }: HostFacts,
  { networks }: AddressPlan,
): readonly SubnetUse[] {
  const key = ref.replace(/^network:/, '');
  const parent = links?.links.find(({ name }) => name === props.options['parent']);
  return subnetUses({
    entries: props.ipam.config,
    holders,
    reserve: spec.networks[key]?.reserve ?? {},
    own: [
      ...(networks.get(key)?.shim ?? []).map((address) => ({ address: formatAddress(address), who: 'shim' })),
      ...(parent?.addresses ?? []).map(({ address }) => ({ address, who: `this host, by ${parent?.name ?? ''}` })),
    ],
    implicitGateway: takesGateway(props.driver, engine.version),
  });
}
