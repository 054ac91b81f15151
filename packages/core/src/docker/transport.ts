import { Agent, request } from 'node:http';
import type { AgentOptions, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';

import { bracketed } from './address.js';
import type { TcpAddress, UnixAddress } from './address.js';

/** Sends one request, as `request` of node:http and of node:https do. */
export type Send = (options: RequestOptions, done: (response: IncomingMessage) => void) => ClientRequest;

/** TLS is loaded where it is spoken. */
export async function wayTo(
  address: UnixAddress | TcpAddress,
  maxSockets: number,
): Promise<{ readonly agent: Agent; readonly send: Send }> {
  const common = { keepAlive: true, maxSockets };
  if (address.type === 'unix' || address.tls === undefined) {
    // Without TLS there is no server name, which an agent would work out all the same.
    return { agent: new Agent({ ...common, servername: '' } as AgentOptions), send: request };
  }
  const https = await import('node:https');
  const { ca, cert, key, serverName, verify = true } = address.tls;
  const agent = new https.Agent({
    ...common,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    // Said whatever it is: NODE_TLS_REJECT_UNAUTHORIZED would else decide.
    rejectUnauthorized: verify,
  });
  return { agent, send: https.request };
}

/** With its scheme the modem understands IPv6 addresses too. */
export function modemOptions(address: UnixAddress | TcpAddress): object {
  if (address.type === 'unix') return { socketPath: address.socketPath, host: undefined, protocol: 'http' };
  const protocol = address.tls === undefined ? 'http' : 'https';
  return { host: `${protocol}://${bracketed(address.host)}`, port: address.port, protocol };
}
