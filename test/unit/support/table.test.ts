import { describe, expect, test } from 'vitest';
import type { Cell } from '../../support/table/covers.js';
import { FEATURES } from '../../support/table/features.js';
import { enginesOf, supportTable, withTable } from '../../support/table/render.js';

const whole: readonly Cell[] = Object.entries(FEATURES).flatMap(([driver, features]) =>
  Object.keys(features).map((feature) => ({
    engine: '28.5.2',
    driver: driver as keyof typeof FEATURES,
    feature,
    outcome: 'tested' as const,
  })),
);

describe('the support table', () => {
  test('has a row for each feature and a column for each engine, and is complete when every cell was shown', () => {
    const { markdown, faults } = supportTable(whole, ['28.5.2']);
    expect(faults).toEqual([]);
    expect(markdown.split('\n').filter((line) => line.endsWith('| tested |'))).toHaveLength(whole.length);
  });

  test('a cell that no test showed is a fault, and says so', () => {
    const { markdown, faults } = supportTable(whole, ['26.1.5', '28.5.2']);
    expect(faults).toHaveLength(whole.length);
    expect(faults[0]).toBe(`bridge, ${FEATURES.bridge.basics}, engine 26.1.5: no passed test shows it`);
    expect(markdown).toContain('| **not tested** | tested |');
  });

  test('messages are notes below, each once', () => {
    const refusal = { refused: 'it needs engine 28.0' };
    const [first, second, third, ...rest] = whole.map((cell) => ({ ...cell }));
    const cells = [first, second].map((cell) => ({ ...cell, outcome: refusal }) as Cell);
    const cannot = { ...third, outcome: { impossible: 'swarm drops them' } } as Cell;
    const { markdown, faults } = supportTable([...cells, cannot, ...rest], ['28.5.2']);
    expect(faults).toEqual([]);
    expect(markdown.split('\n').filter((line) => line.endsWith('| refused [1] |'))).toHaveLength(2);
    expect(markdown).toContain('| not possible [2] |');
    expect(markdown.endsWith('\n1. it needs engine 28.0\n2. swarm drops them')).toBe(true);
  });

  test('two tests that disagree are a fault', () => {
    const [first] = whole;
    const other = { ...first, outcome: { refused: 'no' } } as Cell;
    expect(supportTable([...whole, other], ['28.5.2']).faults).toEqual([
      `bridge, ${FEATURES.bridge.basics}, engine 28.5.2: tests disagree: tested, refused`,
    ]);
  });

  test('two wordings of one refusal are both there, whichever test ended first', () => {
    const [first] = whole;
    const rest = whole.slice(1);
    const cells = ['b', 'a'].map((refused) => ({ ...first, outcome: { refused } }) as Cell);
    const one = supportTable([...cells, ...rest], ['28.5.2']);
    expect(one.faults).toEqual([]);
    expect(one.markdown).toContain('| refused [1], refused [2] |');
    expect(supportTable([...rest, ...cells.toReversed()], ['28.5.2'])).toEqual(one);
  });

  test('names its engines in its head, and what else the page says of engines does not count', () => {
    const { markdown } = supportTable(whole, ['26.1.5', '28.5.2']);
    const empty =
      'engine 20.10.24\n<!-- support table: made by scripts/support-table from what the tests ran -->\n<!-- end of the support table -->\n';
    expect(enginesOf(withTable(empty, markdown))).toEqual(['26.1.5', '28.5.2']);
    expect(enginesOf(empty)).toEqual([]);
    expect(enginesOf('engine 20.10.24')).toEqual([]);
  });

  test('goes between its two marks in the page, and nowhere else', () => {
    const once = withTable(
      'a\n\n<!-- support table: made by scripts/support-table from what the tests ran -->\nold\n<!-- end of the support table -->\n\nb\n',
      'new',
    );
    expect(once).toMatch(/^a\n[^]*-->\n\nnew\n\n<!-- end[^]*\nb\n$/);
    expect(withTable(once, 'new')).toBe(once);
    expect(() => withTable('a', 'new')).toThrow(/docs\/engines.md lacks/);
  });
});
