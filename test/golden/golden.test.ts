import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plan } from '../../packages/core/src/apply/plan.js';
import { memoryHost } from '../support/memory/index.js';
import type { WorldInput } from '../support/memory/index.js';
import { loadText } from '../support/memory/run.js';
import { renderPlan } from './render.js';

/*
 * A folder is a case: the spec, the host as the memory backends have it (or several by their names), and the whole plan. A case whose name begins
 * with `destroy` plans for nothing to be left, one with `adopt` for taking over what is there. UPDATE_GOLDEN=1 writes
 * the plans; read every one that changed.
 */
type Observed = WorldInput | { readonly hosts: Readonly<Record<string, WorldInput>> };

const here = import.meta.dirname;
const cases = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe('plans', () => {
  test.each(cases.map(({ name }) => name))('%s', async (name) => {
    const file = (leaf: string): string => join(here, name, leaf);
    const observed = JSON.parse(readFileSync(file('observed.json'), 'utf8')) as Observed;
    const several = Object.entries('hosts' in observed ? observed.hosts : {});
    const hosts = new Map(several.map(([host, input]) => [host, memoryHost(input)]));
    const host = memoryHost('hosts' in observed ? {} : observed);
    const spec = loadText(readFileSync(file('spec.yaml'), 'utf8'));
    const text = renderPlan(
      await plan(spec, hosts.size > 0 ? hosts : host, {
        destroy: name.startsWith('destroy'),
        adopt: name.startsWith('adopt'),
      }),
    );
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file('plan.txt'), text);
    expect(text).toBe(readFileSync(file('plan.txt'), 'utf8'));
    const writes = [host, ...hosts.values()].map(({ faults }) => faults.writes);
    expect(Math.max(...writes), 'a plan writes nothing').toBe(0);
  });

  test('there are enough of them to mean something', () => {
    expect(cases.length).toBeGreaterThan(30);
  });
});
