import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINDINGS, MATTERS } from '../../../packages/core/src/doctor/codes.js';
import type { FindingCode } from '../../../packages/core/src/doctor/codes.js';
import { diagnose } from '../../../packages/core/src/doctor/diagnose.js';
import { formatFinding } from '../../../packages/core/src/doctor/format.js';
import { SHOWN_WHERE } from '../../support/doctor-shown.js';
import { CASES } from './cases.js';
import { hostWith } from './healthy.js';

const CODES = Object.keys(FINDINGS) as FindingCode[];

test('a host in order has nothing but what is in order', () => {
  const findings = diagnose(hostWith());
  expect(findings.filter(({ severity }) => severity !== 'ok')).toEqual([]);
  const matters = new Set(findings.map(({ matter }) => matter));
  expect(Object.keys(MATTERS).filter((matter) => !matters.has(matter as never))).toEqual(['spec', 'error']);
});

describe.each(CODES)('%s', (code) => {
  const { has, hasNot, says } = CASES[code];

  test('is said once, with evidence, cause and cure', () => {
    const [one, ...more] = diagnose(has).filter((finding) => finding.code === code);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ matter: FINDINGS[code].matter, title: FINDINGS[code].title });
    expect(one?.evidence.length).toBeGreaterThan(0);
    expect(one?.cause).toMatch(/\S{3}.*\.$/s);
    const text = one === undefined ? '' : formatFinding(one).join('\n');
    for (const words of says) expect(text).toContain(words);
    expect(one?.cure.length ?? 0, text).toBeGreaterThan(
      code.startsWith('ENGINE_UN') || code === 'ENGINE_FORBIDDEN' ? -1 : 0,
    );
  });

  test('is not said of the nearest thing that is right', () => {
    expect(diagnose(hasNot).filter((finding) => finding.code === code)).toEqual([]);
  });
});

test('no finding is worse than the table has it', () => {
  const weight = { error: 3, warning: 2, note: 1, ok: 0 };
  for (const { has } of Object.values(CASES)) {
    for (const { code, severity } of diagnose(has)) {
      const known = Object.hasOwn(FINDINGS, code) ? FINDINGS[code as FindingCode].severity : 'note';
      expect(weight[severity], code).toBeLessThanOrEqual(weight[known]);
    }
  }
});

test('what could not be looked at is said, and why', () => {
  const findings = diagnose({
    engine: { why: 'down' },
    links: { why: 'no ip' },
    host: { why: 'far away', cure: 'Go there.' },
    kernel: {},
    passing: new Set(),
    wanted: { links: [], parents: [] },
  });
  const unseen = findings
    .filter(({ code }) => code === 'NOT_LOOKED')
    .map(({ matter, cause }) => `${matter}: ${cause ?? ''}`);
  expect(unseen).toEqual([
    'storage: far away',
    'kernel: nobody could try what it can make',
    'iproute2: no ip',
    'platform: far away',
    'managers: far away',
    'firewall: far away',
    'settings: far away',
    'pools: the engine does not answer',
    'networks: the engine does not answer',
    'endpoints: the engine does not answer',
    'bridges: the engine does not answer',
    'exposure: far away',
  ]);
  expect(findings.filter(({ severity }) => severity === 'ok')).toEqual([]);
});

test('the table of the findings is that of the code and of the tests', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/doctor.md'), 'utf8');
  const [, shown = ''] = /<!-- findings -->([^]*)<!-- end of the findings -->/.exec(page) ?? [];
  const rows = shown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual(
    CODES.map((code) => {
      const { severity, title } = FINDINGS[code];
      return [`\`${code}\``, severity, title, SHOWN_WHERE[code]];
    }),
  );
});
