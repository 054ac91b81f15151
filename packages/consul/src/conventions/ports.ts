import type { Workload, WorkloadPort } from '@netctl/core';
import type { Variable } from './variables.js';

/**
 * The ports of a container that are services: those that its image or its maker exposed, and those that a variable gives
 * a name to, `SERVICE_8080_NAME`, for images that expose nothing. Ascending, TCP first.
 */
export function portsOf({ exposed, published }: Workload, variables: readonly Variable[]): readonly WorkloadPort[] {
  const known = [...exposed, ...published].map(({ port, protocol }) => ({ port, protocol }));
  const ports = new Map(known.map((one) => [`${one.port}/${one.protocol}`, one]));
  const numbers = new Set(known.map(({ port }) => port));
  for (const { key, value, ports: scope } of variables) {
    if (key !== 'name' || value === '' || scope === undefined || scope.first !== scope.last) continue;
    const { first: port, protocol } = scope;
    // Without a protocol it is about what is exposed, whether TCP or UDP.
    if (protocol === undefined && numbers.has(port)) continue;
    ports.set(`${port}/${protocol ?? 'tcp'}`, { port, protocol: protocol ?? 'tcp' });
  }
  return [...ports.values()].sort(
    (a, b) => a.port - b.port || PROTOCOLS.indexOf(a.protocol) - PROTOCOLS.indexOf(b.protocol),
  );
}

const PROTOCOLS: readonly WorkloadPort['protocol'][] = ['tcp', 'udp', 'sctp'];
