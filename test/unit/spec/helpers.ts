import { expect } from 'vitest';

import { parseSpec } from '../../../packages/core/src/spec/load.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { schemaFaults } from '../../support/reference/schema-check.js';
import type { Problem } from '../../../packages/core/src/problem.js';

/** Loads a spec that must be valid, for the JSON Schema too. */
export function load(text: string, env: Record<string, string> = {}, dotenv = ''): LoadedSpec {
  const loaded = read(text, env, dotenv);
  expect(schemaFaults(text), text).toEqual([]);
  return loaded;
}

/** The same where no other reader of YAML takes the text. */
export function read(text: string, env: Record<string, string> = {}, dotenv = ''): LoadedSpec {
  return parseSpec({ bytes: text, file: 'netctl.yaml', env, dotenv });
}

/** All problems of a text, valid or not. */
export function problemsOf(
  bytes: string | Uint8Array,
  env: Record<string, string> = {},
  dotenv = '',
): readonly Problem[] {
  try {
    return parseSpec({ bytes, file: 'netctl.yaml', env, dotenv }).problems;
  } catch (error) {
    if (error instanceof NetctlError) return error.problems;
    throw error;
  }
}

/** `CODE path line:column`, as tables want it. */
export function brief(problems: readonly Problem[]): string[] {
  return problems.map(({ code, path, line, column }) => `${code} ${path} ${line ?? '-'}:${column ?? '-'}`);
}
