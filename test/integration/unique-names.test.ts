import { connectDocker, type EngineBackend, type NetworkProps } from '@netctl/core';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { covers } from '../support/table/covers.js';
import { askEngine, engineVersion, type Inspected, isAtLeast, makeForeignNetwork } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { expectFailure } from './support/failures.js';
import { type Desk, openDesk } from './support/netctl.js';

const AT_ONCE = 12;
const NAME = 'twin';

let host: Host;
let desk: Desk;
let version: string;
/** Engines before 25 look for the name before they make the network, and not while. */
let racy: boolean;
let backends: readonly EngineBackend[];

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  desk = await openDesk(host);
  version = await engineVersion(host);
  racy = !isAtLeast(version, '25.0');
  // Each has connections of its own, as another process would.
  backends = await Promise.all(Array.from({ length: AT_ONCE }, () => connectDocker({ host: host.dockerHost })));
});

afterAll(async () => {
  for (const backend of backends) await backend[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await host.close();
});

beforeEach(async () => {
  for (const { Id } of await namesakes()) await askEngine(host, 'DELETE', `/networks/${Id}`);
});

async function namesakes(): Promise<readonly Inspected[]> {
  const networks = await askEngine<readonly Inspected[]>(host, 'GET', '/networks');
  return networks.filter(({ Name }) => Name === NAME);
}

const isOurs = ({ Labels }: Inspected): boolean => Labels?.['io.netctl.stack'] !== undefined;

async function askRaw(): Promise<unknown> {
  return askEngine(host, 'POST', '/networks/create', { Name: NAME, CheckDuplicate: true });
}

const props: NetworkProps = { driver: 'bridge', ipam: { config: [] }, options: {}, labels: {} };

/** As applies do that hold no lock: those of two machines, or with two state folders. */
async function askNetctl(stack: string, backend: EngineBackend): Promise<unknown> {
  return backend.createNetwork({ name: NAME, props, asked: props }, { stack, ref: `network:${NAME}` });
}

/** Waits for all, and gives what the failed ones said. */
async function refusals(asked: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const results = await Promise.allSettled(asked);
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
}

test('an engine before 25 makes several networks of one name when asked at once, later ones one', async () => {
  const refused = await refusals(Array.from({ length: AT_ONCE }, askRaw));
  const made = (await namesakes()).length;
  expect(made).toBe(AT_ONCE - refused.length);
  if (racy) expect(made).toBeGreaterThan(1);
  else expect(made).toBe(1);
});

describe('netctl, asked twelve times at once', () => {
  /** Who failed says why, and what to do. */
  function expectReasons(reasons: readonly unknown[]): void {
    for (const reason of reasons) {
      expect(reason).toMatchObject({
        code: 'ENGINE_ERROR',
        hint: expect.stringContaining('same command again') as string,
      });
      expect((reason as Error).message).toMatch(/already exists|was made at the same moment.*ours is removed again$/);
    }
  }

  test.for([1, 2])('makes one network, and only its maker succeeds (round %i)', async (_round, ctx) => {
    const reasons = await refusals(backends.map(async (backend) => askNetctl('race', backend)));
    expectReasons(reasons);
    expect(reasons).toHaveLength(AT_ONCE - 1);
    expect(await namesakes()).toHaveLength(1);
    covers(ctx, version, 'any', 'names');
  });

  test('for two stacks makes one network all the same', async () => {
    const reasons = await refusals(
      backends.map(async (backend, index) => askNetctl(index % 2 === 0 ? 'one' : 'other', backend)),
    );
    expectReasons(reasons);
    expect(reasons).toHaveLength(AT_ONCE - 1);
    expect(await namesakes()).toHaveLength(1);
  });

  test('beside twelve others, is never the maker of a second network of the name', async () => {
    const [reasons] = await Promise.all([
      refusals(backends.map(async (backend) => askNetctl('race', backend))),
      refusals(Array.from({ length: AT_ONCE }, askRaw)),
    ]);
    expectReasons(reasons);
    const ours = (await namesakes()).filter(isOurs);
    expect(ours.length).toBe(AT_ONCE - reasons.length);
    expect(ours.length).toBeLessThanOrEqual(1);
    if (!racy) expect(await namesakes()).toHaveLength(1);
  });
});

test('a name that is there already is refused, and nothing is made', async () => {
  const first = await makeForeignNetwork(host, NAME);
  const { Id: second } = racy
    ? await askEngine<{ Id: string }>(host, 'POST', '/networks/create', { Name: NAME })
    : { Id: '' };
  const before = await namesakes();
  expect(before).toHaveLength(racy ? 2 : 1);
  const path = await desk.write('twin.yaml', { name: 'twin', networks: { [NAME]: { subnet: '10.64.0.0/24' } } });
  await expectFailure((more) => desk.netctl(['apply', path, ...more]), {
    exit: 3,
    code: 'REFUSED',
    cause: racy
      ? new RegExp(`2 networks have the name ${NAME} \\((?=.*${first.slice(0, 12)})(?=.*${second.slice(0, 12)})`)
      : new RegExp(`the network ${NAME} \\(${first.slice(0, 12)}\\) is there already, and netctl did not make it`),
    cure: /Give this network another name/,
    problems: ['NAME_TAKEN'],
  });
  // By name such a network cannot be removed; an engine that has one of a name makes no second.
  await expect(
    racy ? askEngine(host, 'DELETE', `/networks/${NAME}`) : askEngine(host, 'POST', '/networks/create', { Name: NAME }),
  ).rejects.toThrow(racy ? /is ambiguous \(2 matches found/ : /already exists/);
  expect(new Set(await namesakes())).toEqual(new Set(before));
});
