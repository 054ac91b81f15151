import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { cachedEngines } from '../engines.js';
import type { Cell } from './covers.js';
import { enginesOf, supportTable, withTable } from './render.js';

const page = join(import.meta.dirname, '../../../docs/engines.md');

/**
 * What is wrong with the support table, as these cells tell: rows that no test showed, or another table. A run
 * with other engines than the table's is no fault, since Debian's newest suite moves; it is said, though.
 */
export async function tableFaults(cells: readonly Cell[]): Promise<readonly string[]> {
  const engines = cachedEngines().map(({ version }) => version);
  const { markdown, faults } = supportTable(cells, engines);
  const text = readFileSync(page, 'utf8');
  const shown = enginesOf(text);
  if (shown.join() !== engines.join()) {
    const [there, here] = [shown, engines].map((list) => list.join(', ') || 'no engine');
    console.log(`note: the support table has ${there ?? ''}, and here is ${here ?? ''}`);
    return faults;
  }
  return (await formatted(withTable(text, markdown))) === text
    ? faults
    : [...faults, 'docs/engines.md shows another one; scripts/support-table writes it'];
}

/** Writes the table of these cells into docs/engines.md, and gives what is wrong with it. */
export async function writeTable(cells: readonly Cell[]): Promise<readonly string[]> {
  const { markdown, faults } = supportTable(
    cells,
    cachedEngines().map(({ version }) => version),
  );
  writeFileSync(page, await formatted(withTable(readFileSync(page, 'utf8'), markdown)));
  return faults;
}

async function formatted(markdown: string): Promise<string> {
  return format(markdown, { ...(await resolveConfig(page)), filepath: page });
}
