import { discoveringHosts, NetctlError } from '@netctl/core';
import type { Backends, HostName, LoadedSpec, Targets } from '@netctl/core';

/** Each host whose containers are services, with what drives it or why nothing can. */
export function eachTarget(
  { spec }: LoadedSpec,
  targets: Targets,
): readonly (readonly [HostName, Backends | NetctlError])[] {
  return discoveringHosts(spec).map((host) => {
    const there = 'engine' in targets ? targets : targets.get(host);
    return [
      host,
      there ?? new NetctlError('USAGE', `Nothing drives ${host}`, { hint: `Give a backend for ${host}.` }),
    ] as const;
  });
}
