import { X509Certificate } from 'node:crypto';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deregisterAll, observeServices, reconcile } from '@netctl/consul';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../integration/support/until.js';
import { consulProgram } from './support/agent.js';
import { ask, DB, startMesh, WEB, type Mesh } from './support/mesh.js';
import { owner, service } from './support/services.js';

/* A web server on one host uses a database on another one through the sidecars of both. */

describe.skipIf(consulProgram === undefined)('Connect', () => {
  const wanted = [
    service('db', { Address: DB, Port: 5432, Connect: { SidecarService: { Port: 21_000 } } }),
    service('web', {
      Address: WEB,
      Port: 8080,
      Connect: {
        SidecarService: { Port: 21_000, Proxy: { Upstreams: [{ DestinationName: 'db', LocalBindPort: 9191 }] } },
      },
    }),
  ];
  let mesh: Mesh;
  let folder: string;
  /** Where the sidecar of the database listens. */
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netctl-connect-'));
    mesh = await startMesh();
    expect(await reconcile(mesh.consul, wanted, owner)).toMatchObject({ failed: [], conflicts: [] });
    mesh.sidecar(mesh.db, service('db').ID);
    mesh.sidecar(mesh.web, service('web').ID);
    const sidecar = (await observeServices(mesh.consul, owner)).find(({ sidecarOf: of }) => of === service('db').ID);
    port = sidecar?.port ?? 0;
    // Consul looks every 10 s whether a sidecar listens, and leads nobody to one that does not.
    await until(
      'both sidecars are well',
      async () => {
        const all = await observeServices(mesh.consul, owner);
        return all.length === 4 && all.every(({ health }) => health === 'passing');
      },
      60_000,
    );
  });
  afterAll(async () => {
    await mesh[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const answered = async (expected: string): Promise<void> => {
    await until(
      `the answer is ${JSON.stringify(expected)}`,
      async () => {
        return (await mesh.askUpstream('hello')) === expected;
      },
      40_000,
    );
  };

  interface Leaf {
    readonly CertPEM: string;
    readonly PrivateKeyPEM: string;
  }
  const get = async (path: string): Promise<unknown> =>
    JSON.parse(await mesh.consul.client.call('GET', path)) as unknown;
  const root = async (): Promise<string> => {
    const { Roots } = (await get('/v1/agent/connect/ca/roots')) as { Roots: { RootCert: string; Active: boolean }[] };
    return Roots.find(({ Active }) => Active)?.RootCert ?? '';
  };

  test('carries traffic from one host to the other', async () => {
    await answered('db: hello');
  });

  test('is TLS on the wire, with a certificate of the CA of Consul that names the service', async () => {
    // The database would answer; its sidecar hangs up, as Go does on what is no handshake.
    expect(await ask(mesh.web, DB, port, 'hello')).toBe('');

    const { stdout } = await mesh.web.run('openssl', ['s_client', '-connect', `${DB}:${port}`, '-showcerts'], {
      input: '',
      reject: false,
    });
    const shown = new X509Certificate(/-----BEGIN[^]*?-----END CERTIFICATE-----/.exec(stdout)?.[0] ?? '');
    expect(shown.subjectAltName).toMatch(/^URI:spiffe:\/\/[0-9a-f-]+\.consul\/ns\/default\/dc\/dc1\/svc\/db$/);
    expect(shown.verify(new X509Certificate(await root()).publicKey)).toBe(true);
  });

  test('lets nobody in without a certificate, and whoever has one of the web server', async () => {
    // In TLS 1.3 the refusal comes after the handshake, so it is waited for.
    const without = `const one = require('node:tls').connect({ host: '${DB}', port: ${port}, rejectUnauthorized: false });
      one.on('data', (data) => process.stdout.write(data)).on('error', (error) => process.stdout.write(error.message));
      one.setTimeout(5000, () => one.destroy()).write('hello')`;
    const { stdout: refusal } = await mesh.web.run(process.execPath, ['-e', without]);
    expect(refusal).toMatch(/alert (bad certificate|certificate required)/);
    expect(refusal).not.toContain('db: hello');

    const leaf = (await get('/v1/agent/connect/ca/leaf/web')) as Leaf;
    const [cert, key] = [join(folder, 'web.pem'), join(folder, 'web.key')];
    await writeFile(cert, leaf.CertPEM);
    await writeFile(key, leaf.PrivateKeyPEM);
    const script = `const one = require('node:tls').connect({ host: '${DB}', port: ${port}, rejectUnauthorized: false,
      cert: require('node:fs').readFileSync('${cert}'), key: require('node:fs').readFileSync('${key}') });
      one.once('data', (data) => { process.stdout.write(data); one.destroy(); });
      one.setTimeout(5000, () => one.destroy()).write('hello')`;
    expect((await mesh.web.run(process.execPath, ['-e', script])).stdout).toBe('db: hello');
  });

  test('refuses what an intention denies, and carries it again when that is gone', async () => {
    await mesh.run('intention', 'create', '-deny', 'web', 'db');
    await answered('');
    await mesh.run('intention', 'delete', 'web', 'db');
    await answered('db: hello');
  });

  test('a reconcile of what is there does not touch it, and one of less takes the sidecars away', async () => {
    const ids = wanted.map(({ ID: id }) => id);
    expect(await reconcile(mesh.consul, wanted, owner)).toMatchObject({ registered: [], unchanged: ids });
    await deregisterAll(mesh.consul, owner);
    expect(await observeServices(mesh.consul, owner)).toEqual([]);
    expect(await get('/v1/agent/services')).toEqual({});
  });
});
