import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { engineClient } from '../../../packages/core/src/docker/client.js';
import { readEvents } from '../../../packages/core/src/docker/events.js';
import type { EngineEvent } from '../../../packages/core/src/docker/events.js';
import { lineCutter } from '../../../packages/core/src/docker/lines.js';

let folder: string;
let socketPath: string;
let server: Server;
let sockets: Set<Socket>;
let answer: (response: ServerResponse, url: string) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netctl-events-'));
  socketPath = join(folder, 'docker.sock');
  sockets = new Set();
  server = createServer((request, response) => answer(response, request.url ?? ''));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(socketPath);
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function hear(signal: AbortSignal, onOpen?: () => void, timeout = 60_000): Promise<readonly EngineEvent[]> {
  const client = await engineClient({ type: 'unix', socketPath }, timeout);
  const events: EngineEvent[] = [];
  try {
    await readEvents(client, (event) => events.push(event), signal, onOpen);
    return events;
  } finally {
    client.close();
  }
}
const never = new AbortController().signal;

test('asks for what matters, and hands on what is small', async () => {
  let asked = '';
  answer = (response, url) => {
    asked = url;
    const Attributes = { name: 'web', image: 'x', 'com.example.label': 'long', container: 'c1' };
    response.write(JSON.stringify({ Type: 'network', Action: 'connect', Actor: { ID: 'n1', Attributes } }));
    // Engines end a line, and not always with it the piece that is sent.
    response.write('\n{"Type":"daemon","Action":"reload","Actor":{"ID":"d","Attributes":null}}\n{"Type":"net');
    response.end('work","Action":"prune","Actor":{"ID":"","Attributes":{"reclaimed":"0"}}}\nno JSON\n\n');
  };
  expect(await hear(never)).toEqual([
    { type: 'network', action: 'connect', id: 'n1', name: 'web', container: 'c1' },
    { type: 'daemon', action: 'reload', id: 'd' },
    { type: 'network', action: 'prune', id: '' },
    { type: 'unknown', action: 'unknown', id: '' },
  ]);
  const filters = JSON.parse(new URL(asked, 'http://x').searchParams.get('filters') ?? '') as Record<string, string[]>;
  expect(filters['type']).toEqual(['container', 'network', 'daemon', 'service', 'node']);
  expect(filters['event']).not.toContain('exec_start');
});

test('an abort closes the connection, and is no failure', async () => {
  answer = (response) => response.flushHeaders();
  const controller = new AbortController();
  const hearing = hear(controller.signal, () => controller.abort());
  expect(await hearing).toEqual([]);
  await expect.poll(() => sockets.size).toBe(0);
});

describe('failures', () => {
  test('an engine that refuses', async () => {
    answer = (response) => response.writeHead(403).end('{"message":"events are not for you"}');
    await expect(hear(never)).rejects.toMatchObject({ message: expect.stringContaining('events are not') as string });
  });

  test('an engine that does not begin within the deadline', async () => {
    answer = () => undefined;
    await expect(hear(never, undefined, 100)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });

  test('an engine that breaks off', async () => {
    answer = (response) => {
      response.write('{"Type":"network","Action":"create","Actor":{"ID":"n"}}\n');
      setImmediate(() => response.socket?.destroy());
    };
    await expect(hear(never)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });
});

test('a line without an end is not kept, and is told of', () => {
  const lines: (string | undefined)[] = [];
  const cut = lineCutter((line) => lines.push(line), 10);
  cut(Buffer.from('short\n0123456789\n0123456'));
  for (let count = 0; count < 1000; count += 1) cut(Buffer.from('x'.repeat(1000)));
  cut(Buffer.from('x\nafter\n'));
  expect(lines).toEqual(['short', '0123456789', undefined, 'after']);
});
