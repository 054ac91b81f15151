import { createHmac, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NetctlError } from '@netctl/core';
import { reasonOf } from './errors.js';
import type { AgentSettings } from './settings.js';

/** What the files that the settings name have in them. */
export interface Credentials {
  readonly token?: string;
  /** PEM. Without any, the authorities that Node.js knows. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the files once, as Consul's tools do.
 * @throws NetctlError USAGE for what cannot be read or cannot be a token
 */
export async function readCredentials(settings: AgentSettings): Promise<Credentials> {
  const { tokenFile, caFile, caFolder, client, secure } = settings;
  const fromFile = tokenFile === undefined ? '' : (await read('CONSUL_HTTP_TOKEN_FILE', tokenFile)).trim();
  const token = fromFile === '' ? settings.token : fromFile;
  if (token !== undefined && !/^[!-~]+$/.test(token)) {
    throw new NetctlError('USAGE', 'The token for Consul has a character that no token has', {
      hint: 'Look at CONSUL_HTTP_TOKEN and CONSUL_HTTP_TOKEN_FILE: a token is one word, a UUID as a rule.',
    });
  }
  const withToken = token === undefined ? {} : { token };
  if (!secure) return withToken;
  return {
    ...withToken,
    ...(caFile !== undefined
      ? { ca: [await read('CONSUL_CACERT', caFile)] }
      : caFolder !== undefined && { ca: await readFolder('CONSUL_CAPATH', caFolder) }),
    ...(client !== undefined && {
      cert: await read('CONSUL_CLIENT_CERT', client.certFile),
      key: await read('CONSUL_CLIENT_KEY', client.keyFile),
    }),
  };
}

/** Of this process alone, so that a digest is of no use to whoever guesses. */
const DIGEST_KEY = randomBytes(32);

/** Tells credentials from others that this process has read. */
export function credentialsDigest({ token, ca, cert, key }: Credentials): string {
  // Folders list their files in any order.
  const texts = [token ?? null, cert ?? null, key ?? null, ...[...(ca ?? [])].sort()];
  return createHmac('sha256', DIGEST_KEY).update(JSON.stringify(texts)).digest('hex');
}

async function read(variable: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(variable, file, error);
  });
}

/** All of its files, those in folders below it too. */
async function readFolder(variable: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(variable, folder, error);
  });
  // OpenSSL's own folders of certificates are full of links to them.
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  return Promise.all(files.map(({ parentPath, name }) => read(variable, join(parentPath, name))));
}

function unreadable(variable: string, file: string, cause: unknown): NetctlError {
  return new NetctlError('USAGE', `Cannot read ${file}, which ${variable} names: ${reasonOf(cause)}`, {
    hint: `Mend the path or the permissions, or unset ${variable}.`,
    cause,
  });
}
