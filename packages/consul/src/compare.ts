import { isDeepStrictEqual } from 'node:util';
import { checkId, heartbeatId, lifelineId } from './heartbeat.js';
import { NODE } from './live.js';
import type { CheckStatus, Live, LiveService } from './live.js';
import { specOf } from './marks.js';
import type { ServiceOwner } from './marks.js';
import type { CheckRegistration, ServiceRegistration, SidecarRegistration } from './registration.js';
import { sidecarId } from './sidecar.js';

/**
 * Whether the agent has to be told. What it was last told is in a mark; what somebody changed since is seen as far as the
 * agent lists it: all of a service, whether its checks are there, the address and upstreams of its sidecar. What a check
 * does is in no list.
 */
export function differs(wanted: ServiceRegistration, { services, checks }: Live, owner: ServiceOwner): boolean {
  const live = services.get(wanted.ID);
  if (live === undefined || !isDeepStrictEqual(seen(live), asked(wanted))) return true;
  if (lacksChecks(wanted.ID, wanted.Checks, checks)) return true;
  if (hasLostItsLifeline(wanted.ID, checks, heartbeatId(owner))) return true;
  const sidecar = wanted.Connect?.SidecarService;
  if (sidecar === undefined) return false;
  const itsId = sidecarId(wanted.ID);
  return lacksChecks(itsId, sidecar.Checks, checks) || sidecarDiffers(sidecar, wanted, services.get(itsId));
}

/**
 * Whether it is down though the heartbeat is well. After a restart of the agent that can last for a minute: the first look of
 * a check at what it follows is lost now and then (seen on 1.8.7, one in some hundred). It is down with its node too, as in
 * maintenance, where nothing is lost.
 */
function hasLostItsLifeline(id: string, checks: Live['checks'], pulse: string): boolean {
  if (checks.get(NODE)?.some(({ Status: status }) => status === 'critical') === true) return false;
  const statusOf = (service: string, check: string): CheckStatus | undefined =>
    checks.get(service)?.find(({ CheckID: one }) => one === check)?.Status;
  return statusOf(id, lifelineId(id)) === 'critical' && statusOf(pulse, pulse) === 'passing';
}

/** Checks of netctl's that the service or its sidecar has no more; those of others have other ids. */
export function staleChecks(wanted: ServiceRegistration, { checks }: Live): readonly string[] {
  const stale = (id: string, kept: readonly CheckRegistration[] = []): readonly string[] => {
    const ids = new Set(kept.map(({ CheckID: one }) => one));
    const live = checks.get(id)?.map(({ CheckID: one }) => one) ?? [];
    return live.filter((one) => !ids.has(one) && (one === lifelineId(id) || one.startsWith(checkId(id, ''))));
  };
  const sidecar = wanted.Connect?.SidecarService;
  const ofSidecar = sidecar === undefined ? [] : stale(sidecarId(wanted.ID), sidecar.Checks);
  return [...stale(wanted.ID, wanted.Checks), ...ofSidecar];
}

function lacksChecks(id: string, wanted: readonly CheckRegistration[] | undefined, checks: Live['checks']): boolean {
  const ids = new Set(checks.get(id)?.map(({ CheckID: one }) => one));
  return wanted?.some(({ CheckID: one = '' }) => !ids.has(one)) === true;
}

function asked({
  Name: name,
  Tags: tags,
  Address: address,
  Port: port,
  Meta: meta,
  Weights: weights,
  Connect: connect,
}: ServiceRegistration): object {
  return {
    name,
    tags: [...tags],
    address,
    port,
    meta: { ...meta },
    weights: weights ?? { Passing: 1, Warning: 1 },
    native: connect?.Native === true,
    // Others may not change tags through the servers.
    override: false,
  };
}

function seen(live: LiveService): object {
  return {
    name: live.Service,
    tags: live.Tags,
    address: live.Address,
    port: live.Port,
    meta: live.Meta,
    weights: live.Weights,
    native: live.Native,
    override: live.EnableTagOverride,
  };
}

function sidecarDiffers(
  sidecar: SidecarRegistration,
  wanted: ServiceRegistration,
  live: LiveService | undefined,
): boolean {
  if (live === undefined || specOf(live) !== specOf(wanted)) return true;
  const upstreams = sidecar.Proxy?.Upstreams?.map((one) => ({ LocalBindAddress: '', Datacenter: '', ...one }));
  return (
    (sidecar.Port !== undefined && sidecar.Port !== live.Port) ||
    (sidecar.Address ?? wanted.Address) !== live.Address ||
    !isDeepStrictEqual(upstreams ?? [], live.Upstreams)
  );
}
