import { NetctlError } from '@netctl/core';

/** Where an agent listens for its HTTP API. */
export type AgentAddress =
  | { readonly type: 'unix'; readonly socketPath: string }
  | {
      readonly type: 'tcp';
      /** A name or an address, without brackets. */
      readonly host: string;
      readonly port: number;
      /** Before the path of every request, where a gateway has the agent there; without a slash at its end. */
      readonly prefix: string;
    };

/** An address, and whether TLS is spoken there. */
export interface AgentPlace {
  readonly address: AgentAddress;
  readonly secure: boolean;
}

/** Where Consul's own tools look when nothing is said. */
export const DEFAULT_ADDRESS = '127.0.0.1:8500';

const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_](?:[a-z0-9_.-]{0,252})?)?)(?::(\d{1,5}))?$/i;

/**
 * Reads an address as Consul's tools do (api.NewClient): `HOST:PORT`, `http://`, `https://` or `unix://`, a path after the
 * port being a prefix; without a port it is that of the scheme. `ssl` is CONSUL_HTTP_SSL, which `http://` does not undo. Pure.
 * @throws NetctlError USAGE
 */
export function parseAgentAddress(text: string, ssl = false): AgentPlace {
  const [, scheme = 'http', rest = ''] = /^(?:([^:/]*):\/\/)?([^]*)$/.exec(text.trim()) ?? [];
  switch (scheme) {
    case 'unix':
      if (!rest.startsWith('/') || rest.includes('\0')) throw wrong(text, 'the path of the socket has to begin with /');
      return { address: { type: 'unix', socketPath: rest }, secure: ssl };
    case 'http':
      return tcp(text, rest, ssl);
    case 'https':
      return tcp(text, rest, true);
    default:
      throw wrong(text, `${JSON.stringify(scheme)} is no scheme of an agent`);
  }
}

/** The address as people write it; nothing secret can be in it. */
export function formatAgentAddress({ address, secure }: AgentPlace): string {
  if (address.type === 'unix') return `unix://${address.socketPath}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${secure ? 'https' : 'http'}://${host}:${address.port}${address.prefix}`;
}

function tcp(text: string, rest: string, secure: boolean): AgentPlace {
  const slash = rest.indexOf('/');
  const [authority, path] = slash < 0 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash)];
  if (authority.includes('@')) throw wrong(text, 'a user and password belong in CONSUL_HTTP_AUTH');
  const match = AUTHORITY.exec(authority);
  if (match === null || authority === '') throw wrong(text, 'HOST:PORT is the form');
  if (!/^[!-~]*$/.test(path) || /[?#]/.test(path)) throw wrong(text, 'what follows the port is no path');
  const port = match[3] === undefined ? (secure ? 443 : 80) : Number(match[3]);
  if (port < 1 || port > 65_535) throw wrong(text, 'ports are 1 to 65535');
  const host = match[1] ?? match[2] ?? 'localhost';
  return { address: { type: 'tcp', host, port, prefix: path.replace(/\/+$/, '') }, secure };
}

function wrong(text: string, why: string): NetctlError {
  // What goes to a terminal or a log has no password in it.
  const shown = JSON.stringify(text.replace(/[^/@]*@/, '…@'));
  return new NetctlError('USAGE', `${shown} is no address of a Consul agent: ${why}`, {
    hint: 'Write http://127.0.0.1:8500, https://HOST:8501 or unix:///PATH/OF/SOCKET, in the spec or in CONSUL_HTTP_ADDR.',
  });
}
