/*
 * tsx test/support/results/report.ts [--partial] MAIN.json KERNEL.json: what the runs of vitest came to, as one: the skipped
 * tests with their reasons, the slowest, where the time went, what failed, whether the support table of docs/engines.md is what they showed, and the totals
 * as the last line: whoever sees only the end of a log sees what failed. --partial: not everything was run, so the table is
 * not looked at. The exit status is 0 only when all passed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { missingEngines } from '../engines.js';
import { tableFaults } from '../table/page.js';
import { merge, timesOf } from './results.js';
import type { Results } from './results.js';

const files = process.argv.slice(2).filter((argument) => argument !== '--partial');
const partial = process.argv.includes('--partial');
const runs = files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')) as Results);
const results = merge(runs);

const skipped = [
  ...results.skipped.map(({ name, reason }) => `${name}: ${reason}`),
  ...missingEngines().map(({ suite, reason }) => `the engine of Debian ${suite}: ${reason}`),
];
for (const line of skipped) console.log(`skipped: ${line}`);
console.log('slowest tests:');
for (const { name, seconds } of results.slowest) console.log(`${seconds.toFixed(1).padStart(8)} s  ${name}`);
console.log('where the time went:');
for (const { name, seconds } of timesOf(results)) console.log(`${seconds.toFixed(1).padStart(8)} s  ${name}`);
for (const { name, message } of results.failures) console.log(`failed: ${name}: ${message}`);

// A run that was to write a file and did not has failed as a whole.
const lost = files.length - runs.length;
for (const file of files) if (!existsSync(file)) console.log(`failed: a run ended without its results in ${file}`);
const faults = partial || lost > 0 ? [] : await tableFaults(results.cells);
for (const fault of faults) console.log(`support table: ${fault}`);
const failed = results.failed + lost + Math.min(faults.length, 1);
console.log(`${results.passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed === 0 && results.passed > 0 ? 0 : 1;
