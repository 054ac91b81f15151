import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spreadOf } from './measure.js';
import type { Result } from './part.js';

const FILE = join(import.meta.dirname, 'baseline.json');

/** What counts as slower: machines differ, in what a process costs beside a call for one. */
const MARGIN = 1.5;

/** Medians by the name of the ratio; of CPU time where that was measured, since it is the steadier one. */
export type Medians = Readonly<Record<string, number>>;

export function mediansOf(part: string, results: readonly Result[]): Medians {
  return Object.fromEntries(
    results.flatMap(({ title, ratios = [] }) =>
      ratios.map(({ name, values, cpu }) => {
        const steady = cpu?.every(Number.isFinite) === true ? cpu : values;
        return [`${part}: ${title}: ${name}`, Number(spreadOf(steady).median.toFixed(2))] as const;
      }),
    ),
  );
}

/** What has become slower than it was, one line each. */
export function slowerThanBaseline(now: Medians): readonly string[] {
  const before = read();
  return Object.entries(now).flatMap(([name, median]) => {
    const was = before[name];
    return was !== undefined && median > was * MARGIN ? [`${name}: ${String(median)}, and was ${String(was)}`] : [];
  });
}

export function updateBaseline(now: Medians): void {
  const all = Object.entries({ ...read(), ...now }).sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
}

function read(): Medians {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Medians;
}
