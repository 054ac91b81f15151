/**
 * How long `netctl graph` takes for 5 hosts with 40 networks and 200 containers each, to the last letter of the page:
 * `npx tsx test/bench/graph.ts`, after `npm run build`. It runs the built command, and prints for each format the median of
 * several runs, as wall time and as CPU time: with other work on the machine the wall time is more, and the CPU time says
 * what it costs. No engine is asked, so that the figure is that of the drawing.
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { largeSpec } from '../support/graph/large.js';
import { netctlProgram } from '../integration/support/netctl.js';

const RUNS = 5;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** One run of the built command, in milliseconds. */
async function timed(args: readonly string[]): Promise<Time> {
  const timing = ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'time', process.execPath, netctlProgram, ...args];
  const { durationMs, stderr } = await execa('bash', timing);
  const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { wall: durationMs, cpu: (user + system) * 1000 };
}

/** `1012 ms (CPU 950 ms)` */
async function measured(args: readonly string[]): Promise<string> {
  const times: Time[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push(await timed(args));
  const of = (part: keyof Time): string => median(times.map((time) => time[part])).toFixed(0);
  return `${of('wall')} ms (CPU ${of('cpu')} ms)`;
}

const folder = await mkdtemp(join(tmpdir(), 'netctl-bench-'));
try {
  const spec = join(folder, 'large.yaml');
  await writeFile(spec, largeSpec(5, 40, 200));
  console.log(`validate ${await measured(['validate', spec])}`);
  for (const format of ['html', 'svg', 'mermaid', 'dot']) {
    const file = join(folder, `large.${format}`);
    const time = await measured(['graph', '--wanted', '--format', format, '-o', file, spec]);
    console.log(`${format.padEnd(8)} ${time}, ${((await stat(file)).size / 1024).toFixed(0)} KiB`);
  }
} finally {
  await rm(folder, { recursive: true });
}
