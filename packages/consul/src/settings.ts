import { isLoopback, NetctlError } from '@netctl/core';
import { DEFAULT_ADDRESS, parseAgentAddress } from './address.js';
import type { AgentPlace } from './address.js';

/** Variables by name, as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says of the way to an agent; files are named, and not read yet. */
export interface AgentSettings extends AgentPlace {
  readonly token?: string;
  /** What it has, unless that is nothing, comes before `token`. */
  readonly tokenFile?: string;
  /** `USER:PASSWORD`, for a gateway before the agent. */
  readonly auth?: string;
  readonly namespace?: string;
  readonly partition?: string;
  /** False: encrypted, but whoever answers is taken for the agent. */
  readonly verify: boolean;
  readonly serverName?: string;
  /** Comes before `caFolder`. */
  readonly caFile?: string;
  readonly caFolder?: string;
  readonly client?: { readonly certFile: string; readonly keyFile: string };
}

/**
 * Reads the variables that Consul's own tools use, with their meaning and precedence (api.DefaultConfig and NewClient of
 * Consul). An address that is given comes before CONSUL_HTTP_ADDR, as `-http-addr` does. One difference: what is no boolean
 * is an error here; there, a misspelled CONSUL_HTTP_SSL_VERIFY turns verification off. Pure.
 * @throws NetctlError USAGE
 */
export function agentSettings(env: Environment, address?: string): AgentSettings {
  const place = parseAgentAddress(
    address ?? said(env, 'CONSUL_HTTP_ADDR') ?? DEFAULT_ADDRESS,
    flag(env, 'CONSUL_HTTP_SSL') ?? false,
  );
  const [certFile, keyFile] = [said(env, 'CONSUL_CLIENT_CERT'), said(env, 'CONSUL_CLIENT_KEY')];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new NetctlError('USAGE', 'Of CONSUL_CLIENT_CERT and CONSUL_CLIENT_KEY only one is set', {
      hint: 'Set both, or neither.',
    });
  }
  const auth = said(env, 'CONSUL_HTTP_AUTH');
  return {
    ...place,
    verify: flag(env, 'CONSUL_HTTP_SSL_VERIFY') ?? true,
    ...given('token', said(env, 'CONSUL_HTTP_TOKEN')),
    ...given('tokenFile', said(env, 'CONSUL_HTTP_TOKEN_FILE')),
    ...given('auth', auth === undefined || auth.includes(':') ? auth : `${auth}:`),
    ...given('namespace', said(env, 'CONSUL_NAMESPACE')),
    ...given('partition', said(env, 'CONSUL_PARTITION')),
    ...given('serverName', withoutPort(said(env, 'CONSUL_TLS_SERVER_NAME'))),
    ...given('caFile', said(env, 'CONSUL_CACERT')),
    ...given('caFolder', said(env, 'CONSUL_CAPATH')),
    ...(certFile === undefined || keyFile === undefined ? {} : { client: { certFile, keyFile } }),
  };
}

/** Whether what is sent to the agent can be read on the way, by whoever is between the two. */
export function isInTheClear({ address, secure }: AgentPlace): boolean {
  return address.type === 'tcp' && !secure && !isLoopback(address);
}

/** What is empty counts as not set, as it does for Consul. */
function said(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

/** As Go's strconv.ParseBool has it. */
function flag(env: Environment, name: string): boolean | undefined {
  const value = said(env, name);
  if (value === undefined) return undefined;
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  throw new NetctlError('USAGE', `${name} is ${JSON.stringify(value)}, which is neither true nor false`, {
    hint: `Set ${name} to true or false.`,
  });
}

function withoutPort(name: string | undefined): string | undefined {
  return name?.replace(/^\[(.*)\](:\d*)?$/, '$1').replace(/^([^:]*):\d*$/, '$1');
}

function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
