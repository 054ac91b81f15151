export { compareServices } from './compare-services.js';
export type { ComparedService, Comparison, ServiceState } from './compare-services.js';
export { connectConsul } from './connect.js';
export type { Consul, ConsulOptions } from './connect.js';
export type { Conflict } from './diff.js';
export { discover } from './discovery/discover.js';
export type { DiscoverOptions } from './discovery/discover.js';
export type { DiscoveryEvent } from './discovery/events.js';
export { HEARTBEAT_SERVICE } from './heartbeat.js';
export type { Patience } from './heartbeat.js';
export type { CheckStatus } from './live.js';
export type { ServiceOwner } from './marks.js';
export { observeServices } from './observe.js';
export type { ObservedCheck, ObservedService } from './observe.js';
export { deregisterAll, reconcile } from './reconcile.js';
export type { FailedEntry, Reconciled, ReconcileOptions } from './reconcile.js';
export type {
  CheckRegistration,
  ConnectRegistration,
  ServiceRegistration,
  SidecarRegistration,
  UpstreamRegistration,
} from './registration.js';
export type { Environment } from './settings.js';
export { wantedServices } from './wanted.js';
export type { Wanted, WantedInput } from './wanted.js';
