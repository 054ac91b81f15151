import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import type { Server as RawServer, Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { rawRequest } from './engine-client.js';
import type { RawAnswer } from './engine-client.js';

/** A server on a Unix socket of its own; with it goes every connection. */
export interface SocketServer extends AsyncDisposable {
  readonly path: string;
  /** As DOCKER_HOST wants it. */
  readonly dockerHost: string;
}

/** A request that went by: `GET /networks`, without the API version and the query. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** `1.41`, and undefined where the path names none. */
  readonly version?: string;
  /** Whether it makes or removes a network of netctl's own: the copy of its journal, or what it sees defaults by. */
  readonly aside: boolean;
  /** The latter of these. */
  readonly throwaway: boolean;
  /** Counted from 1 among the requests of the same method, those for the journal and for defaults each apart. */
  readonly number: number;
}

/** Does something else with a request; false lets it go on to the engine. */
export type Interference = (
  call: Call,
  outgoing: ServerResponse,
  forward: () => Promise<RawAnswer>,
) => boolean | Promise<boolean>;

/** Stands in front of an engine: records every request and passes it on. */
export interface EngineProxy extends SocketServer {
  readonly calls: readonly Call[];
  /** Waits until the engine has answered all that it was sent: who asked may be gone since. */
  settled(): Promise<void>;
}

export async function proxyEngine(engineSocket: string, interfere?: Interference): Promise<EngineProxy> {
  const calls: Call[] = [];
  const own = new Set<string>();
  const throwaways = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = incoming;
    const [path = '', query = ''] = url.replace(/^\/v\d+\.\d+(?=\/)/, '').split('?');
    const version = /^\/v(\d+\.\d+)\//.exec(url)?.[1];
    const body = await buffer(incoming);
    const aside = own.has(path) || (method === 'POST' && /"Name":"netctl-(journal"|defaults-)/.test(body.toString()));
    const throwaway = throwaways.has(path) || (aside && body.includes('"Name":"netctl-defaults-'));
    const alike = calls.filter((one) => one.method === method && one.aside === aside && one.throwaway === throwaway);
    const number = alike.length + 1;
    const call = { method, path, query, aside, throwaway, number, ...(version === undefined ? {} : { version }) };
    calls.push(call);
    const forward = async (): Promise<RawAnswer> => {
      const answer = await rawRequest(engineSocket, method, url, { ...incoming.headers, connection: 'close' }, body);
      if (aside && answer.status === 201) {
        const made = `/networks/${(JSON.parse(answer.body.toString()) as { Id: string }).Id}`;
        own.add(made);
        if (throwaway) throwaways.add(made);
      }
      return answer;
    };
    if ((await interfere?.(call, outgoing, forward)) === true) return;
    answerWith(outgoing, await forward());
  };
  const server = await serveHttp((incoming, outgoing) => {
    // An engine that goes away takes the connection with it.
    const handled = handle(incoming, outgoing)
      .catch(() => {
        outgoing.destroy();
      })
      .finally(() => underWay.delete(handled));
    underWay.add(handled);
  });
  const settled = async (): Promise<void> => {
    await Promise.all(underWay);
  };
  return { ...server, calls, settled };
}

export function answerWith(outgoing: ServerResponse, { status, headers, body }: RawAnswer): void {
  const kept = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !['transfer-encoding', 'connection', 'content-length'].includes(name)),
  );
  outgoing.writeHead(status, { ...kept, 'content-length': body.length }).end(body);
}

/** An HTTP server that answers as it is told. */
export async function serveHttp(listener: RequestListener): Promise<SocketServer> {
  const server = createServer(listener);
  return listen(server, () => server.closeAllConnections());
}

/** A server that speaks no HTTP, or not as it should. */
export async function serveRaw(onConnection: (socket: Socket) => void): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listen(server: Server | RawServer, disconnect: () => void): Promise<SocketServer> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-socket-'));
  const path = join(folder, 'docker.sock');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    path,
    dockerHost: `unix://${path}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      disconnect();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
