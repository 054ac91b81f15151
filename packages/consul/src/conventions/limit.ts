import type { WorkloadPort } from '@netctl/core';
import type { Report } from './report.js';
import { setting, settingsOf } from './settings.js';
import type { Variable } from './variables.js';

/** `EXPOSE 10000-20000/udp` is ten thousand services, which nobody means. */
const MOST = 100;

/**
 * The ports, unless those that are neither given a name of their own nor ignored are too many: then without all of these,
 * since nobody could tell which of them are left.
 */
export function limited(
  ports: readonly WorkloadPort[],
  variables: readonly Variable[],
  report: Report,
): readonly WorkloadPort[] {
  if (ports.length <= MOST) return ports;
  const own = variables.flatMap(({ key, value, ports: scope }) =>
    key === 'name' && value !== '' && scope?.first === scope?.last && scope !== undefined ? [scope] : [],
  );
  const isDeclared = ({ port, protocol }: WorkloadPort): boolean =>
    own.some((scope) => scope.first === port && (scope.protocol ?? protocol) === protocol);
  const others = ports.filter((one) => !isDeclared(one) && setting(settingsOf(variables, one), 'ignore') === undefined);
  if (others.length <= MOST) return ports;
  const message = `It exposes ${others.length} ports, more than the ${MOST} that are services without a name of their own: none of these is registered.`;
  report(
    'SERVICE_PORT_INVALID',
    message,
    'Set SERVICE_<port>_NAME for each port that is to be a service, or SERVICE_<from>-<to>_IGNORE or SERVICE_IGNORE for the others.',
  );
  return ports.filter(isDeclared);
}
