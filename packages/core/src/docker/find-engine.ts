import type { Environment } from '../environment.js';
import { NetctlError } from '../errors.js';
import { contextName, parseAddress, TLS_PORT } from './address.js';
import type { ContextName, EngineAddress, TcpAddress } from './address.js';
import type { ConfigFiles } from './config-files.js';
import { configFolder, contextEngine, currentContext, DEFAULT_CONTEXT, readConfig, tlsFiles } from './contexts.js';

/** What a command line says, with `--host` and `--context`. */
export interface EngineChoice {
  readonly host?: string;
  readonly context?: string;
}

/** One engine as a spec spells it out, with the contents of the files that it names. */
export interface EngineSpelledOut {
  /** `unix://`, `tcp://`, `ssh://` or `context:NAME` */
  readonly docker: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Where the engine is, found as the docker CLI finds it (its cli/command/cli.go and opts/hosts.go): `--context`, `--host`,
 * DOCKER_HOST, DOCKER_CONTEXT, the current context, and without all of these the local socket, or with TLS asked for
 * localhost:2376. DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH count for `--host` and DOCKER_HOST alone.
 * @throws NetctlError USAGE
 */
export async function findEngine(choice: EngineChoice, env: Environment, files: ConfigFiles): Promise<EngineAddress> {
  const { host } = choice;
  const context = choice.context === '' ? undefined : choice.context;
  if (host !== undefined && context !== undefined) {
    throw new NetctlError('USAGE', 'Both --host and --context say where the engine is', { hint: 'Say one of them.' });
  }
  const folder = configFolder(env, files);
  const named = context ?? (host === undefined ? await contextOf(env, folder, files) : undefined);
  if (named !== undefined && named !== DEFAULT_CONTEXT) {
    return contextEngine(contextName(named).name, folder, files);
  }
  const verify = isSet(env, 'DOCKER_TLS_VERIFY');
  const asksTls = verify || isSet(env, 'DOCKER_TLS');
  // The context named "default" is what DOCKER_HOST says, also by --context.
  const text = (host ?? env['DOCKER_HOST'] ?? '').trim();
  const address = parseAddress(text !== '' ? text : asksTls ? `tcp://localhost:${TLS_PORT}` : 'unix://');
  if (address.type === 'context') return namedEngine(address, env, files);
  if (address.type !== 'tcp' || !asksTls) return address;
  return withTls(address, env['DOCKER_CERT_PATH'], folder, verify, files);
}

/**
 * Where the engine of a spec is. The environment has no part in it, but that it says where the docker CLI keeps its
 * contexts (DOCKER_CONFIG), without which `context:NAME` has no meaning.
 * @throws NetctlError USAGE
 */
export async function spelledOut(
  engine: EngineSpelledOut,
  env: Environment,
  files: ConfigFiles,
): Promise<EngineAddress> {
  const { docker, ca, cert, key } = engine;
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const given = Object.keys(tls);
  const address = parseAddress(docker, given.length > 0 ? TLS_PORT : undefined);
  if (given.length > 0 && address.type !== 'tcp') {
    throw new NetctlError('USAGE', `${given.join(', ')} beside ${docker}: certificates are for tcp:// alone`, {
      hint: 'Leave them out, or name the engine by tcp://HOST:2376.',
    });
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new NetctlError(
      'USAGE',
      `For ${docker} there is ${cert === undefined ? 'key without cert' : 'cert without key'}`,
      {
        hint: 'Give both cert and key: together they say who you are.',
      },
    );
  }
  if (address.type === 'context') return namedEngine(address, env, files);
  return given.length > 0 ? ({ ...address, tls } as TcpAddress) : address;
}

async function namedEngine({ name }: ContextName, env: Environment, files: ConfigFiles): Promise<EngineAddress> {
  if (name === DEFAULT_CONTEXT) {
    throw new NetctlError('USAGE', 'context:default is whatever DOCKER_HOST says, and so names no engine', {
      hint: 'Write the address itself, such as unix:///var/run/docker.sock.',
    });
  }
  return contextEngine(name, configFolder(env, files), files);
}

/** DOCKER_HOST beats DOCKER_CONTEXT. */
async function contextOf(env: Environment, folder: string, files: ConfigFiles): Promise<string | undefined> {
  if (isSet(env, 'DOCKER_HOST')) return undefined;
  return isSet(env, 'DOCKER_CONTEXT') ? env['DOCKER_CONTEXT'] : currentContext(folder, files);
}

/** With any text at all: `0` and `false` count too, as in the docker CLI. */
function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}

async function withTls(
  address: TcpAddress,
  certPath: string | undefined,
  folder: string,
  verify: boolean,
  files: ConfigFiles,
): Promise<TcpAddress> {
  const from = certPath === undefined || certPath === '' ? folder : certPath;
  if (verify && (await readConfig(`${from}/ca.pem`, files)) === undefined) {
    throw new NetctlError(
      'USAGE',
      `DOCKER_TLS_VERIFY asks for TLS, and there is no ${from}/ca.pem to verify the engine by`,
      {
        hint: 'Name the folder that has ca.pem, cert.pem and key.pem with DOCKER_CERT_PATH.',
      },
    );
  }
  const material = await tlsFiles(from, files);
  return { ...address, tls: { ...material, ...(verify ? {} : { verify: false }) } };
}
