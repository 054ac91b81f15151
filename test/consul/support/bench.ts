import { connectConsul, reconcile } from '@netctl/consul';
import type { Consul, Reconciled, ServiceRegistration } from '@netctl/consul';
import { startAgent } from './agent.js';
import { askConsul, idsOf } from './ask.js';
import { owner } from './services.js';

/** An agent, and a netctl that registers the services of `owner` there. */
export interface ConsulBench extends AsyncDisposable {
  readonly http: string;
  /** As `dns.Resolver` wants it. */
  readonly dns: string;
  /** The address that the agent listens at. */
  readonly address: string;
  readonly consul: Consul;
  make(...wanted: readonly ServiceRegistration[]): Promise<Reconciled>;
  /** A change that somebody else makes. */
  put(path: string, body?: unknown): Promise<unknown>;
  /** Leaves the agent with nothing. */
  empty(): Promise<void>;
}

export async function openBench(): Promise<ConsulBench> {
  const agent = await startAgent();
  const consul = await connectConsul({ env: { CONSUL_HTTP_ADDR: agent.http } });
  const put = async (path: string, body?: unknown) => askConsul(agent.http, 'PUT', path, { body });
  return {
    http: agent.http,
    dns: agent.dns,
    address: agent.address,
    consul,
    make: async (...wanted) => reconcile(consul, wanted, owner),
    put,
    empty: async () => {
      for (const id of await idsOf(agent.http)) await put(`/v1/agent/service/deregister/${id}`);
    },
    [Symbol.asyncDispose]: async () => {
      await consul[Symbol.asyncDispose]();
      await agent[Symbol.asyncDispose]();
    },
  };
}
