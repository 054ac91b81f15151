/**
 * netctl beside what its users would take instead, on one engine in one throwaway host, in turns: what scripts/bench runs.
 * The figures are ratios of one run. No target is an assertion; `--check` alone fails, where a ratio is far from what it was.
 */
import { cpus, loadavg, release } from 'node:os';
import { parseArgs } from 'node:util';
import { mediansOf, slowerThanBaseline, updateBaseline } from './peers/baseline.js';
import type { Medians } from './peers/baseline.js';
import { benchEngine } from './peers/bed.js';
import { markdownOf } from './peers/markdown.js';
import type { Part } from './peers/part.js';
import { ansible } from './peers/parts/ansible.js';
import { apply50 } from './peers/parts/apply50.js';
import { calls } from './peers/parts/calls.js';
import { links } from './peers/parts/links.js';
import { memory } from './peers/parts/memory.js';
import { noop } from './peers/parts/noop.js';
import { plan } from './peers/parts/plan.js';
import { planning } from './peers/parts/planning.js';
import { replace } from './peers/parts/replace.js';
import { scale } from './peers/parts/scale.js';
import { version } from './peers/parts/version.js';

const PARTS: Readonly<Record<string, Part>> = {
  ...{ version, plan, noop, apply50, replace, links, planning, memory, calls, ansible, scale },
};

const { values: options, positionals: names } = parseArgs({
  options: { check: { type: 'boolean', default: false }, update: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = names.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
  console.error(`bench: no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(64);
}

const load = (): string =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');

const machine = [
  `Engine ${benchEngine().version}`,
  `Linux ${release()}`,
  `Node.js ${process.version}`,
  `${String(cpus().length)} cores (${cpus()[0]?.model ?? 'unknown'})`,
];
console.log(machine.join(', '));
let medians: Medians = {};
for (const [name, part] of Object.entries(PARTS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const before = load();
  const results = await part();
  for (const result of results) console.log(`\n${markdownOf(result)}`);
  console.log(`\nLoad of the machine: ${before} before, ${load()} after.`);
  medians = { ...medians, ...mediansOf(name, results) };
}
if (options.update) updateBaseline(medians);
if (options.check) {
  const slower = slowerThanBaseline(medians);
  for (const line of slower) console.error(`bench: slower: ${line}`);
  process.exitCode = slower.length === 0 ? 0 : 1;
}
