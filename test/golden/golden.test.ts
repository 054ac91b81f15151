import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../support/memory/index.js';
import type { WorldInput } from '../support/memory/index.js';
import { planText } from '../support/memory/run.js';
import { renderPlan } from './render.js';

/*
 * A folder is a case: the spec, the host as the memory backends have it, and the whole plan. A case whose name begins
 * with `destroy` plans for nothing to be left, one with `adopt` for taking over what is there. UPDATE_GOLDEN=1 writes
 * the plans; read every one that changed.
 */
const here = import.meta.dirname;
const cases = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe('plans', () => {
  test.each(cases.map(({ name }) => name))('%s', async (name) => {
    const file = (leaf: string): string => join(here, name, leaf);
    const observed = JSON.parse(readFileSync(file('observed.json'), 'utf8')) as WorldInput;
    const host = memoryHost(observed);
    const plan = await planText(host, readFileSync(file('spec.yaml'), 'utf8'), {
      destroy: name.startsWith('destroy'),
      adopt: name.startsWith('adopt'),
    });
    const text = renderPlan(plan);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file('plan.txt'), text);
    expect(text).toBe(readFileSync(file('plan.txt'), 'utf8'));
    expect(host.faults.writes, 'a plan writes nothing').toBe(0);
  });

  test('there are enough of them to mean something', () => {
    expect(cases.length).toBeGreaterThan(30);
  });
});
