import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../../packages/core/src/errors.js';
import { memoryClient } from '../../support/memory/client.js';
import { makeFaults } from '../../support/memory/faults.js';
import { makeWorld } from '../../support/memory/world.js';
import type { World } from '../../support/memory/world.js';

/** An engine in memory behind a real socket: as fast as nothing else is that speaks Docker's API. */
export interface EngineServer extends AsyncDisposable {
  readonly world: World;
  /** Sends an event to everybody who listens, with as much around it as Docker puts there. */
  tell(type: string, action: string, id: string, attributes: Readonly<Record<string, string>>): void;
  /** How many listen. */
  listeners(): number;
}

export async function serveEngine(socketPath: string): Promise<EngineServer> {
  const world = makeWorld();
  const client = memoryClient(world, makeFaults());
  const streams = new Set<ServerResponse>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://engine');
    const path = pathname.replace(/^\/v[\d.]+/, '');
    response.setHeader('api-version', world.engine.apiVersion);
    if (path === '/_ping') {
      response.end('OK');
      return;
    }
    if (path === '/events') {
      streams.add(response);
      response.once('close', () => streams.delete(response));
      response.flushHeaders();
      return;
    }
    const body = await text(request);
    const options = {
      query: Object.fromEntries(searchParams),
      ...(body === '' ? {} : { body: JSON.parse(body) as unknown }),
    };
    const { json } = await client.call(request.method ?? 'GET', path, options);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(json));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const message = messageOf(error);
      response.statusCode = /not found/i.test(message) ? 404 : 409;
      response.end(JSON.stringify({ message }));
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    world,
    tell: (type, action, id, attributes) => {
      const now = Date.now();
      const event = { Type: type, Action: action, Actor: { ID: id, Attributes: attributes }, scope: 'local' };
      const line = `${JSON.stringify({ ...event, time: Math.floor(now / 1000), timeNano: now * 1e6 })}\n`;
      for (const stream of streams) stream.write(line);
    },
    listeners: () => streams.size,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
