import type { Cell, Outcome } from './covers.js';
import { FEATURES } from './features.js';

/** The support table, and what keeps it from being complete. */
export interface SupportTable {
  readonly markdown: string;
  readonly faults: readonly string[];
}

const begin = '<!-- support table: made by scripts/support-table from what the tests ran -->';
const end = '<!-- end of the support table -->';

/** The table of these cells, a column for each of these engines, oldest first. A cell that no test shows is a fault. */
export function supportTable(cells: readonly Cell[], engines: readonly string[]): SupportTable {
  const faults: string[] = [];
  const notes: string[] = [];
  const note = (text: string): string => {
    if (!notes.includes(text)) notes.push(text);
    return ` [${notes.indexOf(text) + 1}]`;
  };
  const show = (outcome: Outcome): string => {
    if (outcome === 'tested') return 'tested';
    return 'refused' in outcome ? `refused${note(outcome.refused)}` : `not possible${note(outcome.impossible)}`;
  };
  const rows = Object.entries(FEATURES).flatMap(([driver, features]) =>
    Object.entries(features).map(([feature, title]) => {
      const columns = engines.map((engine) => {
        const shown = cells.filter(
          (cell) => cell.engine === engine && cell.driver === driver && cell.feature === feature,
        );
        const outcomes = [...new Set(shown.map(({ outcome }) => kindOf(outcome)))];
        const where = `${driver}, ${title}, engine ${engine}`;
        if (outcomes.length > 1) faults.push(`${where}: tests disagree: ${outcomes.join(', ')}`);
        // Tests end in any order, and what they say may differ in words.
        const distinct = [...new Map(shown.map(({ outcome }) => [JSON.stringify(outcome), outcome]))].sort();
        if (distinct.length > 0) return distinct.map(([, outcome]) => show(outcome)).join(', ');
        faults.push(`${where}: no passed test shows it`);
        return '**not tested**';
      });
      return [driver, title, ...columns];
    }),
  );
  const line = (columns: readonly string[]): string =>
    `| ${columns.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  const head = ['driver', 'feature', ...engines.map((engine) => `engine ${engine}`)];
  const markdown = [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    ...notes.map((text, index) => `${index + 1}. ${text}`),
  ].join('\n');
  return { markdown, faults };
}

function kindOf(outcome: Outcome): string {
  return typeof outcome === 'string' ? outcome : (Object.keys(outcome)[0] ?? '');
}

/** The engines that the table has a column for. */
export function enginesOf(page: string): readonly string[] {
  const table = page.slice(page.indexOf(begin), page.indexOf(end));
  const head = /^\|\s*driver\s*\|.*$/m.exec(table)?.[0] ?? '';
  return [...head.matchAll(/engine ([0-9.]+)/g)].map(([, version = '']) => version);
}

/** The page with this table between its two marks. Throws when it lacks them. */
export function withTable(page: string, markdown: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/engines.md lacks the lines ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${markdown}\n\n${page.slice(to)}`;
}
