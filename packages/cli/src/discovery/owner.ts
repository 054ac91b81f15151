import type { ServiceOwner } from '@netctl/consul';
import { namesHosts } from '@netctl/core';
import type { Backends, HostName, LoadedSpec } from '@netctl/core';

/** Whose services those of a host are: by its name in the spec, and without one by what its engine calls itself. */
export async function ownerOn(
  { spec }: LoadedSpec,
  host: HostName,
  { engine }: Backends,
  signal: AbortSignal,
): Promise<ServiceOwner> {
  if (namesHosts(spec)) return { stack: spec.name, host };
  return { stack: spec.name, host: (await engine.observe(signal)).engine.name };
}
