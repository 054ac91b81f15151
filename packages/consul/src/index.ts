export type {
  CheckRegistration,
  ConnectRegistration,
  ServiceRegistration,
  SidecarRegistration,
  UpstreamRegistration,
} from './registration.js';
