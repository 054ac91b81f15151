import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { netctl, openBed } from '../bed.js';
import { spreadOf } from '../measure.js';
import { pinned, removeNetworks, specOf } from '../networks.js';
import type { Part } from '../part.js';

const RUNS = 5;
const TARGET = 90;

/** The most memory that a run had resident; the programs that it starts are not counted. */
export const memory: Part = async () => {
  await using bed = await openBed();
  const file = join(bed.desk.folder, 'peak');
  const env = { PEAK_FILE: file, NODE_OPTIONS: `--import=${join(import.meta.dirname, '../peak.mjs')}` };
  const rows: string[][] = [];
  const measure = async (name: string, argv: readonly string[], after?: () => Promise<void>): Promise<void> => {
    const peaks: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await bed.time(argv, env);
      peaks.push((Number(await readFile(file, 'utf8')) * 1024) / 1e6);
      await after?.();
    }
    const { median, least, most } = spreadOf(peaks);
    rows.push([name, `${median.toFixed(0)} MB`, `${least.toFixed(0)} to ${most.toFixed(0)}`]);
  };
  const spec = await bed.desk.write('fifty.yaml', specOf(pinned(50, 'n', 100)));
  await measure('node -e 0', [process.execPath, '-e', '0']);
  await measure('netctl apply of 50 networks', netctl('apply', spec), () => removeNetworks(bed.host));
  await bed.time(netctl('apply', spec));
  await measure('netctl apply of 50 networks, nothing to do', netctl('apply', spec));
  const notes = [`The target for an apply of 50 is less than ${String(TARGET)} MB.`];
  return [{ title: 'Memory', table: { head: ['', 'most, median', 'least to most'], rows }, notes }];
};
