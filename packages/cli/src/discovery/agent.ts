import { dirname } from 'node:path';

import { connectConsul } from '@netctl/consul';
import type { Consul } from '@netctl/consul';
import { formatAddress, isLoopback, NetctlError } from '@netctl/core';
import type { EngineAddress, HostName, LoadedSpec } from '@netctl/core';

import { engineAddressOf } from '../open-host.js';
import type { GlobalOptions } from '../options.js';

/**
 * The way to the agent of a host: the one that its entry names, else the one for all of the spec, else what Consul's own
 * variables say, else the one that is beside the engine, on this machine. Nothing is sent.
 * @throws NetctlError USAGE
 */
export async function openAgent(
  { spec, file }: LoadedSpec,
  host: HostName,
  options: GlobalOptions,
  env: NodeJS.ProcessEnv,
): Promise<Consul> {
  const entry = spec.hosts[host];
  const address = entry?.consul?.address ?? spec.discovery?.consul.address;
  if (address === undefined && (env['CONSUL_HTTP_ADDR'] ?? '') === '') {
    const engine = await engineAddressOf(entry ?? {}, { ...options, folder: dirname(file) });
    if (!isHere(engine)) throw noAgent(host, engine);
  }
  const { timeout } = options;
  return connectConsul({
    env,
    ...(address === undefined ? {} : { address }),
    ...(timeout === undefined ? {} : { timeout }),
  });
}

function isHere(engine: EngineAddress): boolean {
  return engine.type === 'unix' || (engine.type === 'tcp' && isLoopback(engine));
}

/** The agent of this machine is not that of the other one, and its services would have the wrong node. */
function noAgent(host: HostName, engine: EngineAddress): NetctlError {
  return new NetctlError(
    'USAGE',
    `Nothing says where the Consul agent of ${host} is, whose engine is at ${formatAddress(engine)}`,
    {
      hint: `Write hosts.${host}.consul: http://HOST:8500, or discovery.consul.address (or CONSUL_HTTP_ADDR) for one agent of all hosts.`,
    },
  );
}
