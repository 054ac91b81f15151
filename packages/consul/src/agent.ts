import type { AgentClient } from './client.js';
import { notConsul } from './errors.js';
import { readLive } from './live.js';
import type { Live } from './live.js';
import type { ServiceRegistration } from './registration.js';

/** What the agent itself has, without a question to any server: two calls, whatever there is. */
export async function listLive(client: AgentClient, signal: AbortSignal | undefined): Promise<Live> {
  const paths = ['/v1/agent/services', '/v1/agent/checks'] as const;
  const [services, checks] = await Promise.all(
    paths.map(async (path) => parse(client, path, await client.call('GET', path, { signal }))),
  );
  const live = readLive(services, checks);
  if (live === undefined) throw notConsul(client.where, `GET ${paths[0]}`, 'its answer is no list of services');
  return live;
}

/**
 * Makes a service or puts it right. Never with `replace-existing-checks`, which ends a maintenance mode that somebody put
 * the service in, and checks of others (seen on 1.8.7).
 */
export async function registerService(
  client: AgentClient,
  registration: ServiceRegistration,
  signal: AbortSignal | undefined,
): Promise<void> {
  await client.call('PUT', '/v1/agent/service/register', { body: registration, signal });
}

/** One that is gone already is no error: 1.8 says nothing, newer ones say 404. */
export async function deregisterService(
  client: AgentClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await client.call('PUT', `/v1/agent/service/deregister/${encodeURIComponent(id)}`, { signal, fine: 404 });
}

export async function deregisterCheck(client: AgentClient, id: string, signal: AbortSignal | undefined): Promise<void> {
  await client.call('PUT', `/v1/agent/check/deregister/${encodeURIComponent(id)}`, { signal, fine: 404 });
}

/** Says that a TTL check is well. Without a note, so that the servers have nothing to write down. */
export async function passCheck(client: AgentClient, id: string, signal: AbortSignal | undefined): Promise<void> {
  await client.call('PUT', `/v1/agent/check/pass/${encodeURIComponent(id)}`, { signal });
}

function parse(client: AgentClient, path: string, answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    throw notConsul(client.where, `GET ${path}`, 'its answer is no JSON');
  }
}
