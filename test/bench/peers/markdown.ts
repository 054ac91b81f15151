import { spreadOf } from './measure.js';
import type { Ratio, Timing } from './measure.js';
import type { Result } from './part.js';

/** A result as it is printed, and as it is in the documentation. */
export function markdownOf({ title, timings, ratios = [], table, notes = [] }: Result): string {
  const parts = [`### ${title}`];
  if (timings !== undefined) {
    const head = ['', 'wall, median', 'least to most', 'CPU, median', 'runs'];
    parts.push(tableOf(head, [...timings].map(timingRow)));
  }
  if (table !== undefined) parts.push(tableOf(table.head, table.rows));
  if (ratios.length > 0) {
    parts.push(tableOf(['ratio', 'median', 'least to most', 'of CPU time', 'target', ''], ratios.map(ratioRow)));
  }
  return [...parts, ...notes].join('\n\n');
}

export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function timingRow([name, timings]: readonly [string, readonly Timing[]]): readonly string[] {
  const wall = spreadOf(timings.map((one) => one.wall));
  const cpu = spreadOf(timings.flatMap((one) => (Number.isFinite(one.cpu) ? [one.cpu] : [])));
  const range = `${milliseconds(wall.least)} to ${milliseconds(wall.most)}`;
  return [
    name,
    `${milliseconds(wall.median)} ms`,
    range,
    Number.isNaN(cpu.median) ? '' : `${milliseconds(cpu.median)} ms`,
    String(timings.length),
  ];
}

function ratioRow({ name, values, cpu, target }: Ratio): readonly string[] {
  const { median, least, most } = spreadOf(values);
  const range = `${least.toFixed(2)} to ${most.toFixed(2)}`;
  const work = cpu === undefined ? NaN : spreadOf(cpu).median;
  const found = [name, median.toFixed(2), range, Number.isFinite(work) ? work.toFixed(2) : ''];
  if (target === undefined) return [...found, '', ''];
  return [...found, `≤ ${target.toFixed(2)}`, median <= target ? 'met' : 'missed'];
}

export function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
