import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectDocker } from '../../../packages/core/src/docker/backend.js';
import { engineClient } from '../../../packages/core/src/docker/client.js';
import { connect } from '../../../packages/core/src/docker/connect.js';
import { NetctlError } from '../../../packages/core/src/errors.js';

/** Long enough for everything here that answers; what does not answer gets a deadline of its own. */
const AMPLE = 60_000;
const SHORT = 100;

let folder: string;
let socketPath: string;
let servers: { server: Server; sockets: Set<Socket> }[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netctl-client-'));
  socketPath = join(folder, 'docker.sock');
  servers = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const { server, sockets } of servers) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

async function listen(server: Server): Promise<void> {
  const sockets = new Set<Socket>();
  servers.push({ server, sockets });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  server.listen(socketPath);
  await once(server, 'listening');
}

const http = (answer: RequestListener): Promise<void> => listen(createServer(answer));

/** What answers like an engine, but for what a test says of one path. */
function engine(
  paths: Readonly<Record<string, (response: ServerResponse, request: IncomingMessage) => void>> = {},
): Promise<void> {
  return http((request, response) => {
    const path = (request.url ?? '').replace(/^\/v\d\.\d+/, '').replace(/\?.*/, '');
    const special = paths[path];
    if (special !== undefined) special(response, request);
    else if (path === '/_ping') response.setHeader('api-version', '1.47').end('OK');
    else response.setHeader('content-type', 'application/json').end(path === '/info' ? '{"ID":"x"}' : '[]');
  });
}

const get = async (timeout = AMPLE, signal?: AbortSignal): Promise<unknown> => {
  const client = await engineClient({ type: 'unix', socketPath }, timeout);
  try {
    return (await client.call('GET', '/info', { signal })).json;
  } finally {
    client.close();
  }
};

describe('a call', () => {
  test('gives the JSON of the answer', async () => {
    await engine();
    expect(await get()).toEqual({ ID: 'x' });
  });

  test('sends query and body', async () => {
    const seen: string[] = [];
    await http((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        seen.push(`${request.method ?? ''} ${request.url ?? ''} ${text}`);
        response.statusCode = 201;
        response.end('{}');
      });
    });
    const client = await engineClient({ type: 'unix', socketPath }, AMPLE);
    client.useVersion('1.47');
    await client.call('GET', '/containers/json', { query: { all: '1' } });
    await client.call('POST', '/networks/create', { body: { Name: 'a' } });
    client.close();
    expect(seen).toEqual(['GET /v1.47/containers/json?all=1 ', 'POST /v1.47/networks/create {"Name":"a"}']);
  });

  test('does not end before the body does', async () => {
    await http((_request, response) => {
      response.write('{"ID":');
      setImmediate(() => response.end('"late"}'));
    });
    expect(await get()).toEqual({ ID: 'late' });
  });

  test.each([
    ['{"message":"network x not found"}', 'network x not found'],
    ['404 page not found\n', '404 page not found'],
    ['<html><body>Bad Gateway</body></html>', '<html><body>Bad Gateway</body></html>'],
    ['{"error":1}', '{"error":1}'],
    ['', 'no reason given'],
  ])('that is refused with the body %j says so', async (body, words) => {
    await http((_request, response) => {
      response.statusCode = 404;
      response.end(body);
    });
    await expect(get()).rejects.toMatchObject({
      code: 'ENGINE_ERROR',
      message: `The engine refused GET /info (404): ${words}`,
    });
  });

  test('keeps no more than the beginning of an error that is not Docker’s', async () => {
    await http((_request, response) => {
      response.statusCode = 500;
      response.end('x'.repeat(100_000));
    });
    const error: unknown = await get().catch((reason: unknown) => reason);
    expect((error as NetctlError).message.length).toBeLessThan(600);
  });
});

describe('a deadline covers', () => {
  const timeout = { code: 'ENGINE_TIMEOUT', exit: 69, message: expect.stringContaining('0.1 s') as string };

  test('an engine that takes the call and says nothing', async () => {
    await http(() => undefined);
    await expect(get(SHORT)).rejects.toMatchObject(timeout);
  });

  test('a body that never ends', async () => {
    await http((_request, response) => {
      response.write('{"ID":');
    });
    await expect(get(SHORT)).rejects.toMatchObject(timeout);
  });

  test('a body that goes on for ever', async () => {
    await http((_request, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write(' ', () => setImmediate(more));
      };
      more();
    });
    await expect(get(SHORT)).rejects.toMatchObject(timeout);
  });

  test('a socket that nobody accepts HTTP on', async () => {
    await listen(createNetServer(() => undefined));
    await expect(get(SHORT)).rejects.toMatchObject(timeout);
  });
});

describe('a signal', () => {
  const reason = new NetctlError('INTERRUPTED', 'stop');

  test('given before stops the call, and its reason comes out', async () => {
    await engine();
    await expect(get(AMPLE, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test.each([
    ['before the headers', (): void => undefined],
    ['in the body', (response: ServerResponse): void => void response.write('{')],
  ])('stops it %s', async (_when, begin) => {
    const controller = new AbortController();
    await http((_request, response) => {
      begin(response);
      setImmediate(() => controller.abort(reason));
    });
    await expect(get(AMPLE, controller.signal)).rejects.toBe(reason);
  });
});

describe('a connection that was kept, and that the engine has closed', () => {
  /** Answers the first request of every connection, and hangs up at the second. */
  async function forgetful(): Promise<string[]> {
    const seen: string[] = [];
    const answered = new WeakSet<Socket>();
    await http((request, response) => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (answered.has(request.socket)) request.socket.destroy();
      else response.end('{"ID":"x"}');
      answered.add(request.socket);
    });
    return seen;
  }

  test('is no reason for a read to fail', async () => {
    const seen = await forgetful();
    const client = await engineClient({ type: 'unix', socketPath }, AMPLE);
    await client.call('GET', '/info');
    expect((await client.call('GET', '/info')).json).toEqual({ ID: 'x' });
    client.close();
    expect(seen).toEqual(['GET /info', 'GET /info', 'GET /info']);
  });

  test.each(['POST', 'DELETE'])('fails a %s, which is never sent twice', async (method) => {
    const seen = await forgetful();
    const client = await engineClient({ type: 'unix', socketPath }, AMPLE);
    await client.call('GET', '/info');
    await expect(client.call(method, '/networks/x')).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    client.close();
    expect(seen).toEqual(['GET /info', `${method} /networks/x`]);
  });
});

test.each(['/elsewhere', 'http://nowhere.invalid/', 'ftp://x', 'nonsense:'])(
  'a redirection to %s is not followed',
  async (location) => {
    const seen: string[] = [];
    await http((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(307, { location }).end();
    });
    await expect(get()).rejects.toMatchObject({
      code: 'ENGINE_ERROR',
      message: 'The engine refused GET /info (307): no reason given',
    });
    expect(seen).toEqual(['/info']);
  },
);

test('a path that no request can have is an error like any other', async () => {
  await engine();
  const client = await engineClient({ type: 'unix', socketPath }, AMPLE);
  await expect(client.call('GET', '/networks/a b')).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  client.close();
});

test.each([
  [204, ''],
  [200, 'null'],
  [200, '"text"'],
])('an answer %i with the body %j is itself', async (status, body) => {
  await http((_request, response) => response.writeHead(status).end(body));
  expect(await get()).toEqual(body === '' ? undefined : JSON.parse(body));
});

describe('what is no engine', () => {
  test('dies after the headers', async () => {
    await http((_request, response) => {
      response.setHeader('content-length', '100');
      response.write('{', () => response.destroy());
    });
    await expect(get()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });

  test('dies before them', async () => {
    await http((_request, response) => void response.destroy());
    await expect(get()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });

  test('does not speak HTTP', async () => {
    await listen(
      createNetServer((socket) => {
        socket.end('SSH-2.0-OpenSSH_9.2\r\n');
      }),
    );
    await expect(get()).rejects.toMatchObject({ code: 'ENGINE_NOT_DOCKER', exit: 69 });
  });

  test('answers with more than any engine would', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    await http((_request, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write(megabyte, more);
      };
      more();
    });
    await expect(get()).rejects.toMatchObject({
      code: 'ENGINE_NOT_DOCKER',
      message: expect.stringContaining('no end') as string,
    });
  });

  test('answers a ping with HTML', async () => {
    await http((_request, response) => response.setHeader('content-type', 'text/html').end('<html></html>'));
    await expect(connect({ host: `unix://${socketPath}` })).rejects.toMatchObject({ code: 'ENGINE_NOT_DOCKER' });
  });

  test('answers a ping with an error', async () => {
    await http((_request, response) => {
      response.statusCode = 502;
      response.end('Bad Gateway');
    });
    await expect(connect({ host: `unix://${socketPath}` })).rejects.toMatchObject({ code: 'ENGINE_NOT_DOCKER' });
  });

  test.each(['<html></html>', '[1]', '{}', 'null', ''])('answers a list with %j', async (body) => {
    await engine({ '/networks': (response) => void response.end(body) });
    const backend = await connectDocker({ host: `unix://${socketPath}` });
    await expect(backend.observe()).rejects.toMatchObject({ code: 'ENGINE_NOT_DOCKER' });
    await backend[Symbol.asyncDispose]();
  });

  test('is a file', async () => {
    writeFileSync(socketPath, '');
    await expect(get()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });

  test('is not there', async () => {
    await expect(get()).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringContaining('no such socket') as string,
    });
  });

  test('has left its socket behind', async () => {
    const child = spawn(
      process.execPath,
      ['-e', `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.send('up'))`],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    await once(child, 'message');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await expect(get()).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringContaining('not running') as string,
    });
  });
});

describe('the version', () => {
  test.each([
    ['1.41', '1.41'],
    ['1.47', '1.47'],
    ['1.99', '1.55'],
  ])('of an engine that offers %s is %s', async (offered, used) => {
    const urls: string[] = [];
    await engine({
      '/_ping': (response) => void response.setHeader('api-version', offered).end('OK'),
      '/info': (response, request) => {
        urls.push(request.url ?? '');
        response.end('{}');
      },
    });
    const { client, apiVersion } = await connect({ host: `unix://${socketPath}` });
    await client.call('GET', '/info');
    client.close();
    expect([apiVersion, urls]).toEqual([used, [`/v${used}/info`]]);
  });

  test.each([
    ['1.44', '1.55'],
    ['1.55', '1.55'],
    [undefined, '1.55'],
  ])('of an engine of the future that still speaks %s is %s', async (oldest, used) => {
    await engine({
      '/_ping': (response) => void response.setHeader('api-version', '1.70').end('OK'),
      '/version': (response) => void response.end(JSON.stringify({ MinAPIVersion: oldest })),
    });
    const { client, apiVersion } = await connect({ host: `unix://${socketPath}` });
    client.close();
    expect(apiVersion).toBe(used);
  });

  test('of an engine that has given up what netctl speaks is refused by both numbers', async () => {
    await engine({
      '/_ping': (response) => void response.setHeader('api-version', '1.70').end('OK'),
      '/version': (response) => void response.end('{"MinAPIVersion":"1.56"}'),
    });
    await expect(connect({ host: `unix://${socketPath}` })).rejects.toMatchObject({
      code: 'ENGINE_TOO_NEW',
      exit: 3,
      message: expect.stringMatching(/speaks API 1\.56 and newer; this netctl ends at 1\.55/) as string,
      hint: expect.stringContaining('Upgrade netctl') as string,
    });
  });

  test('that is too old is refused by name', async () => {
    await engine({ '/_ping': (response) => void response.setHeader('api-version', '1.40').end('OK') });
    await expect(connect({ host: `unix://${socketPath}` })).rejects.toMatchObject({
      code: 'ENGINE_TOO_OLD',
      message: expect.stringContaining('1.40') as string,
    });
  });

  test.each(['ssh://box', 'context:office', 'unix://relative', '', 'fd://'])('host %j is wrong usage', async (host) => {
    await expect(connect({ host })).rejects.toMatchObject({ code: 'USAGE', exit: 64 });
  });

  test.each(['tcp://192.0.2.1:2375', 'node02', 'tcp://[2001:db8::1]'])(
    'plain %s is refused before anything is sent, with what to do instead',
    async (host) => {
      await expect(connect({ host })).rejects.toMatchObject({
        code: 'REFUSED',
        message: expect.stringMatching(/without TLS gives root/) as string,
        hint: expect.stringMatching(/ssh:\/\/.*DOCKER_TLS_VERIFY.*insecure: true/) as string,
      });
    },
  );
});

test('nothing in the environment takes the place of the socket that was named', async () => {
  await engine();
  for (const host of ['tcp://10.255.255.1:1', 'nonsense://', 'ssh://nobody@nowhere', 'http://[']) {
    vi.stubEnv('DOCKER_HOST', host);
    vi.stubEnv('DOCKER_TLS_VERIFY', '1');
    vi.stubEnv('DOCKER_CERT_PATH', '/nowhere');
    vi.stubEnv('DOCKER_CLIENT_TIMEOUT', '1');
    vi.stubEnv('DOCKER_API_VERSION', '1.12');
    expect(await get()).toEqual({ ID: 'x' });
    expect(process.env['DOCKER_HOST']).toBe(host);
  }
});

test.runIf(process.getuid?.() === 0)('a socket that this user may not use is a matter of permission', async () => {
  await engine();
  chmodSync(folder, 0o755);
  chmodSync(socketPath, 0o600);
  const script = await bundle();
  const child = spawn(process.execPath, [script, socketPath], {
    uid: 65534,
    gid: 65534,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  expect(JSON.parse(text)).toEqual({ code: 'PERMISSION', exit: 77 });
});

/** The client as one file that another user can read and run. */
async function bundle(): Promise<string> {
  const { build } = await import('esbuild');
  const entry = join(folder, 'entry.ts');
  const core = join(import.meta.dirname, '../../../packages/core/src/docker/connect.ts');
  writeFileSync(
    entry,
    `import { connect } from ${JSON.stringify(core)};
connect({ host: 'unix://' + process.argv[2] }).then(
  () => console.log('{}'),
  (error) => console.log(JSON.stringify({ code: error.code, exit: error.exit })),
);`,
  );
  const outfile = join(folder, 'permission.cjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@netctl/source'],
    nodePaths: [join(import.meta.dirname, '../../../node_modules')],
    loader: { '.node': 'empty' },
    logLevel: 'error',
  });
  return outfile;
}
