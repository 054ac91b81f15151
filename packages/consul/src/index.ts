export type {
  CheckRegistration,
  ConnectRegistration,
  ServiceRegistration,
  SidecarRegistration,
  UpstreamRegistration,
} from './registration.js';
export { wantedServices } from './wanted.js';
export type { Wanted, WantedInput } from './wanted.js';
