import { checkId } from './heartbeat.js';
import type { CheckRegistration, ServiceRegistration } from './registration.js';

/** Consul's own rule for the id of a sidecar, which no registration can change. */
export const sidecarId = (id: string): string => `${id}-sidecar-proxy`;

/**
 * The registration with the address and the checks of its sidecar said. Consul's own check looks at 127.0.0.1 of the agent
 * whether the sidecar listens (seen on 1.8.7), where that of a container never does. A port that Consul chooses is not
 * known before, so that such a sidecar follows its service alone.
 */
export function withSidecarChecks(registration: ServiceRegistration): ServiceRegistration {
  const { ID: id, Address, Connect: connect } = registration;
  const sidecar = connect?.SidecarService;
  if (sidecar === undefined) return registration;
  const { Address: address = Address, Port: port } = sidecar;
  const follows: CheckRegistration = {
    CheckID: checkId(sidecarId(id), 'service'),
    Name: `Connect sidecar of ${id}`,
    AliasService: id,
    Status: 'passing',
  };
  const listens: CheckRegistration = {
    CheckID: checkId(sidecarId(id), 'listening'),
    Name: 'Connect sidecar listening',
    TCP: `${address.includes(':') ? `[${address}]` : address}:${port ?? 0}`,
    Interval: '10s',
  };
  const checks = port === undefined ? [follows] : [follows, listens];
  return { ...registration, Connect: { ...connect, SidecarService: { ...sidecar, Address: address, Checks: checks } } };
}
