import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { ApplyEvent } from '../../../packages/core/src/apply/events.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { clusterOf } from '../../support/memory/index.js';
import { stateDir } from '../../support/memory/run.js';
import { hostOf, planOf, run, specText, threeHosts } from './three.js';

/** All that an error says, and what it was caused by. */
function toldBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, stack = '', cause } = error;
  const more = error instanceof NetctlError ? JSON.stringify([error.hint, error.problems, error.step]) : '';
  return [message, stack, more, cause === undefined ? '' : toldBy(cause)].join('\n');
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

test('nobody is told the tokens by which hosts join, and nothing keeps them', async () => {
  let seen = 0;
  for (const fails of [false, true]) {
    const hosts = threeHosts();
    const told: string[] = [];
    const kept = (): void =>
      void told.push(...filesBelow(stateDir), ...[...hosts.values()].map(({ world }) => JSON.stringify(world)));
    const onEvent = (event: ApplyEvent): void => {
      told.push(JSON.stringify(event));
      kept();
    };
    const b = hostOf(hosts, 'b');
    const broken = new Map(hosts);
    if (fails) {
      // What an engine says that was given a token may have it in.
      broken.set('b', {
        ...b,
        engine: {
          ...b.engine,
          joinSwarm: async (step, access, owner) => {
            const wrong = { ...access, managers: ['192.168.1.99:2377'] };
            return b.engine.joinSwarm(step, wrong, owner);
          },
        },
      });
    }
    const text = specText({ networks: { app: { driver: 'overlay', attachable: true, subnet: '10.20.0.0/24' } } });
    told.push(JSON.stringify(await planOf(hosts, text)));
    const end: unknown = await run(broken, text, { onEvent }).catch((error: unknown) => error);
    expect(end instanceof Error).toBe(fails);
    told.push(end instanceof Error ? toldBy(end) : JSON.stringify(end), JSON.stringify(await planOf(hosts, text)));
    kept();
    const { tokens } = clusterOf(hostOf(hosts, 'a').world) ?? {};
    expect(tokens?.worker).toMatch(/^SWMTKN-/);
    for (const text of told) expect(text).not.toMatch(/SWMTKN/);
    seen += told.length;
    if (fails) expect(told.join('\n')).toContain('The swarm did not take the host in');
  }
  expect(seen).toBeGreaterThan(20);
});
