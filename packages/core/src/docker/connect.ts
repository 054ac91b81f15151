import { NetctlError } from '../errors.js';
import { compareVersions } from '../versions.js';
import { formatAddress, isLoopback, parseAddress } from './address.js';
import type { EngineAddress, TcpAddress, UnixAddress } from './address.js';
import { engineClient } from './client.js';
import type { EngineClient, Via } from './client.js';
import { notDocker, speaksTls } from './errors.js';

/** The oldest API that netctl speaks (engine 20.10), and the newest that it was written against (engine 29.7). */
const OLDEST_API = '1.41';
const NEWEST_API = '1.55';

const DEFAULT_TIMEOUT_MS = 30_000;

/** Which engine, and how it is reached. */
export interface ConnectOptions {
  /** Where the engine is; `unix:///var/run/docker.sock` where neither this nor `host` is given. */
  readonly address?: EngineAddress;
  /** The same as text: `unix:///path/to/docker.sock`. */
  readonly host?: string;
  /** Allows `tcp://` without TLS to another machine. */
  readonly insecure?: boolean;
  /** What the address leads through, such as a connection of ssh that has the engine's socket at its near end. */
  readonly via?: Via;
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
 * REFUSED, USAGE
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const address = reachable(options.address ?? parseAddress(options.host ?? 'unix://'), options.insecure === true);
  const client = await engineClient(address, options.timeout ?? DEFAULT_TIMEOUT_MS, options.via);
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
      if (speaksTls(error)) throw plainToTls(client.where, error);
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

function reachable(
  address: EngineAddress | ReturnType<typeof parseAddress>,
  insecure: boolean,
): UnixAddress | TcpAddress {
  switch (address.type) {
    case 'unix':
      return address;
    case 'tcp':
      refusePlain(address, insecure);
      return address;
    case 'ssh':
    case 'context': {
      const text = address.type === 'ssh' ? formatAddress(address) : `context:${address.name}`;
      throw new NetctlError('USAGE', `${text} has to be opened before an engine can be spoken to there`, {
        hint: 'Open ssh:// with @netctl/ssh, and look a context up with findEngine.',
      });
    }
  }
}

/**
 * Whoever speaks to an engine is root on its host, and without TLS that is everybody who reaches the port or listens in
 * between. The docker CLI goes on; here a spec has to say that it is meant.
 */
function refusePlain(address: TcpAddress, insecure: boolean): void {
  if (address.tls !== undefined || insecure || isLoopback(address)) return;
  const where = formatAddress(address);
  throw new NetctlError(
    'REFUSED',
    `Refused, nothing was changed: ${where} without TLS gives root on that host to whoever reaches the port or listens in`,
    {
      hint:
        'Use ssh://USER@HOST, or TLS: DOCKER_TLS_VERIFY with DOCKER_CERT_PATH, a context, or ca, cert and key in the ' +
        'spec. The docker CLI would go on; netctl does where a host of the spec says `insecure: true`.',
    },
  );
}

function plainToTls(where: string, cause: NetctlError): NetctlError {
  return new NetctlError('ENGINE_UNREACHABLE', `The engine at ${where} speaks TLS, and was spoken to without`, {
    hint: 'Give it the certificates: DOCKER_TLS_VERIFY with DOCKER_CERT_PATH, a context, or ca, cert and key in the spec.',
    cause,
  });
}
