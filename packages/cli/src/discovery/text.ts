import { formatProblem } from '@netctl/core';
import type { DiscoveryEvent } from '@netctl/consul';

const SHOWN = 5;

/** What people read of service discovery while it is at work. */
export function discoveryLines(event: DiscoveryEvent, file: string): readonly string[] {
  const where = event.host === 'local' ? 'Consul' : `Consul for ${event.host}`;
  switch (event.event) {
    case 'registered':
      return [
        ...idLines(`registered in ${where}:`, event.registered),
        ...idLines(`no longer in ${where}:`, event.deregistered),
      ];
    case 'services':
      return [];
    case 'misfits':
      return event.problems.map((one) => formatProblem(one, file));
    case 'discovery':
      if (event.state === 'working') return [`${where} is told of services again`];
      if (event.state === 'exposed') return [`${where}: ${event.message}`];
      if (event.state === 'deaf') return [`${where} is told of services by the timer alone: ${event.message}`];
      return [
        `${where} cannot be told of services: ${event.message}`,
        ...(event.hint === undefined ? [] : [`    ${event.hint}`]),
      ];
  }
}

function idLines(what: string, ids: readonly string[]): readonly string[] {
  const rest = ids.length - SHOWN;
  const more = rest > 0 ? [`  and ${String(rest)} more`] : [];
  return ids.length === 0 ? [] : [what, ...ids.slice(0, SHOWN).map((id) => `  ${id}`), ...more];
}
