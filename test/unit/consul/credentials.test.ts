import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSpecText } from '@netctl/core';
import type { DiscoveryEvent } from '@netctl/consul';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { followServices } from '../../../packages/cli/src/discovery/follow.js';
import { connectConsul } from '../../../packages/consul/src/connect.js';
import { until } from '../../integration/support/until.js';

/* What tells rotated credentials from those that were read before. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-credentials-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const digest = async (env: Readonly<Record<string, string>>): Promise<string> => {
  await using consul = await connectConsul({ env, address: 'https://127.0.0.1:1' });
  return consul.credentials;
};

test.each(['CONSUL_HTTP_TOKEN_FILE', 'CONSUL_CACERT', 'CONSUL_CLIENT_CERT', 'CONSUL_CLIENT_KEY'])(
  'another text in the file of %s is seen, and the same text is not',
  async (variable) => {
    const same = await file('same', 'same');
    const path = await file('one', 'first');
    const env = { CONSUL_CLIENT_CERT: same, CONSUL_CLIENT_KEY: same, [variable]: path };
    const before = await digest(env);
    expect(await digest(env)).toBe(before);
    await file('one', 'second');
    expect(await digest(env)).not.toBe(before);
  },
);

test('it has nothing of the token in it', async () => {
  const token = 'b1946ac9-2492-d234-7c62-35c22a6e0c1f';
  expect(await digest({ CONSUL_HTTP_TOKEN: token })).toMatch(/^[0-9a-f]{64}$/);
  expect(await digest({ CONSUL_HTTP_TOKEN: token })).not.toBe(await digest({}));
});

test('a watch that reads its spec again begins anew with other credentials, and goes on with the same', async () => {
  const spec = 'name: home\nnetworks: { app: {} }\ndiscovery: { consul: { networks: [app], ttl: 10s } }\n';
  const loaded = await loadSpecText(spec, { file: 'netctl.yaml', folder });
  vi.stubEnv('CONSUL_HTTP_TOKEN_FILE', await file('token', 'one'));
  vi.stubEnv('CONSUL_HTTP_ADDR', 'http://127.0.0.1:1');
  const events: DiscoveryEvent[] = [];
  try {
    // No engine is there, which each beginning tells once.
    await using services = followServices({ host: `unix://${folder}/none.sock` }, (event) => events.push(event));
    await services.follow(loaded);
    await until('it has begun', () => Promise.resolve(events.length === 1));
    await services.follow(loaded);
    await file('token', 'two');
    await services.follow(loaded);
    await until('it has begun anew', () => Promise.resolve(events.length > 1));
  } finally {
    vi.unstubAllEnvs();
  }
  expect(events.map((event) => event.event === 'discovery' && event.state)).toEqual(['failed', 'failed']);
});
