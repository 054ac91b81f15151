import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { apply } from '../../../packages/core/src/apply/apply.js';
import type { ApplyOptions, Report } from '../../../packages/core/src/apply/options.js';
import { plan } from '../../../packages/core/src/apply/plan.js';
import type { Plan } from '../../../packages/core/src/model.js';
import type { PlanOptions } from '../../../packages/core/src/plan/plan.js';
import { parseSpec } from '../../../packages/core/src/spec/load.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';
import type { MemoryHost } from './index.js';

// Plans are synced to the disk; a crash test writes thousands.
const memoryDisk = '/dev/shm';

/** A state folder for this test file. */
export const stateDir = mkdtempSync(join(existsSync(memoryDisk) ? memoryDisk : tmpdir(), 'netctl-state-'));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const loaded = new Map<string, LoadedSpec>();

/** The spec of a text, read once: a test applies one text many times. */
export function loadText(text: string): LoadedSpec {
  const known = loaded.get(text);
  if (known !== undefined) return known;
  const spec = parseSpec({ bytes: text, file: 'spec.yaml', env: {} });
  loaded.set(text, spec);
  return spec;
}

/** Applies a spec as `netctl apply --yes` does. */
export async function applyText(host: MemoryHost, text: string, options: ApplyOptions = {}): Promise<Report> {
  return apply(loadText(text), host, { allowDisruptive: true, stateDir, ...options });
}

export async function planText(host: MemoryHost, text: string, options: PlanOptions = {}): Promise<Plan> {
  return plan(loadText(text), host, options);
}
