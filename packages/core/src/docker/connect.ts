import { NetctlError } from '../errors.js';
import { compareVersions } from '../versions.js';
import { engineClient } from './client.js';
import type { EngineClient } from './client.js';
import { notDocker } from './errors.js';

/** The oldest API that netctl speaks (engine 20.10), and the newest that it was written against (engine 29.7). */
const OLDEST_API = '1.41';
const NEWEST_API = '1.55';

const DEFAULT_TIMEOUT_MS = 30_000;

export interface ConnectOptions {
  /** `unix:///path/to/docker.sock`; Docker's own default where it is not given. */
  readonly host?: string;
  /** Milliseconds for each call, 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** A client whose API version is agreed with the engine. */
export interface Connection {
  readonly client: EngineClient;
  readonly apiVersion: string;
}

/**
 * Reaches the engine and agrees on an API version: the newest that both know. The version is never pinned, because
 * 20.10 ends at 1.41 and 29.0 begins at 1.44.
 * @throws NetctlError ENGINE_UNREACHABLE, ENGINE_NOT_DOCKER, ENGINE_TOO_OLD, ENGINE_TOO_NEW, ENGINE_TIMEOUT, PERMISSION,
 * USAGE
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const socketPath = socketOf(options.host ?? 'unix:///var/run/docker.sock');
  const client = await engineClient({ socketPath }, options.timeout ?? DEFAULT_TIMEOUT_MS);
  try {
    const { headers } = await client.call('GET', '/_ping', { signal: options.signal });
    const offered = headers['api-version'];
    if (typeof offered !== 'string' || !/^\d+\.\d+$/.test(offered)) {
      throw notDocker(client.where, 'it does not say which API version it speaks');
    }
    if (compareVersions(offered, OLDEST_API) < 0) {
      throw new NetctlError(
        'ENGINE_TOO_OLD',
        `The engine at ${client.where} speaks API ${offered}; netctl needs ${OLDEST_API}`,
        {
          hint: 'Upgrade Docker to 20.10 or newer.',
        },
      );
    }
    const newer = compareVersions(offered, NEWEST_API) > 0;
    if (newer) await stillSpeaks(client, options.signal);
    const apiVersion = newer ? NEWEST_API : offered;
    client.useVersion(apiVersion);
    return { client, apiVersion };
  } catch (error) {
    client.close();
    if (error instanceof NetctlError && error.code === 'ENGINE_ERROR') {
      throw notDocker(client.where, 'it answers a ping with an error', error);
    }
    throw error;
  }
}

/** An engine that is newer than netctl may have given up the API that netctl knows; the ping does not say so. */
async function stillSpeaks(client: EngineClient, signal: AbortSignal | undefined): Promise<void> {
  const { json } = await client.call('GET', '/version', { signal });
  const oldest = (json as { MinAPIVersion?: unknown } | undefined)?.MinAPIVersion;
  if (typeof oldest !== 'string' || compareVersions(oldest, NEWEST_API) <= 0) return;
  throw new NetctlError(
    'ENGINE_TOO_NEW',
    `The engine at ${client.where} speaks API ${oldest} and newer; this netctl ends at ${NEWEST_API}`,
    { hint: 'Upgrade netctl, or set a lower min-api-version for the engine.' },
  );
}

function socketOf(host: string): string {
  const path = host.startsWith('unix://') ? host.slice('unix://'.length) || '/var/run/docker.sock' : undefined;
  if (path?.startsWith('/') !== true) {
    throw new NetctlError('USAGE', `"${host}" is not an engine that netctl can reach`, {
      hint: 'This version of netctl reaches engines by Unix socket: unix:///var/run/docker.sock.',
    });
  }
  return path;
}
