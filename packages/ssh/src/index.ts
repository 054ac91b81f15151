export { openSsh } from './connection.js';
export type { SshConnection, SshOptions } from './connection.js';
export type { EngineWay } from './engine.js';
