import { subnetUses } from '../addresses/use.js';
import type { SubnetUse } from '../addresses/use.js';
import type { FoundNetwork, HostFacts, NetworkResource, Observed } from '../model.js';
import { matchAll } from '../plan/match.js';
import { resolve } from '../resolve/resolve.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';
import { compareVersions } from '../versions.js';

/** What becomes of the addresses of one network of the spec. */
export interface NetworkUse {
  readonly host: string;
  readonly network: string;
  readonly subnets: readonly SubnetUse[];
}

/** The addresses of every network as the spec wants them, with those who have one now; pure. */
export function addressesOfSpec(loaded: LoadedSpec, observed: Observed): readonly NetworkUse[] {
  return [...observed].flatMap(([host, facts]) => {
    const { networks } = resolve(loaded.spec, host, facts);
    const matches = matchAll(networks, facts, loaded.spec.name);
    return networks.map((network) => ({
      host,
      network: network.name,
      subnets: addressesOf(
        network,
        { props: network.props, holders: matches.get(network)?.holders ?? [] },
        loaded.spec,
        facts,
      ),
    }));
  });
}

/** The addresses of a network that is there, or is to be. */
export function addressesOf(
  { ref }: NetworkResource,
  { props, holders }: Pick<FoundNetwork, 'props' | 'holders'>,
  { networks }: Spec,
  { engine }: HostFacts,
): readonly SubnetUse[] {
  return subnetUses({
    entries: props.ipam.config,
    holders,
    reserve: networks[ref.replace(/^network:/, '')]?.reserve ?? {},
    implicitGateway: props.driver === 'bridge' || compareVersions(engine.version, '29.0') < 0,
  });
}
