/* tsx test/support/table/update.ts RESULTS.json…: writes the support table of docs/engines.md from what those runs showed. */
import { readFileSync } from 'node:fs';
import { merge } from '../results/results.js';
import type { Results } from '../results/results.js';
import { writeTable } from './page.js';

const runs = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')) as Results);
const faults = await writeTable(merge(runs).cells);
for (const fault of faults) console.error(`support table: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
