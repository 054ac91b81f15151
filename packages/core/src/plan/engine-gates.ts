import type { EngineFacts, HostFacts, HostName, NetworkResource, Ref, Step } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { optionOf } from '../spec/options.js';
import { formatPath } from '../spec/path.js';
import type { Spec } from '../spec/schema.js';
import { configurationKey, isSwarmLan } from '../spec/swarm-lan.js';
import { compareVersions } from '../versions.js';

/** What a feature needs: an engine, and where the engine drops it from requests of an older API, an API too. */
export interface Since {
  readonly engine: string;
  readonly api?: string;
}

/**
 * The engine drops EnableIPv4 from a request whose path is older than this, and answers 201 (moby, network_routes.go
 * postNetworkCreate). It is the one field of a network that the path decides: all else follows the engine's version.
 */
const NO_IPV4: Since = { engine: '28.0', api: '1.48' };
const AUTO_IPV6: Since = { engine: '27.0' };
/** The release that asks for IPv4 beside `config_from` and refuses it there (docker/cli#5857); 28.0.1 does neither. */
const BROKEN = '28.0.0';

/** What this network asks of the engine that only a newer one has. Older engines accept most of it, and do nothing. */
export function engineGates(network: NetworkResource, { engine }: HostFacts): readonly Problem[] {
  const { asked, props, path } = network;
  const problems: Problem[] = [];
  const gate = (since: Since, where: string, what: string): void => {
    const missing = gateOf(engine, since, where, what);
    if (missing !== undefined) problems.push(missing);
  };
  for (const [key, value] of Object.entries(asked.options)) {
    const option = optionOf(asked.driver, key);
    if (option === undefined) continue;
    const since = newest(option.since, option.values?.[value]?.since);
    if (since === undefined) continue;
    const what = option.noun === undefined ? `the option ${key}` : `${option.noun} \`${value}\``;
    // The mode has a key of its own in the spec.
    const where = key === `${asked.driver}_mode` ? `${path}.mode` : `${path}.driver_opts[${JSON.stringify(key)}]`;
    gate({ engine: since }, where, what);
  }
  if (asked.enableIPv4 === false) gate(NO_IPV4, `${path}.enable_ipv4`, '`enable_ipv4: false`');
  // With `subnet: auto` it is netctl that chooses one.
  const hasIPv6 = props.ipam.config.some(({ subnet }) => subnet?.includes(':') === true);
  if (asked.enableIPv6 === true && !hasIPv6 && asked.configFrom === undefined) {
    gate(AUTO_IPV6, `${path}.enable_ipv6`, '`enable_ipv6: true` without an IPv6 subnet');
  }
  return problems;
}

/** No node may have an engine of the release that cannot make a network of the swarm from a configuration. */
export function brokenEngine(spec: Spec, host: HostName, version: string, steps: readonly Step[]): readonly Problem[] {
  if (version !== BROKEN) return [];
  const made = new Set(steps.flatMap(({ op, ref }) => (op === 'network.create' ? [ref] : [])));
  return Object.entries(spec.networks).flatMap(([key, network]) => {
    const refs: readonly Ref[] = isSwarmLan(network)
      ? [`network:${key}`, `network:${configurationKey(key)}`]
      : network.scope === 'swarm' && network.config_from !== undefined
        ? [`network:${key}`]
        : [];
    if (!refs.some((ref) => made.has(ref))) return [];
    const message = `engine ${version} cannot make a network of the swarm from a configuration`;
    const path = formatPath(['networks', key, 'scope']);
    return [problem('error', 'ENGINE_TOO_OLD', path, message, `Upgrade Docker on ${host} to 28.0.1.`)];
  });
}

/** The problem of something that this engine lacks, if it does. */
export function gateOf(engine: EngineFacts, since: Since, where: string, what: string): Problem | undefined {
  const missing = lacks(engine, since);
  return missing && problem('error', 'ENGINE_TOO_OLD', where, `${what} ${missing.why}`, missing.cure);
}

function lacks(engine: EngineFacts, since: Since): { readonly why: string; readonly cure: string } | undefined {
  if (compareVersions(engine.version, since.engine) < 0) {
    return {
      why: `needs engine ${since.engine}, this one is ${engine.version}`,
      cure: 'Upgrade Docker, or leave it out.',
    };
  }
  if (since.api === undefined || compareVersions(engine.apiVersion, since.api) >= 0) return undefined;
  return {
    why: `needs API ${since.api}, and engine ${engine.version} is reached with API ${engine.apiVersion}`,
    cure: 'Reach the engine by its own socket, without the proxy that speaks an older API for it; or leave it out.',
  };
}

function newest(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareVersions(one, other) < 0 ? other : one;
}
