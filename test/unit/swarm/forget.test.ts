import { expect, test } from 'vitest';

import { stepTitle } from '../../../packages/core/src/plan/format.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { failure, hostOf, nodesOf, rest, run, specText, threeHosts } from './three.js';

const ALL = specText();

test('an engine that says for a moment that it is in no swarm, since it is restarted, stays on the list', async () => {
  const hosts = threeHosts();
  await run(hosts, ALL);
  const before = nodesOf(hosts);
  const c = hostOf(hosts, 'c');
  let stopping = true;
  const restarted: MemoryHost = {
    ...c,
    engine: {
      ...c.engine,
      observe: async (signal) => {
        const seen = await c.engine.observe(signal);
        return stopping ? { ...seen, engine: { ...seen.engine, swarm: { state: 'inactive', manager: false } } } : seen;
      },
    },
  };
  const during = new Map([...hosts, ['c', restarted]]);
  const started: string[] = [];
  const error = await failure(
    run(during, ALL, {
      onEvent: (event) => {
        if (event.event !== 'step' || event.state !== 'started') return;
        stopping = false;
        started.push(stepTitle(event.step));
      },
    }),
  );
  expect(started).toContain('take c off the list of nodes');
  expect(error.message).toContain('c was in no swarm when this was planned, and now it is that node');
  expect(nodesOf(hosts)).toEqual(before);
  expect(await rest(hosts, ALL)).toEqual([]);
});
