import type { NetctlError } from '../errors.js';
import type { CallOptions, EngineClient } from './client.js';
import { notDocker } from './errors.js';

/** `GET`, for an answer that is an object. */
export async function read<T extends object>(
  client: EngineClient,
  path: string,
  signal?: AbortSignal,
  limit: Pick<CallOptions, 'timeout'> = {},
): Promise<T> {
  const { json } = await client.call('GET', path, { ...limit, signal });
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as T;
  throw unexpected(client, `GET ${path}`);
}

/** `GET`, for an answer that is a list of objects. */
export async function readList<T extends object>(
  client: EngineClient,
  path: string,
  signal?: AbortSignal,
  query?: Readonly<Record<string, string>>,
): Promise<readonly T[]> {
  const { json } = await client.call('GET', path, { signal, ...(query === undefined ? {} : { query }) });
  if (Array.isArray(json) && json.every((item) => typeof item === 'object' && item !== null)) return json as T[];
  throw unexpected(client, `GET ${path}`);
}

export function unexpected(client: EngineClient, call: string): NetctlError {
  return notDocker(client.where, `it answers ${call} with something else than Docker does`);
}
