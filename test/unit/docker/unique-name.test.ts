import { describe, expect, test } from 'vitest';
import type { ApiNetwork } from '../../../packages/core/src/docker/api.js';
import type { EngineClient } from '../../../packages/core/src/docker/client.js';
import { claimName, keepsNamesUnique } from '../../../packages/core/src/docker/unique-name.js';
import { NetctlError } from '../../../packages/core/src/errors.js';

const marks = { 'io.netctl.stack': 's', 'io.netctl.ref': 'network:web' };
const mine: ApiNetwork = { Id: 'mine', Name: 'web', Created: '2026-01-01T00:00:00.5Z', Labels: marks };
/** Written with fewer digits, and in another zone: as text it would sort otherwise. */
const older: ApiNetwork = { ...mine, Id: 'zzz', Created: '2026-01-01T01:00:00.49999+01:00' };
const younger: ApiNetwork = { ...mine, Id: 'aaa', Created: '2026-01-01T00:00:01Z' };
const foreign: ApiNetwork = { ...younger, Labels: null };

interface Called {
  readonly outcome: unknown;
  readonly calls: readonly string[];
}

/** Claims the name for `mine` while the engine lists these, the last list again and again. */
async function claim(...lists: readonly (readonly ApiNetwork[])[]): Promise<Called> {
  const left = [...lists];
  const calls: string[] = [];
  const client: EngineClient = {
    where: 'unix:///x',
    call: (method, path) => {
      calls.push(`${method} ${path}`);
      const json = left.length > 1 ? left.shift() : left[0];
      return Promise.resolve({ json, headers: {} });
    },
    stream: () => Promise.resolve(),
    useVersion: () => undefined,
    close: () => undefined,
  };
  const outcome = await claimName(client, 'web', 'mine', undefined, 4).then(
    () => 'kept',
    (error: unknown) => error,
  );
  return { outcome, calls };
}

const GIVEN_UP = 'DELETE /networks/mine';

test.each([
  ['1.41', false],
  ['1.43', false],
  ['1.44', true],
  ['1.51', true],
])('an engine of API %s keeps names unique: %s', (api, unique) => {
  expect(keepsNamesUnique(api)).toBe(unique);
});

describe('a name is kept', () => {
  test('by one that is alone, at one look', async () => {
    expect(await claim([mine])).toEqual({ outcome: 'kept', calls: ['GET /networks'] });
  });

  test('beside names that the filter finds and that are other names', async () => {
    const { outcome } = await claim([mine, { ...foreign, Name: 'web2' }, { ...foreign, Name: 'WEB' }]);
    expect(outcome).toBe('kept');
  });

  test('by the oldest of netctl’s, once the others have gone', async () => {
    const { outcome, calls } = await claim([mine, younger], [mine, younger], [mine]);
    expect(outcome).toBe('kept');
    expect(calls).toEqual(['GET /networks', 'GET /networks', 'GET /networks']);
  });
});

describe('a name is given up', () => {
  test.each([
    ['to one that is not netctl’s, however young', foreign],
    ['to an older one of netctl’s', older],
    ['to one of the same moment with a lower id', { ...younger, Created: mine.Created ?? '' }],
    ['to one of another stack that is older', { ...older, Labels: { ...marks, 'io.netctl.stack': 'other' } }],
  ])('%s', async (_whom, other) => {
    const { outcome, calls } = await claim([mine, other]);
    expect(outcome).toBeInstanceOf(NetctlError);
    expect(outcome).toMatchObject({
      code: 'ENGINE_ERROR',
      message: expect.stringContaining(`named web (${other.Id ?? ''}) was made at the same moment`) as string,
      hint: expect.stringContaining('Run the same command again') as string,
    });
    expect(calls).toEqual(['GET /networks', GIVEN_UP]);
  });

  test('to a younger one that does not go: it has seen nobody', async () => {
    const { outcome, calls } = await claim([mine, younger]);
    expect(outcome).toMatchObject({ code: 'ENGINE_ERROR' });
    expect(calls).toEqual([...Array.from({ length: 4 }, () => 'GET /networks'), GIVEN_UP]);
  });

  test('in words, when the engine does not let it go', async () => {
    const client: EngineClient = {
      where: 'unix:///x',
      call: (method) =>
        method === 'GET'
          ? Promise.resolve({ json: [mine, foreign], headers: {} })
          : Promise.reject(new NetctlError('ENGINE_UNREACHABLE', 'gone')),
      stream: () => Promise.resolve(),
      useVersion: () => undefined,
      close: () => undefined,
    };
    await expect(claimName(client, 'web', 'mine')).rejects.toMatchObject({
      message: expect.stringContaining('could not be removed again') as string,
      hint: expect.stringContaining('docker network rm mine') as string,
    });
  });
});
