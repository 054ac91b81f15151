import { createHash } from 'node:crypto';

import type { Environment } from '../environment.js';
import { messageOf, NetctlError } from '../errors.js';
import { parseAddress } from './address.js';
import type { EngineAddress, TlsMaterial } from './address.js';
import type { ConfigFiles } from './config-files.js';

/** The one context that is no file: what DOCKER_HOST and its relatives say. */
export const DEFAULT_CONTEXT = 'default';

/** Where the docker CLI keeps what it knows: `config.json`, `contexts/`, and certificates for TLS. */
export function configFolder(env: Environment, files: ConfigFiles): string {
  const given = env['DOCKER_CONFIG'];
  return given === undefined || given === '' ? `${files.home}/.docker` : given;
}

/** The context that `docker context use` chose. Without a readable file the docker CLI goes on with its defaults too. */
export async function currentContext(folder: string, files: ConfigFiles): Promise<string | undefined> {
  try {
    const config = JSON.parse((await files.read(`${folder}/config.json`)) ?? '{}') as { currentContext?: unknown };
    const { currentContext: name } = config;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The engine of a named context, from the docker CLI's own store (cli/context/store): folders are named by the SHA-256
 * of the context's name. Of the environment nothing else counts here, as there.
 * @throws NetctlError USAGE
 */
export async function contextEngine(name: string, folder: string, files: ConfigFiles): Promise<EngineAddress> {
  const id = createHash('sha256').update(name).digest('hex');
  const path = `${folder}/contexts/meta/${id}/meta.json`;
  const text = await readConfig(path, files);
  if (text === undefined) {
    throw new NetctlError('USAGE', `There is no Docker context ${JSON.stringify(name)} in ${folder}`, {
      hint: '`docker context ls` lists those that there are; `docker context create` makes one.',
    });
  }
  const endpoint = endpointOf(name, path, text);
  const host = typeof endpoint.Host === 'string' ? endpoint.Host : '';
  const address = parseAddress(host === '' ? 'unix://' : host);
  if (address.type === 'context') throw unusable(name, path, `its host is ${host}`);
  if (address.type !== 'tcp') return address;
  const skip = endpoint.SkipTLSVerify === true;
  const material = await tlsFiles(`${folder}/contexts/tls/${id}/docker`, files);
  if (Object.keys(material).length === 0 && !skip) return address;
  return { ...address, tls: { ...material, ...(skip ? { verify: false } : {}) } };
}

/** `ca.pem`, `cert.pem` and `key.pem` of a folder, those that are there. */
export async function tlsFiles(folder: string, files: ConfigFiles): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all(
    ['ca', 'cert', 'key'].map((name) => readConfig(`${folder}/${name}.pem`, files)),
  );
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** As `files.read`, with what to do about a file that cannot be read. */
export async function readConfig(path: string, files: ConfigFiles): Promise<string | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    throw new NetctlError('USAGE', `Cannot read ${path}: ${messageOf(error)}`, {
      hint: 'Make it readable for the user that runs netctl.',
      cause: error,
    });
  }
}

interface DockerEndpoint {
  readonly Host?: unknown;
  readonly SkipTLSVerify?: unknown;
}

function endpointOf(name: string, path: string, text: string): DockerEndpoint {
  let meta: unknown;
  try {
    meta = JSON.parse(text);
  } catch (error) {
    throw unusable(name, path, messageOf(error));
  }
  const endpoint = (meta as { Endpoints?: { docker?: unknown } } | null)?.Endpoints?.docker;
  if (typeof endpoint === 'object' && endpoint !== null) return endpoint;
  throw unusable(name, path, 'it names no Docker engine');
}

function unusable(name: string, path: string, why: string): NetctlError {
  return new NetctlError('USAGE', `The Docker context ${JSON.stringify(name)} cannot be used: ${why} (${path})`, {
    hint: 'Make it again with `docker context create`, or name the engine with --host.',
  });
}
