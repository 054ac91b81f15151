import { cp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { proxyEngine, serveHttp, serveRaw } from '../integration/support/engine-proxy.js';
import { type Expected, expectFailure } from '../integration/support/failures.js';
import { type FaultBench, openFaultBench, plainSpec } from '../integration/support/fault-bench.js';
import { netctlProgram } from '../integration/support/netctl.js';

let bench: FaultBench;
let host: FaultBench['host'];
let desk: FaultBench['desk'];
let plain: string;
let eth0: readonly string[];

beforeAll(async () => {
  bench = await openFaultBench();
  ({ host, desk } = bench);
  plain = await desk.write('plain.yaml', plainSpec);
  eth0 = await bench.parent();
});

afterAll(() => bench[Symbol.asyncDispose]());

afterEach(async () => {
  expect(await bench.parent()).toEqual(eth0);
});

describe('an engine that cannot be reached', () => {
  const unreachable = (code: string, cause: RegExp, cure: RegExp, exit = 69): Expected => ({ exit, code, cause, cure });
  const plan = (dockerHost: string) => (more: readonly string[]) =>
    desk.netctl(['plan', plain, '--host', dockerHost, ...more]);

  test('no socket', async () => {
    await expectFailure(
      plan('unix:///nowhere/docker.sock'),
      unreachable('ENGINE_UNREACHABLE', /no Docker Engine at .*no such socket/i, /systemctl start docker.*DOCKER_HOST/),
    );
  });

  test('nobody behind the socket', async () => {
    const path = join(desk.folder, 'dead.sock');
    await writeFile(path, '');
    await expectFailure(
      plan(`unix://${path}`),
      unreachable('ENGINE_UNREACHABLE', /nobody answers at .*not running/i, /systemctl start docker/),
    );
  });

  test('no permission', async () => {
    // Where this user can read it: neither the desk nor, on some machines, the repository is such a place.
    const copy = join(dirname(desk.folder), `${desk.folder.split('/').at(-1) ?? ''}-public`);
    await cp(dirname(netctlProgram), copy, { recursive: true });
    try {
      const through = ['--reuid=65534', '--regid=65534', '--clear-groups'];
      const run = (more: readonly string[]) =>
        desk.netctl(['plan', '-', ...more], {
          through: ['setpriv', ...through, '--', 'env', '--chdir=/', `HOME=${copy}`],
          program: join(copy, 'netctl.js'),
          input: JSON.stringify(plainSpec),
        });
      await expectFailure(run, unreachable('PERMISSION', /no permission to use the Docker socket/i, /root.*group/, 77));
    } finally {
      await rm(copy, { recursive: true });
    }
  });

  test('a web server that is no engine', async () => {
    await using server = await serveHttp((_incoming, outgoing) => void outgoing.end('<h1>It works!</h1>'));
    await expectFailure(
      plan(server.dockerHost),
      unreachable('ENGINE_NOT_DOCKER', /is not a Docker Engine: .*API version/, /Docker's own socket/),
    );
  });

  test('a web server that knows no ping', async () => {
    await using server = await serveHttp((_incoming, outgoing) => void outgoing.writeHead(404).end('not found'));
    await expectFailure(
      plan(server.dockerHost),
      unreachable('ENGINE_NOT_DOCKER', /is not a Docker Engine: /, /Docker's own socket/),
    );
  });

  test.each(['http://nowhere.invalid/', 'ftp://x/', '/elsewhere'])(
    'a web server that redirects to %s',
    async (location) => {
      await using server = await serveHttp((_incoming, outgoing) => void outgoing.writeHead(302, { location }).end());
      await expectFailure(
        plan(server.dockerHost),
        unreachable('ENGINE_NOT_DOCKER', /is not a Docker Engine: /, /Docker's own socket/),
      );
    },
  );

  test('something that answers a ping as Docker does, and nothing else', async () => {
    await using server = await serveHttp((_incoming, outgoing) => {
      outgoing.setHeader('api-version', '1.41');
      outgoing.end('[1, "two"]');
    });
    await expectFailure(
      plan(server.dockerHost),
      unreachable('ENGINE_NOT_DOCKER', /something else than Docker/, /Docker's own socket/),
    );
  });

  test.each([
    ['speaks first', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['answers with noise', '\0\x01\x02 noise \xff\r\n\r\n'],
  ])('a server that speaks no HTTP: it %s', async (_name, noise) => {
    await using server = await serveRaw((socket) => void socket.write(noise, 'latin1'));
    await expectFailure(
      plan(server.dockerHost),
      unreachable('ENGINE_NOT_DOCKER', /is not a Docker Engine: .*HTTP/, /Docker's own socket/),
    );
  });

  test('a server that hangs up', async () => {
    await using server = await serveRaw((socket) => void socket.destroy());
    await expectFailure(
      plan(server.dockerHost),
      unreachable('ENGINE_UNREACHABLE', /went away during GET \/_ping/, /journalctl -u docker/),
    );
  });

  test('an engine that is too old', async () => {
    await using server = await serveHttp((_incoming, outgoing) => {
      outgoing.setHeader('api-version', '1.24');
      outgoing.end('OK');
    });
    await expectFailure(plan(server.dockerHost), {
      exit: 3,
      code: 'ENGINE_TOO_OLD',
      cause: /speaks API 1\.24; netctl needs 1\.41/,
      cure: /Upgrade Docker to 20\.10 or newer/,
    });
  });

  describe.each(['/_ping', '/networks'])('with an answer to %s that does not end', (path) => {
    const never: readonly (readonly [string, (outgoing: ServerResponse) => void])[] = [
      ['no headers', () => undefined],
      ['headers, then silence', (outgoing) => outgoing.writeHead(200, { 'api-version': '1.41' }).flushHeaders()],
      [
        'a body without end',
        (outgoing) => {
          outgoing.writeHead(200, { 'api-version': '1.41' });
          const timer = setInterval(() => outgoing.write('[ '), 20);
          outgoing.on('close', () => clearInterval(timer));
        },
      ],
    ];
    test.each(never)('%s', async (_name, answer) => {
      await using proxy = await proxyEngine(host.socket, (call, outgoing) => {
        if (call.path !== path) return false;
        answer(outgoing);
        return true;
      });
      await expectFailure(
        (more) => desk.netctl(['plan', plain, '--host', proxy.dockerHost, '--timeout', '1s', ...more]),
        unreachable('ENGINE_TIMEOUT', new RegExp(`did not finish GET ${path} within 1 s`), /--timeout/),
      );
    });
  });

  test('a body without end that comes fast is cut off before the deadline', async () => {
    await using proxy = await proxyEngine(host.socket, (call, outgoing) => {
      if (call.path !== '/networks') return false;
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const fill = (): void => {
        while (!outgoing.destroyed && outgoing.write(chunk));
      };
      outgoing.writeHead(200).on('drain', fill);
      fill();
      return true;
    });
    await expectFailure(
      (more) => desk.netctl(['plan', plain, '--host', proxy.dockerHost, ...more]),
      unreachable('ENGINE_NOT_DOCKER', /its answer has no end/, /Docker's own socket/),
    );
  });
});
