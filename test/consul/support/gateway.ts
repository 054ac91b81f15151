import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands before an agent: it has a prefix, and asks for a user and a password. */
export interface Gateway extends AsyncDisposable {
  /** With the prefix. */
  readonly url: string;
  /** The paths that it was asked for, as they came. */
  readonly seen: readonly string[];
}

export async function startGateway(agent: string, user: string): Promise<Gateway> {
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming;
    seen.push(url);
    const isKnown = headers.authorization === `Basic ${Buffer.from(user).toString('base64')}`;
    if (!isKnown || !url.startsWith('/consul/')) {
      outgoing.writeHead(isKnown ? 404 : 401).end('the gateway lets nobody through');
      return;
    }
    const onward = request(`${agent}${url.slice('/consul'.length)}`, { method: method ?? 'GET' }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/consul`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
