export { iproute2 } from './backend.js';
export type { Iproute2Options } from './backend.js';
export type { RemoteShell } from './place.js';
export { explainIp } from './explain.js';
export { hostReader } from './host-reader.js';
export { prober } from './verify/prober.js';
export type { ProberOptions } from './verify/prober.js';
export { readNeighbours } from './neighbours.js';
