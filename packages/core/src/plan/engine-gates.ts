import type { HostFacts, NetworkResource } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { optionOf } from '../spec/options.js';
import { compareVersions } from '../versions.js';

/** What this network asks of the engine that only a newer one has. Older engines accept most of it, and do nothing. */
export function engineGates(network: NetworkResource, { engine }: HostFacts): readonly Problem[] {
  const { asked, path } = network;
  const problems: Problem[] = [];
  const gate = (since: string | undefined, where: string, what: string): boolean => {
    if (since === undefined || compareVersions(engine.version, since) >= 0) return true;
    problems.push(
      problem(
        'error',
        'ENGINE_TOO_OLD',
        where,
        `${what} needs engine ${since}, this one is ${engine.version}`,
        'Upgrade Docker, or leave it out.',
      ),
    );
    return false;
  };
  for (const [key, value] of Object.entries(asked.options)) {
    const option = optionOf(asked.driver, key);
    const where = `${path}.driver_opts[${JSON.stringify(key)}]`;
    const known = gate(option?.since, where, `the option ${key}`);
    if (known) gate(option?.values?.[value]?.since, where, `${key}=${value}`);
  }
  if (asked.enableIPv4 === false) gate('28.0', `${path}.enable_ipv4`, '`enable_ipv4: false`');
  const hasIPv6 = asked.ipam.config.some(({ subnet }) => subnet?.includes(':') === true);
  if (asked.enableIPv6 === true && !hasIPv6 && asked.configFrom === undefined) {
    gate('27.0', `${path}.enable_ipv6`, '`enable_ipv6: true` without an IPv6 subnet');
  }
  return problems;
}
