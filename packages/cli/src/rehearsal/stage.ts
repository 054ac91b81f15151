import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { LoadedSpec } from '@netctl/core';
import type { Host } from '@netctl/lab';

import type { RehearsalInterface } from './interfaces.js';

/** A folder that is gone when disposed of; the host shares the machine's files, so what is kept there must not stay. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'netctl-rehearse-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Gives the host what the real one would have, and says what: a swarm, and the networks that are external. */
export async function furnish(
  loaded: LoadedSpec,
  host: Host,
  interfaces: readonly RehearsalInterface[],
): Promise<readonly string[]> {
  const said: string[] = [];
  const networks = Object.entries(loaded.spec.networks);
  if (networks.some(([, { driver, scope }]) => driver === 'overlay' || scope === 'swarm')) {
    const address = interfaces.flatMap(({ addresses }) => addresses).find((one) => !one.includes(':'));
    await host.initSwarm(address?.replace(/\/\d+$/, '') ?? '127.0.0.1');
    said.push('Its engine is the manager of a swarm of one');
  }
  for (const [key, { external, name }] of networks) {
    if (external !== true) continue;
    await host.createNetwork(name ?? key);
    said.push(`For the external network ${name ?? key} stands a plain bridge`);
  }
  return said;
}
