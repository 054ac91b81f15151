import { deregisterAll } from '@netctl/consul';
import { NetctlError } from '@netctl/core';
import type { HostName, LoadedSpec, Problem, Targets } from '@netctl/core';

import type { GlobalOptions } from '../options.js';
import { openAgent } from './agent.js';
import { ownerOn } from './owner.js';
import { eachTarget } from './targets.js';

/** What `destroy` has taken out of Consul, and what it could not. */
export interface Left {
  /** Ids of services. */
  readonly deregistered: readonly string[];
  readonly problems: readonly Problem[];
}

/** Removes all that the stack has in the agents of its hosts. An agent that is away is a problem and no error. */
export async function leaveConsul(
  loaded: LoadedSpec,
  targets: Targets,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<Left> {
  const results = await Promise.all(
    eachTarget(loaded, targets).map(async ([host, backends]): Promise<Left> => {
      try {
        if (backends instanceof NetctlError) throw backends;
        await using consul = await openAgent(loaded, host, options, process.env);
        const { deregistered } = await deregisterAll(consul, await ownerOn(loaded, host, backends, signal), { signal });
        return { deregistered, problems: [] };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof NetctlError)) throw error;
        return { deregistered: [], problems: [leftBehind(loaded, host, error)] };
      }
    }),
  );
  return {
    deregistered: results.flatMap(({ deregistered }) => deregistered),
    problems: results.flatMap(({ problems }) => problems),
  };
}

function leftBehind({ spec, locate }: LoadedSpec, host: HostName, { message }: NetctlError): Problem {
  const path = 'discovery.consul';
  return {
    code: 'SERVICES_LEFT',
    severity: 'warning',
    path,
    message: `Services of ${spec.name} may be left in Consul: ${message}.`,
    hint: 'Run the same command again once the agent is there; Consul drops them by itself in a while.',
    ...(host === 'local' ? {} : { host }),
    ...locate(path),
  };
}
