import { describe, expect, test } from 'vitest';
import type { EngineClient } from '../../../packages/core/src/docker/client.js';
import { refusal } from '../../../packages/core/src/docker/errors.js';
import { allocated } from '../../../packages/core/src/docker/swarm-settle.js';
import { NetctlError } from '../../../packages/core/src/errors.js';

const pending = { Id: 'mine', Name: 'app', Driver: '', IPAM: { Config: null } };
const whole = { ...pending, Driver: 'overlay', IPAM: { Config: [{ Subnet: '10.0.1.0/24' }] } };

interface Swarm {
  /** What the engine shows at one look after another, the last again and again. */
  readonly looks: readonly (object | Error)[];
  readonly remove?: Error;
  /** Done at the first look. */
  readonly meanwhile?: () => void;
  readonly signal?: AbortSignal;
}

async function wait({ looks, remove, meanwhile, signal }: Swarm): Promise<{ outcome: unknown; calls: string[] }> {
  const left = [...looks];
  const calls: string[] = [];
  const client: EngineClient = {
    where: 'unix:///x',
    call: (method, path, options = {}) => {
      calls.push(`${method} ${path}`);
      options.signal?.throwIfAborted();
      if (method === 'DELETE') return remove === undefined ? answer({}) : Promise.reject(remove);
      meanwhile?.();
      const json = left.length > 1 ? left.shift() : left[0];
      return json instanceof Error ? Promise.reject(json) : answer(json);
    },
    stream: () => Promise.resolve(),
    useVersion: () => undefined,
    close: () => undefined,
  };
  // As long as one look takes: at the second the time is over.
  const outcome = await allocated(client, { name: 'app', id: 'mine' }, signal, 1).then(
    () => 'allocated',
    (error: unknown) => error,
  );
  return { outcome, calls };
}

const answer = (json: unknown) => Promise.resolve({ json, headers: {} });
const look = 'GET /networks/mine';
const removal = 'DELETE /networks/mine';

describe('a network that a swarm was asked for', () => {
  test('stays once it has its addresses', async () => {
    expect(await wait({ looks: [whole] })).toEqual({ outcome: 'allocated', calls: [look] });
    expect(await wait({ looks: [pending, whole] })).toEqual({ outcome: 'allocated', calls: [look, look] });
  });

  test('is taken back when it has none in time', async () => {
    const { outcome, calls } = await wait({ looks: [pending] });
    expect(outcome).toMatchObject({
      code: 'ENGINE_ERROR',
      message: 'The swarm could not allocate addresses for network app',
    });
    expect(calls.at(-1)).toBe(removal);
    expect(calls.filter((one) => one === removal)).toHaveLength(1);
  });

  test('has a driver, and still no addresses', async () => {
    expect((await wait({ looks: [{ ...whole, IPAM: { Config: [] } }] })).calls.at(-1)).toBe(removal);
  });

  test('is taken back when whoever waits is stopped, which is what is told', async () => {
    const stop = new AbortController();
    const reason = new NetctlError('INTERRUPTED', 'stopped');
    const { outcome, calls } = await wait({
      looks: [pending],
      meanwhile: () => stop.abort(reason),
      signal: stop.signal,
    });
    expect(outcome).toBe(reason);
    expect(calls).toEqual([look, removal]);
  });

  test('is taken back when it can be seen no more, and one that is gone needs no removal', async () => {
    const away = new NetctlError('ENGINE_TIMEOUT', 'no answer');
    expect(await wait({ looks: [away] })).toEqual({ outcome: away, calls: [look, removal] });
    expect((await wait({ looks: [away], remove: away })).outcome).toBe(away);
    const gone = refusal(404, 'network mine not found', look);
    expect((await wait({ looks: [gone], remove: refusal(404, 'network mine not found', removal) })).outcome).toBe(gone);
  });

  test('is named by its id where it cannot be removed again', async () => {
    const { outcome } = await wait({ looks: [pending], remove: refusal(500, 'no leader', removal) });
    expect(outcome).toMatchObject({
      code: 'ENGINE_ERROR',
      message: 'The swarm could not allocate addresses for network app; it could not be removed again',
      hint: expect.stringMatching(/^Remove it by its id: docker network rm mine\. Its subnet overlaps/) as string,
    });
  });
});
