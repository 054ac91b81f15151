import { describe, expect, test } from 'vitest';

import { company } from '../../../packages/core/src/apply/company.js';
import type { Company } from '../../../packages/core/src/apply/company.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { StepOf } from '../../../packages/core/src/model.js';
import { hostOf, failure, nodesOf, rest, run, specText, threeHosts, traces } from './three.js';

const init: StepOf<'swarm.init'> = {
  op: 'swarm.init',
  host: 'a',
  ref: 'swarm:a',
  why: '',
  disruptive: false,
  advertise: '',
};
const join: StepOf<'swarm.join'> = {
  ...{
    op: 'swarm.join',
    host: 'b',
    ref: 'swarm:b',
    why: '',
    disruptive: false,
    advertise: '',
    role: 'worker',
    by: 'a',
  },
  awaits: [{ host: 'a', op: 'swarm.init', ref: 'swarm:a' }],
};

function two(): Company {
  return company({
    plan: { version: 1, stack: 'shop', stages: [[init], [join]], problems: [] },
    ...{ observed: new Map(), engines: new Map(), members: ['a', 'b'], maker: 'a' },
  });
}

/** Whether it has ended by now, without waiting for it. */
async function isOver(work: Promise<unknown>): Promise<boolean> {
  let over = false;
  const ended = (): void => {
    over = true;
  };
  work.then(ended, ended);
  await new Promise((resolve) => setImmediate(resolve));
  return over;
}

describe('hosts that are changed at one time', () => {
  test('wait for the steps of one another', async () => {
    const both = two();
    const waits = both.before(join);
    expect(await isOver(waits)).toBe(false);
    both.did(init);
    await waits;
    await both.before(init);
  });

  test('meet before the first write and after the last', async () => {
    const both = two();
    for (const where of ['start', 'end', 'seen'] as const) {
      const first = both.meet('a', where);
      expect(await isOver(first)).toBe(false);
      await both.meet('b', where);
      await first;
    }
  });

  test('stop waiting when they are told to', async () => {
    const both = two();
    const stop = new AbortController();
    const waits = [both.before(join, stop.signal), both.meet('b', 'start', stop.signal)];
    stop.abort(new NetctlError('INTERRUPTED', 'stopped'));
    for (const one of waits) await expect(one).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(both.before(join, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    both.did(init);
    await both.before(join);
  });

  test('are kept from beginning by one that cannot', async () => {
    const both = two();
    const waits = both.meet('b', 'start');
    both.fails('a', new Error('no lock'));
    await expect(waits).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('no lock') as string,
    });
  });

  test('are told what was not done that they wait for', async () => {
    const both = two();
    const waits = both.before(join);
    both.fails('a', new Error('the disk is full'));
    await expect(waits).rejects.toThrow('the step before it (make the swarm on a) was not done');
    const back = both.makerEnded('b');
    expect(await isOver(back)).toBe(false);
    await both.makerEnded('a');
    both.leave('a');
    await back;
    await both.meet('b', 'end');
  });

  test('do not wait for one that has nothing to do any more', async () => {
    const both = two();
    both.leave('a');
    await expect(both.before(join)).rejects.toThrow('was not done');
    await both.meet('b', 'start');
  });
});

describe('an apply to three hosts', () => {
  const text = specText({ networks: { own: { subnet: '10.5.0.0/24' } } });

  test('writes nothing anywhere when one host cannot begin', async () => {
    const hosts = threeHosts();
    const c = hostOf(hosts, 'c');
    const broken = new Map(hosts).set('c', {
      ...c,
      engine: {
        ...c.engine,
        keepJournal: () => Promise.reject(new NetctlError('ENGINE_ERROR', 'no room (by the test)')),
      },
    });
    const error = await failure(run(broken, text));
    expect(error.message).toContain('c: Nothing was changed: the plan cannot be kept in the engine');
    expect(error.message).toContain('a: Refused, nothing was changed: c cannot take part');
    expect(traces(hosts)).toEqual([]);
    await run(hosts, text);
    expect(await rest(hosts, text)).toEqual([]);
  });

  test('tells those that wait for a step that failed, and what is done goes on from there', async () => {
    const hosts = threeHosts();
    hostOf(hosts, 'a').faults.arm({
      write: 2,
      when: 'before',
      how: new NetctlError('ENGINE_ERROR', 'no (by the test)'),
    });
    const error = await failure(run(hosts, text));
    expect(error.message).toContain('a: Could not make the swarm on a: no (by the test)');
    // Neither a mark of a swarm that was not made.
    expect(traces(hosts)).toEqual([]);
    expect(error.message).toContain(
      'b: Could not let b join the swarm as worker: the step before it (make the swarm on a) was not done',
    );
    await run(hosts, text);
    expect(nodesOf(hosts)).toEqual(['a manager', 'b worker', 'c worker']);
  });

  test('stops when it is told to, while hosts wait', async () => {
    const hosts = threeHosts();
    const stop = new AbortController();
    const a = hostOf(hosts, 'a');
    const slow = new Map(hosts).set('a', {
      ...a,
      engine: {
        ...a.engine,
        initSwarm: async (step, owner) => {
          stop.abort(new NetctlError('INTERRUPTED', 'Interrupted'));
          return a.engine.initSwarm(step, owner);
        },
      },
    });
    expect(await failure(run(slow, text, { signal: stop.signal }))).toMatchObject({ code: 'INTERRUPTED' });
    expect(nodesOf(hosts)).toEqual(['a manager']);
    await run(hosts, text);
    expect(await rest(hosts, text)).toEqual([]);
  });

  test('ends when a listener throws, whenever that is', async () => {
    for (let at = 0; at < 18; at += 1) {
      const hosts = threeHosts();
      let heard = 0;
      const onEvent = (): void => {
        if (heard++ === at) throw new RangeError('a listener (by the test)');
      };
      await expect(run(hosts, text, { onEvent })).rejects.toThrow('a listener (by the test)');
      await run(hosts, text);
      expect(await rest(hosts, text)).toEqual([]);
    }
  });
});
