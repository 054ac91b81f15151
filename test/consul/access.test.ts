import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectConsul, reconcile } from '@netctl/consul';
import type { Environment } from '@netctl/consul';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authority, type Certificate, makeAuthority } from '../host/support/certificates.js';
import { fails, refused, uses } from './support/access.js';
import { consulProgram, startAgent, type TestAgent } from './support/agent.js';
import { askConsul, idsOf } from './support/ask.js';
import { owner, service } from './support/services.js';

const MASTER = 'b1e3a4d0-6a43-4a47-9b0f-2f8e6a1c7d55';

describe.skipIf(consulProgram === undefined)('the way to an agent', () => {
  let folder: string;
  let agent: TestAgent;
  let ours: Authority;
  let client: Certificate;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netctl-access-'));
    ours = await makeAuthority(folder, 'ours');
    client = await ours.sign('client', 'clientAuth', 2);
    agent = await startAgent({
      token: MASTER,
      config: async (address, its) => {
        // Its address is not in the certificate.
        const { cert, key } = await ours.sign('server', 'serverAuth', 2, '127.0.0.2');
        return {
          addresses: { http: `${address} unix://${its}/http.sock`, https: address },
          ports: { serf_wan: -1, https: 8501 },
          ca_file: ours.cert,
          cert_file: cert,
          key_file: key,
          verify_incoming_https: true,
          acl: { enabled: true, default_policy: 'deny', tokens: { master: MASTER, agent: MASTER } },
        };
      },
    });
    await makeTokens();
  });
  afterAll(async () => {
    await agent[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const tokens = { writer: '', web: '', reader: '' };

  async function makeTokens(): Promise<void> {
    const rules = {
      writer: 'service_prefix "" { policy = "write" }',
      web: 'service_prefix "" { policy = "read" } service "netctl" { policy = "write" } service "web" { policy = "write" }',
      reader: 'service_prefix "" { policy = "read" }',
    };
    for (const name of ['writer', 'web', 'reader'] as const) {
      const policy = { Name: name, Rules: rules[name] };
      await askConsul(agent.http, 'PUT', '/v1/acl/policy', { body: policy, token: MASTER });
      const body = { Policies: [{ Name: name }] };
      const made = await askConsul(agent.http, 'PUT', '/v1/acl/token', { body, token: MASTER });
      tokens[name] = (made as { readonly SecretID: string }).SecretID;
    }
  }

  const byHttp = (token?: string): Environment => ({
    CONSUL_HTTP_ADDR: agent.http,
    ...(token !== undefined && { CONSUL_HTTP_TOKEN: token }),
  });

  const byTls = (more: Environment = {}): Environment => ({
    CONSUL_HTTP_ADDR: `https://${agent.address}:8501`,
    CONSUL_HTTP_TOKEN: tokens.writer,
    CONSUL_CACERT: ours.cert,
    CONSUL_TLS_SERVER_NAME: 'localhost',
    CONSUL_CLIENT_CERT: client.cert,
    CONSUL_CLIENT_KEY: client.key,
    ...more,
  });

  describe('by a token', () => {
    test('that may write', async () => uses(byHttp(tokens.writer)));

    test('of a file, which comes before the one that is said', async () => {
      const file = join(folder, 'token');
      await writeFile(file, `${tokens.writer}\n`);
      await uses({ ...byHttp(tokens.reader), CONSUL_HTTP_TOKEN_FILE: file });
      await writeFile(file, '\n');
      await uses({ ...byHttp(tokens.writer), CONSUL_HTTP_TOKEN_FILE: file });
      await fails(
        { ...byHttp(), CONSUL_HTTP_TOKEN_FILE: join(folder, 'none') },
        'USAGE',
        /CONSUL_HTTP_TOKEN_FILE/,
        /Mend the path/,
      );
    });

    test('that may write some names: the others are reported', async () => {
      await using consul = await connectConsul({ env: byHttp(tokens.web) });
      const { registered, failed } = await reconcile(consul, [service('web'), service('cache')], owner);
      expect(registered).toEqual([service('web').ID]);
      expect(failed.map(({ id, error }) => [id, error.code])).toEqual([[service('cache').ID, 'CONSUL_DENIED']]);
      expect(failed[0]?.error.hint).toMatch(/service_prefix "" \{ policy = "write" \}/);
      expect(await idsOf(agent.http, MASTER)).toEqual(['netctl:shop:node01', service('web').ID]);
      await reconcile(consul, [], owner);
      expect(await idsOf(agent.http, MASTER)).toEqual([]);
    });

    test('that may read only', async () => {
      await fails(byHttp(tokens.reader), 'CONSUL_DENIED', /Permission denied/, /CONSUL_HTTP_TOKEN/);
    });

    test('that nobody knows', async () => {
      const gone = '00000000-1111-2222-3333-444444444444';
      await fails(byHttp(gone), 'CONSUL_DENIED', /ACL not found/, /unknown or was deleted/);
      expect((await refused(byHttp(gone))).message).not.toContain(gone);
    });

    test('that is none, or not said', async () => {
      await fails(byHttp(), 'CONSUL_DENIED', /Permission denied/, /CONSUL_HTTP_TOKEN/);
      await fails(byHttp('a\nb'), 'USAGE', /no token has/, /one word/);
      expect(await idsOf(agent.http, MASTER)).toEqual([]);
    });
  });

  describe('by TLS', () => {
    test('with certificates on both sides', async () => uses(byTls()));

    test('that CONSUL_HTTP_SSL asks for', async () => {
      await uses(byTls({ CONSUL_HTTP_ADDR: `${agent.address}:8501`, CONSUL_HTTP_SSL: 'true' }));
    });

    test('with a folder of authorities', async () => {
      const path = join(folder, 'authorities');
      await mkdir(join(path, 'more'), { recursive: true });
      const theirs = await makeAuthority(path, 'theirs');
      await rm(theirs.key);
      await makeAuthority(join(path, 'more'), 'others').then(async ({ key }) => rm(key));
      const wrong = { CONSUL_CACERT: '', CONSUL_CAPATH: path };
      await fails(byTls(wrong), 'CONSUL_UNREACHABLE', /not signed by a CA/, /CONSUL_CACERT or CONSUL_CAPATH/);
      await copyFile(ours.cert, join(path, 'more/ours.pem'));
      await uses(byTls(wrong));
    });

    test('without verification, where that is said', async () => {
      const theirs = await makeAuthority(folder, 'theirs');
      const wrong = { CONSUL_CACERT: theirs.cert };
      await fails(byTls(wrong), 'CONSUL_UNREACHABLE', /not signed by a CA/, /CONSUL_CACERT/);
      await uses(byTls({ ...wrong, CONSUL_HTTP_SSL_VERIFY: 'false' }));
    });

    test.each<[string, () => Environment, string, RegExp, RegExp]>([
      [
        'another name',
        () => ({ CONSUL_TLS_SERVER_NAME: '' }),
        'CONSUL_UNREACHABLE',
        /for another name or address/,
        /CONSUL_TLS_SERVER_NAME/,
      ],
      [
        'no certificate of ours',
        () => ({ CONSUL_CLIENT_CERT: '', CONSUL_CLIENT_KEY: '' }),
        'PERMISSION',
        /refused the certificate/,
        /CONSUL_CLIENT_CERT/,
      ],
      ['a key that is none', () => ({ CONSUL_CLIENT_KEY: ours.cert }), 'USAGE', /cannot be used/, /PEM files/],
      ['no such file', () => ({ CONSUL_CACERT: '/nowhere' }), 'USAGE', /CONSUL_CACERT/, /Mend the path/],
      [
        'a port without it',
        () => ({ CONSUL_HTTP_ADDR: `https://${agent.address}:8500` }),
        'CONSUL_UNREACHABLE',
        /does not speak TLS/,
        /8501/,
      ],
      [
        'none where it is spoken',
        () => ({ CONSUL_HTTP_ADDR: `http://${agent.address}:8501` }),
        'CONSUL_ERROR',
        /HTTPS server/,
        /CONSUL_HTTP_SSL=true/,
      ],
    ])('fails with %s', async (_name, env, code, cause, cure) => fails(byTls(env()), code, cause, cure));
  });

  describe('by a socket', () => {
    test('that is there', async () => {
      const env = { CONSUL_HTTP_ADDR: `unix://${agent.folder}/http.sock`, CONSUL_HTTP_TOKEN: tokens.writer };
      await uses(env);
      await uses({ ...env, CONSUL_HTTP_ADDR: 'unix:///nowhere' }, env.CONSUL_HTTP_ADDR);
    });

    test('that is not', async () => {
      const nowhere = { CONSUL_HTTP_ADDR: `unix://${folder}/no.sock` };
      await fails(nowhere, 'CONSUL_UNREACHABLE', /there is no such socket/, /CONSUL_HTTP_ADDR/);
    });
  });
});
