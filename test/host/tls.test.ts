import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkNames } from '../integration/support/engine-client.js';
import { testEngine } from '../integration/support/engine.js';
import { type Expected, expectFailure } from '../integration/support/failures.js';
import { lanNetwork } from '../integration/support/fault-bench.js';
import { type Desk, openDesk } from '../integration/support/netctl.js';
import { until } from '../integration/support/until.js';
import { type Authority, type Certificate, makeAuthority } from './support/certificates.js';

/* An engine that speaks TLS on a port of its host, and netctl on that host and on another one. */

const address = '192.168.1.10';
let folder: string;
let lan: Lan;
let target: Host;
let admin: Host;
let desk: Desk;
let ours: Authority;
let client: Certificate;
let server: Certificate;
let plain: string;
const servers: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-tls-'));
  ours = await makeAuthority(folder, 'ours');
  server = await ours.sign('server', 'serverAuth', 2, address);
  client = await ours.sign('client', 'clientAuth', 2);
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const tls = ['--tlsverify', '--tlscacert', ours.cert, '--tlscert', server.cert, '--tlskey', server.key];
  target = await startHost({
    interfaces: [{ name: 'eth0', lan, addresses: [`${address}/24`], gateway: '192.168.1.1' }],
    engine: { ...testEngine(), arguments: ['--host', 'tcp://0.0.0.0:2376', ...tls] },
  });
  admin = await startHost({ interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.20/24'] }], engine: false });
  desk = await openDesk(admin);
  plain = await desk.write('plain.yaml', { name: 'plain', networks: { web: { subnet: '10.5.0.0/24' } } });
});
afterAll(async () => {
  for (const one of servers) one.kill('SIGKILL');
  await desk[Symbol.asyncDispose]();
  await admin.close();
  await target.close();
  await lan.close();
  await rm(folder, { recursive: true, force: true });
});

/** A folder as DOCKER_CERT_PATH wants it. */
async function certFolder(name: string, ca: string, certificate?: Certificate): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  await copyFile(ca, join(path, 'ca.pem'));
  if (certificate !== undefined) {
    await copyFile(certificate.cert, join(path, 'cert.pem'));
    await copyFile(certificate.key, join(path, 'key.pem'));
  }
  return path;
}

/** Runs a server on the target until the tests are over. */
async function serve(port: number, program: string, ...args: readonly string[]): Promise<void> {
  const [command, ...rest] = target.command(program, args);
  // Its standard input stays open, so that it has nothing to say and does not end.
  servers.push(spawn(command, rest, { stdio: ['pipe', 'ignore', 'ignore'] }));
  await until(`something listens on ${port}`, async () =>
    (await target.run('ss', ['-ltn'])).stdout.includes(`:${String(port)} `),
  );
}

const verified = (certs: string, port = 2376, host = address): Readonly<Record<string, string>> => ({
  DOCKER_HOST: `tcp://${host}:${String(port)}`,
  DOCKER_TLS_VERIFY: '1',
  DOCKER_CERT_PATH: certs,
});

test('an engine on another host is used by TLS, for what needs no links', async () => {
  const env = verified(await certFolder('good', ours.cert, client));
  const applied = await desk.netctl(['apply', plain], { env });
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect(await networkNames(target)).toContain('web');
  expect((await desk.netctl(['apply', plain], { env })).stdout).toContain('Nothing to do');

  const spec = await desk.write('lan.yaml', { name: 'lan', networks: { lan: { ...lanNetwork, shim: true } } });
  await expectFailure((more) => desk.netctl(['apply', spec, ...more], { env }), {
    exit: 3,
    code: 'REFUSED',
    cause: /tcp:\/\/192\.168\.1\.10:2376 leads to the engine alone/,
    cure: /ssh:\/\/USER@HOST/,
    problems: ['LINKS_UNKNOWN'],
  });
  expect(await networkNames(target)).not.toContain('lan');
  expect((await desk.netctl(['destroy', plain, '--yes'], { env })).exitCode).toBe(0);
});

test('an engine on a loopback port that says that this is its host has the links of it', async () => {
  await using onTarget = await openDesk(target);
  const spec = await onTarget.write('lan.yaml', { name: 'lan', networks: { lan: { ...lanNetwork, shim: true } } });
  const env = verified(await certFolder('good', ours.cert, client), 2376, 'localhost');
  const planned = await onTarget.netctl(['plan', spec], { env });
  expect(planned.exitCode, planned.stderr).toBe(0);
  expect(planned.stdout).toContain('2 to make');
});

test('a context is used, by name and as the current one', async () => {
  const config = join(folder, 'config');
  const id = createHash('sha256').update('far').digest('hex');
  const [meta, tls] = [join(config, 'contexts/meta', id), join(config, 'contexts/tls', id, 'docker')];
  await mkdir(meta, { recursive: true });
  await mkdir(tls, { recursive: true });
  const endpoint = { Host: `tcp://${address}:2376`, SkipTLSVerify: false };
  await writeFile(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: 'far', Metadata: {}, Endpoints: { docker: endpoint } }),
  );
  for (const [from, to] of [
    [ours.cert, 'ca.pem'],
    [client.cert, 'cert.pem'],
    [client.key, 'key.pem'],
  ] as const) {
    await copyFile(from, join(tls, to));
  }
  const unset = { DOCKER_CONFIG: config, DOCKER_HOST: '' };
  for (const [args, env] of [
    [['--context', 'far'], { ...unset, DOCKER_HOST: 'unix:///nowhere' }],
    [['--host', 'context:far'], unset],
    [[], { ...unset, DOCKER_CONTEXT: 'far' }],
  ] as const) {
    const planned = await desk.netctl(['plan', plain, ...args], { env });
    expect(planned.exitCode, planned.stderr).toBe(0);
  }
  await writeFile(join(config, 'config.json'), JSON.stringify({ currentContext: 'far' }));
  expect((await desk.netctl(['plan', plain], { env: unset })).exitCode).toBe(0);
});

describe('no connection', () => {
  const fails = async (env: Readonly<Record<string, string>>, expected: Expected, on: Desk = desk): Promise<void> => {
    await expectFailure((more) => on.netctl(['plan', plain, ...more], { env }), expected);
  };
  const unreachable = (cause: RegExp, cure: RegExp): Expected => ({
    exit: 69,
    code: 'ENGINE_UNREACHABLE',
    cause,
    cure,
  });

  test('by the wrong CA', async () => {
    const theirs = await makeAuthority(folder, 'theirs');
    await fails(
      verified(await certFolder('wrong-ca', theirs.cert, client)),
      unreachable(/not signed by the CA/, /ca\.pem/),
    );
  });

  test('to an engine whose certificate has expired', async () => {
    const old = await ours.sign('old', 'serverAuth', -1, address);
    await serve(2377, 'openssl', 's_server', '-accept', '2377', '-cert', old.cert, '-key', old.key, '-quiet');
    await fails(verified(await certFolder('good', ours.cert, client), 2377), unreachable(/has expired/, /clock/));
  });

  test('to an engine whose certificate has another name', async () => {
    const other = await ours.sign('other', 'serverAuth', 2, '192.168.1.77');
    await serve(2378, 'openssl', 's_server', '-accept', '2378', '-cert', other.cert, '-key', other.key, '-quiet');
    await fails(
      verified(await certFolder('good', ours.cert, client), 2378),
      unreachable(/another name or address/, /openssl/),
    );
  });

  test('without a certificate of ours', async () => {
    await fails(verified(await certFolder('no-client', ours.cert)), {
      exit: 77,
      code: 'PERMISSION',
      cause: /wants a certificate from whoever connects/,
      cure: /cert\.pem and key\.pem/,
    });
  });

  test.each([
    ['that has expired', async () => ours.sign('late', 'clientAuth', -1)],
    ['that somebody else signed', async () => (await makeAuthority(folder, 'nobody')).sign('x', 'clientAuth', 2)],
  ])('by a certificate of ours %s', async (_name, make) => {
    await fails(verified(await certFolder('refused', ours.cert, await make())), {
      exit: 77,
      code: 'PERMISSION',
      cause: /refused the certificate/,
      cure: /--tlscacert/,
    });
  });

  test('by a key that is none', async () => {
    const certs = await certFolder('no-key', ours.cert, { cert: client.cert, key: ours.cert });
    await fails(verified(certs), { exit: 64, code: 'USAGE', cause: /cannot be used/, cure: /PEM files/ });
  });

  test('by TLS to a port without it', async () => {
    await serve(2379, 'busybox', 'httpd', '-f', '-p', `${address}:2379`, '-h', '/run');
    await fails(verified(await certFolder('good', ours.cert, client), 2379), unreachable(/does not speak TLS/, /2376/));
  });

  test('without TLS to a port that has it', async () => {
    await using onTarget = await openDesk(target);
    await fails({ DOCKER_HOST: 'tcp://127.0.0.1:2376' }, unreachable(/speaks TLS/, /DOCKER_TLS_VERIFY/), onTarget);
  });

  test('without TLS to another host, as the docker CLI would have it', async () => {
    await fails(
      { DOCKER_HOST: `tcp://${address}:2376` },
      { exit: 3, code: 'REFUSED', cause: /without TLS gives root/, cure: /docker CLI would go on.*insecure: true/ },
    );
  });

  test('to a port where nobody listens', async () => {
    const certs = await certFolder('good', ours.cert, client);
    await fails(verified(certs, 9), unreachable(/nothing listens on that port/, /firewall/));
  });

  test('to a name that nobody has', async () => {
    const certs = await certFolder('good', ours.cert, client);
    await fails(verified(certs, 2376, 'nobody.invalid'), unreachable(/no host of that name/, /DNS/));
  });

  test('to a server that takes connections and says nothing', async () => {
    await serve(2380, 'busybox', 'nc', '-l', '-p', '2380');
    const env = verified(await certFolder('good', ours.cert, client), 2380);
    const failed = await desk.netctl(['plan', plain, '--timeout', '1s'], { env });
    expect(failed.exitCode).toBe(69);
    expect(failed.stderr).toMatch(/did not finish GET \/_ping within 1 s/);
  });
});
