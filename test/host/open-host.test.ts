import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openHost } from '../../packages/cli/src/open-host.js';
import { type Authority, type Certificate, makeAuthority } from './support/certificates.js';

/* What a spec spells out is what is reached, whatever the environment says. */

let folder: string;
let ours: Authority;
let server: Certificate;
let client: Certificate;
const servers: Server[] = [];
const asked: string[] = [];

const engine: RequestListener = (incoming, outgoing) => {
  asked.push(incoming.url ?? '');
  outgoing.setHeader('api-version', '1.45');
  outgoing.end('OK');
};

async function listening(one: Server, path?: string): Promise<number> {
  servers.push(one);
  await new Promise<void>((resolve) => (path === undefined ? one.listen(0, resolve) : one.listen(path, resolve)));
  const at = one.address();
  return typeof at === 'object' && at !== null ? at.port : 0;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-open-'));
  ours = await makeAuthority(folder, 'ours');
  server = await ours.sign('server', 'serverAuth', 2, '127.0.0.1');
  client = await ours.sign('client', 'clientAuth', 2);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  asked.length = 0;
  vi.stubEnv('DOCKER_HOST', 'tcp://nonsense:1');
  vi.stubEnv('DOCKER_CONTEXT', 'nonsense');
  vi.stubEnv('DOCKER_TLS_VERIFY', 'nonsense');
  vi.stubEnv('DOCKER_TLS', 'nonsense');
  vi.stubEnv('DOCKER_CERT_PATH', '/nonsense');
  vi.stubEnv('DOCKER_PATH_PREFIX', '/nonsense');
  vi.stubEnv('DOCKER_CLIENT_TIMEOUT', '1');
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const one of servers.splice(0)) await new Promise((resolve) => one.close(resolve));
});

async function reaches(entry: Parameters<typeof openHost>[0]): Promise<void> {
  await using _host = await openHost(entry, { folder, timeout: 5000 });
  expect(asked).toHaveLength(1);
}

async function tlsEngine(): Promise<number> {
  const [ca, cert, key] = await Promise.all([ours.cert, server.cert, server.key].map((path) => readFile(path)));
  return listening(createTlsServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, engine));
}

describe('an entry that says where its engine is reaches that one', () => {
  test('a socket', async () => {
    await listening(createServer(engine), join(folder, 's.sock'));
    await reaches({ docker: `unix://${folder}/s.sock` });
  });

  test.each(['127.0.0.1', 'localhost', '[::1]'])('a loopback port at %s', async (name) => {
    const port = await listening(createServer(engine));
    await reaches({ docker: `tcp://${name}:${String(port)}` });
    expect(asked).toEqual(['/_ping']);
  });

  test('a path behind a port', async () => {
    const port = await listening(createServer(engine));
    await reaches({ docker: `tcp://127.0.0.1:${String(port)}/engines/one/` });
    expect(asked).toEqual(['/engines/one/_ping']);
  });

  test('TLS, by files beside the spec', async () => {
    const port = await tlsEngine();
    const files = { ca: basename(ours.cert), cert: basename(client.cert), key: client.key };
    await reaches({ docker: `tcp://127.0.0.1:${String(port)}`, ...files });
  });
});

describe('an entry that is refused', () => {
  test('TLS by another CA, though NODE_TLS_REJECT_UNAUTHORIZED says to believe anybody', async () => {
    const port = await tlsEngine();
    const theirs = await makeAuthority(folder, 'theirs');
    const entry = { docker: `tcp://127.0.0.1:${String(port)}`, ca: theirs.cert, cert: client.cert, key: client.key };
    await expect(openHost(entry)).rejects.toThrow(/not signed by the CA/);
    expect(asked).toEqual([]);
  });

  test('plain TCP to another machine, unless it says that it is meant', async () => {
    const entry = { docker: 'tcp://192.0.2.1:2375' };
    await expect(openHost(entry)).rejects.toMatchObject({ code: 'REFUSED' });
    const slow = openHost({ ...entry, insecure: true }, { timeout: 50 });
    await expect(slow).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_(TIMEOUT|UNREACHABLE)$/) as string,
    });
  });

  test.each([
    [{ docker: 'unix:///x', insecure: true }, /insecure: true/],
    [{ docker: 'tcp://127.0.0.1:1', ca: 'ours.pem', insecure: true }, /insecure: true/],
    [{ docker: 'tcp://127.0.0.1:1', ca: 'nothing.pem' }, /no file .*nothing\.pem, which `ca` names/],
    [{ docker: 'tcp://127.0.0.1:1', ca: '.' }, /Cannot read/],
    [{ docker: 'unix:///x', ca: 'ours.pem' }, /for tcp:\/\/ alone/],
    [{ docker: '' }, /empty/],
  ] as const)('%o', async (entry, why) => {
    const failed = openHost(entry, { folder });
    await expect(failed).rejects.toMatchObject({ code: 'USAGE' });
    await expect(failed).rejects.toThrow(why);
  });
});
