import { agentClient } from './client.js';
import type { AgentClient } from './client.js';
import { credentialsDigest, readCredentials } from './credentials.js';
import { tokenMark } from './marks.js';
import { agentSettings, isInTheClear } from './settings.js';
import type { Environment } from './settings.js';

const DEFAULT_TIMEOUT_MS = 10_000;

export interface ConsulOptions {
  /** Where the agent is; it comes before CONSUL_HTTP_ADDR. `http://127.0.0.1:8500` where neither is said. */
  readonly address?: string;
  /** The variables of Consul's own tools: CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN, CONSUL_CACERT and so on. */
  readonly env: Environment;
  /** Milliseconds for each call, 10,000 by default. */
  readonly timeout?: number;
}

/** A way to one Consul agent. Nothing is sent before it is used, so the agent may be down. */
export interface Consul extends AsyncDisposable {
  /** Its address as people write it. */
  readonly where: string;
  /** True when the token goes to another machine without TLS. Consul's tools do so too; it deserves a warning. */
  readonly tokenInTheClear: boolean;
  readonly client: AgentClient;
  /** Of the token; see marks.ts. */
  readonly tokenMark: string;
  /** Of the token and the certificates, to see that they are others now. It is not for display. */
  readonly credentials: string;
}

/**
 * Reads the way to an agent, with all files that it names.
 * @throws NetctlError USAGE
 */
export async function connectConsul({ address, env, timeout }: ConsulOptions): Promise<Consul> {
  const settings = agentSettings(env, address);
  const credentials = await readCredentials(settings);
  const client = agentClient(settings, credentials, timeout ?? DEFAULT_TIMEOUT_MS);
  return {
    where: client.where,
    tokenInTheClear: credentials.token !== undefined && isInTheClear(settings),
    client,
    tokenMark: tokenMark(credentials.token),
    credentials: credentialsDigest(credentials),
    [Symbol.asyncDispose]: async () => {
      client.close();
      return Promise.resolve();
    },
  };
}
