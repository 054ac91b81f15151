import { listLive } from './agent.js';
import type { Consul } from './connect.js';
import { heartbeatId } from './heartbeat.js';
import type { CheckStatus, Live, LiveService } from './live.js';
import { isOwn } from './marks.js';
import type { ServiceOwner } from './marks.js';

/** A service of an owner as the agent has it now. */
export interface ObservedService {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly tags: readonly string[];
  /** The worst of its checks; DNS does not answer what is critical. */
  readonly health: CheckStatus;
  readonly checks: readonly ObservedCheck[];
  /** The id of the service that this is the sidecar of. */
  readonly sidecarOf?: string;
}

export interface ObservedCheck {
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  /** What the check said last. */
  readonly output: string;
}

/** The entries of one owner, without its heartbeat, by id. Throws as `reconcile` does. */
export async function observeServices(
  consul: Consul,
  owner: ServiceOwner,
  options: { readonly signal?: AbortSignal } = {},
): Promise<readonly ObservedService[]> {
  const live = await listLive(consul.client, options.signal);
  return [...live.services.values()]
    .filter((one) => isOwn(one, owner) && one.ID !== heartbeatId(owner))
    .map((one) => toObserved(one, live))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function toObserved(service: LiveService, live: Live): ObservedService {
  const checks = live.checks.get(service.ID) ?? [];
  const statuses = new Set(checks.map(({ Status: status }) => status));
  return {
    id: service.ID,
    name: service.Service,
    address: service.Address,
    port: service.Port,
    tags: service.Tags,
    health: statuses.has('critical') ? 'critical' : statuses.has('warning') ? 'warning' : 'passing',
    checks: checks.map((one) => ({ id: one.CheckID, name: one.Name, status: one.Status, output: one.Output })),
    ...(service.Destination !== '' && { sidecarOf: service.Destination }),
  };
}
