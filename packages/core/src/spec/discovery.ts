import type { HostName } from '../model.js';
import { hostsOf, specOn } from './hosts.js';
import type { Spec } from './schema.js';

/** The real names, on one host, of the networks whose containers are services of Consul; those that are not there are not. */
export function discoveredNetworks(spec: Spec, host: HostName): readonly string[] {
  const { networks } = specOn(spec, host);
  return (spec.discovery?.consul.networks ?? []).flatMap((key) => {
    const network = Object.hasOwn(networks, key) ? networks[key] : undefined;
    return network === undefined ? [] : [network.name ?? key];
  });
}

/** The hosts that have such networks. */
export function discoveringHosts(spec: Spec): readonly HostName[] {
  return hostsOf(spec).filter((host) => discoveredNetworks(spec, host).length > 0);
}
