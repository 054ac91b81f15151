import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plan, stepsOf } from '@netctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openSession } from '../../packages/cli/src/session.js';

/* Fifty engines, of which none answers before all of them were asked: whoever went from one to the next would wait for ever. */

const HOSTS = 50;

let folder: string;
const servers: Server[] = [];
/** Who waits for an answer, by what was asked. */
const waiting = new Map<string, (() => void)[]>();

const ANSWERS: Readonly<Record<string, (index: number) => unknown>> = {
  '/_ping': () => 'OK',
  '/info': (index) => ({ ID: `engine-${String(index)}`, Name: `node${String(index)}`, ServerVersion: '26.1.5' }),
  '/networks': () => [],
  '/containers/json': () => [],
};

function engine(index: number): Server {
  return createServer((incoming, outgoing) => {
    const path = (incoming.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
    const answer = ANSWERS[path];
    if (answer === undefined) {
      outgoing.writeHead(404).end();
      return;
    }
    const all = waiting.get(path) ?? [];
    waiting.set(path, all);
    all.push(() => outgoing.setHeader('api-version', '1.45').end(JSON.stringify(answer(index))));
    if (all.length === HOSTS) for (const go of all.splice(0)) go();
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-many-'));
  for (let index = 0; index < HOSTS; index += 1) {
    const one = engine(index);
    servers.push(one);
    await new Promise<void>((resolve) => one.listen(join(folder, `${String(index)}.sock`), resolve));
  }
});

afterAll(async () => {
  for (const one of servers) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
  await rm(folder, { recursive: true });
});

test('fifty hosts are reached, looked at and planned for in the time of the slowest', async () => {
  const hosts = servers.map(
    (_, index) => `  node${String(index)}: { docker: "unix://${folder}/${String(index)}.sock" }`,
  );
  const file = join(folder, 'netctl.yaml');
  await writeFile(file, `name: many\nhosts:\n${hosts.join('\n')}\nnetworks: { web: { subnet: 10.5.0.0/24 } }\n`);
  await using session = await openSession(file, {}, new AbortController().signal);
  const planned = await plan(session.loaded, session.targets, { stateDir: folder });
  expect(stepsOf(planned).map(({ host }) => host)).toEqual(servers.map((_, index) => `node${String(index)}`));
});
