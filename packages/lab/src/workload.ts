import { askEngine } from './engine-api.js';
import { LabError } from './error.js';

/** A container to start. */
export interface WorkloadOptions {
  readonly image: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly network: string;
  /** Its name; the engine makes one up unless told. */
  readonly name?: string;
}

/** A container that runs. */
export interface Workload {
  readonly id: string;
  /** Its addresses on the network it was started on. */
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** Ends and removes it. */
  remove(): Promise<void>;
}

const deadline = 60_000;

/** Starts a container on an engine. Throws LabError with the engine's words. */
export async function startWorkload(socket: string, options: WorkloadOptions): Promise<Workload> {
  const { image, command, network, name } = options;
  const query = name === undefined ? '' : `?${new URLSearchParams({ name }).toString()}`;
  const body = { Image: image, Cmd: command, HostConfig: { NetworkMode: network, Init: false } };
  const { Id: id = '' } = await ask<{ Id?: string }>(socket, 'POST', `/containers/create${query}`, body);
  const remove = async () => {
    await ask(socket, 'DELETE', `/containers/${id}?force=1`);
  };
  try {
    await ask(socket, 'POST', `/containers/${id}/start`);
    const { NetworkSettings } = await ask<Inspected>(socket, 'GET', `/containers/${id}/json`);
    const endpoint = NetworkSettings?.Networks?.[network];
    const [ipv4, ipv6] = [endpoint?.IPAddress ?? '', endpoint?.GlobalIPv6Address ?? ''];
    return { id, remove, ...(ipv4 === '' ? {} : { ipv4 }), ...(ipv6 === '' ? {} : { ipv6 }) };
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
}

interface Inspected {
  NetworkSettings?: { Networks?: Record<string, { IPAddress?: string; GlobalIPv6Address?: string }> };
}

/** Makes the engine the only manager of a new swarm. Throws LabError. */
export async function initSwarm(socket: string, address: string): Promise<void> {
  await ask(socket, 'POST', '/swarm/init', { ListenAddr: `${address}:2377`, AdvertiseAddr: address });
}

/** Makes a plain bridge network. Throws LabError. */
export async function createNetwork(socket: string, name: string): Promise<void> {
  await ask(socket, 'POST', '/networks/create', { Name: name, CheckDuplicate: true });
}

async function ask<T>(socket: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const answer = await askEngine(socket, method, path, deadline, body);
  if (answer.status >= 300) throw new LabError(`the engine refuses ${method} ${path}: ${answer.body.trim()}`);
  return (answer.body === '' ? {} : JSON.parse(answer.body)) as T;
}
