import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plan } from '../../../packages/core/src/apply/plan.js';
import { FIRM, LINTS } from '../../../packages/core/src/codes.js';
import type { LintCode } from '../../../packages/core/src/codes.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { formatProblem } from '../../../packages/core/src/plan/format.js';
import type { Problem } from '../../../packages/core/src/problem.js';
import { memoryHost } from '../../support/memory/index.js';
import { loadText } from '../../support/memory/run.js';
import { problemsOf } from '../spec/helpers.js';
import { CASES } from './cases.js';
import type { Scene } from './cases.js';

const CODES = Object.keys(LINTS) as LintCode[];

/** All that netctl says of a scene, of the spec or of the host. */
async function said({ spec, host, adopt = false }: Scene): Promise<readonly Problem[]> {
  try {
    const loaded = loadText(`name: home\n${spec}\n`);
    const names = Object.keys(loaded.spec.hosts);
    const targets = names.length === 0 ? memoryHost(host) : new Map(names.map((name) => [name, memoryHost(host)]));
    return (await plan(loaded, targets, { adopt })).problems;
  } catch (error) {
    if (error instanceof NetctlError && error.code === 'SPEC_INVALID') return error.problems;
    throw error;
  }
}

/** The same with a code among those to ignore; a Compose file has them below its own x-netctl. */
function ignoring(scene: Scene, code: string): Scene {
  if (scene.spec.includes('services:')) return { ...scene, spec: `${scene.spec}\nx-netctl: { ignore: [${code}] }` };
  const listed = /^ignore: \[/m;
  const spec = listed.test(scene.spec)
    ? scene.spec.replace(listed, `ignore: [${code}, `)
    : `${scene.spec}\nignore: [${code}]`;
  return { ...scene, spec };
}

const withCode = (problems: readonly Problem[], code: string): readonly Problem[] =>
  problems.filter((one) => one.code === code);

describe.each(CODES)('%s', (code) => {
  const { has, hasNot } = CASES[code];

  test('is said with its severity, a place, a cause and a cure', async () => {
    const [one, ...more] = withCode(await said(has), code);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ severity: LINTS[code].severity, message: expect.stringMatching(/\S{3}/) as string });
    expect(one?.hint).toMatch(/\S{3}/);
    if (one?.path !== '') expect(one).toMatchObject({ line: expect.any(Number) as number });
  });

  test('is not said of the nearest thing that is right', async () => {
    expect(withCode(await said(hasNot), code)).toEqual([]);
  });

  test(LINTS[code].ignorable ? 'can be ignored, and nothing else with it' : 'cannot be ignored', async () => {
    const before = await said(has);
    const after = await said(ignoring(has, code));
    if (LINTS[code].ignorable) {
      const texts = (problems: readonly Problem[]): readonly string[] => problems.map((one) => formatProblem(one, 'f'));
      expect(texts(after)).toEqual(texts(before.filter((one) => one.code !== code)));
    } else {
      expect(withCode(after, 'NOT_IGNORABLE')).toMatchObject([{ severity: 'error', path: 'ignore[0]' }]);
    }
  });

  test(`is found ${LINTS[code].seenIn === 'spec' ? 'in the spec alone' : 'on a host only'}`, () => {
    const found = withCode(problemsOf(`name: home\n${has.spec}\n`), code);
    expect(found).toHaveLength(LINTS[code].seenIn === 'spec' ? 1 : 0);
  });
});

describe('the table', () => {
  const every = [...CODES, ...Object.values(FIRM).flat()];

  test('has each code once', () => {
    expect([...every].sort()).toEqual([...new Set<string>(every)].sort());
  });

  test('has no code that nobody says', () => {
    const folder = join(import.meta.dirname, '../../../packages');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^(?:cli|core|consul)\/src\/(?!codes\.ts).*\.ts$/.test(file),
    );
    const source = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    expect(every.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  });

  test('is what the page of warnings shows', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/warnings.md'), 'utf8');
    const [, shown = ''] = /<!-- lints -->([^]*)<!-- end of the lints -->/.exec(page) ?? [];
    const rows = shown
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    const { length } = CODES;
    expect(rows).toHaveLength(length);
    for (const code of CODES) {
      const { severity, ignorable, seenIn, reason } = LINTS[code];
      const seen = seenIn === 'spec' ? 'validate' : 'plan';
      expect(rows).toContainEqual([`\`${code}\``, severity, seen, ignorable ? 'yes' : 'no', reason]);
    }
  });
});
