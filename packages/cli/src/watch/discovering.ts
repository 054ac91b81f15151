import type { DiscoveryEvent } from '@netctl/consul';
import type { HostName } from '@netctl/core';

/** How service discovery of one host does. */
export interface DiscoveryOfHost {
  readonly host: HostName;
  /** Undefined until its first look has come to an end. */
  readonly isWorking?: boolean;
  /** Services that are registered. */
  readonly registered?: number;
  readonly failure?: {
    readonly message: string;
    /** By the clock that was given, in milliseconds. */
    readonly since: number;
  };
}

/** What is known of service discovery, host by host. */
export interface Discovering {
  readonly hear: (event: DiscoveryEvent) => void;
  /** From now on it is at work for these hosts alone. */
  keep(hosts: readonly HostName[]): void;
  hosts(): readonly DiscoveryOfHost[];
}

/** `now`: of a clock that never jumps. */
export function watchDiscovery(now: () => number = () => performance.now()): Discovering {
  const known = new Map<HostName, DiscoveryOfHost>();
  return {
    hear: (event) => {
      const { host } = event;
      const before = known.get(host) ?? { host };
      const { failure, ...rest } = before;
      // Services are counted after a look that did its work.
      if (event.event === 'services') known.set(host, { ...rest, isWorking: true, registered: event.registered });
      if (event.event !== 'discovery') return;
      if (event.state === 'working') known.set(host, { ...rest, isWorking: true });
      if (event.state !== 'failed') return;
      const since = failure?.since ?? now();
      known.set(host, { ...rest, isWorking: false, failure: { message: event.message, since } });
    },
    keep: (hosts) => {
      for (const host of known.keys()) if (!hosts.includes(host)) known.delete(host);
    },
    hosts: () => [...known.values()],
  };
}
