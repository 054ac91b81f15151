/**
 * Whether netctl watch keeps its memory: `npx tsx --conditions=@netctl/source test/bench/watch-soak.ts [STARTS]`, after npm run build.
 * 10,000 containers start and stop on an engine in memory, behind a real socket, beside a real kernel in a network
 * namespace; each 400th is one that the spec wants on a network, and is put there. Prints what the process has in memory, and
 * ends with 1 when that is above 120 MB, or grows from the second third to the last.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHost } from '@netctl/lab';
import { openDesk } from '../integration/support/netctl.js';
import { until } from '../integration/support/until.js';
import { serveEngine } from './support/engine-server.js';

const STARTS = Number(process.argv[2] ?? 10_000);
/** Containers that run at one time. */
const RUNNING = 20;
/** Between one batch and the next. */
const BATCH = 20;
const PAUSE_MS = 250;
const MOST_MB = 120;

const spec = {
  name: 'soak',
  networks: { web: { subnet: '10.50.1.0/24' }, lan: { subnet: '10.50.2.0/24', ip_range: '10.50.2.128/25' } },
  containers: { printer: { networks: { lan: { ipv4_address: '10.50.2.80' } } } },
};

await using host = await startHost({ engine: false, interfaces: [{ name: 'eth0', addresses: ['192.168.1.10/24'] }] });
await using desk = await openDesk(host);
const socketPath = join(desk.folder, 'engine.sock');
await using engine = await serveEngine(socketPath);
const path = await desk.write('netctl.yaml', spec);
const watching = desk.start(['watch', path, '--json', '--metrics', '9479', '-H', `unix://${socketPath}`]);
await watching.said('"result":"repaired"');

/** Of the process that runs netctl: the child of the one that entered the host. */
const pid = await netctlPid();
const samples: { readonly starts: number; readonly mb: number }[] = [];
const sample = async (starts: number): Promise<void> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mb = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024;
  samples.push({ starts, mb });
  console.log(`${String(starts).padStart(6)} starts  ${mb.toFixed(1)} MB`);
};

const begun = performance.now();
await sample(0);
const running: { readonly id: string; readonly name: string }[] = [];
for (let starts = 1; starts <= STARTS; starts += 1) {
  const name = starts % 400 === 0 ? 'printer' : `job-${String(starts)}`;
  const id = createHash('sha256').update(String(starts)).digest('hex');
  // One name is had by one container.
  const before = running.findIndex((one) => one.name === name);
  if (before !== -1) stop(...running.splice(before, 1));
  start(id, name);
  running.push({ id, name });
  if (running.length > RUNNING) stop(...running.splice(running[0]?.name === 'printer' ? 1 : 0, 1));
  if (starts % BATCH === 0) await sleep(PAUSE_MS);
  if (starts % (STARTS / 20) === 0) await sample(starts);
}
stop(...running.splice(0));
const seconds = (performance.now() - begun) / 1000;
await until(
  'netctl has looked at the end of it',
  () => {
    const last = JSON.parse(watching.lines.at(-1) ?? '{}') as { readonly result?: string };
    return Promise.resolve(last.result === 'quiet');
  },
  60_000,
);
await sample(STARTS);
await watching.signal('SIGTERM');
const { exitCode, stderr } = await watching.ended;
const report = JSON.parse(watching.lines.at(-1) ?? '{}') as Readonly<Record<string, number>>;

const third = Math.floor(samples.length / 3);
const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)].map(
  (part) => part.reduce((sum, { mb }) => sum + mb, 0) / part.length,
);
const most = Math.max(...samples.map(({ mb }) => mb));
const growth = (last ?? 0) / (middle ?? 1);
console.log(
  `${String(STARTS)} starts and stops in ${seconds.toFixed(0)} s: ${String(report['rounds'])} rounds, ${String(report['repairs'])} repairs, ${String(report['failures'])} failures; at most ${most.toFixed(1)} MB, the last third to the middle one ${growth.toFixed(3)}`,
);
if (stderr !== '') console.log(stderr);
for (const line of watching.lines.filter((one) => one.includes('"event":"failed"'))) console.log(line);
process.exitCode = exitCode === 0 && most < MOST_MB && growth < 1.05 ? 0 : 1;

function start(id: string, name: string): void {
  engine.world.containers.push({ id, name, state: 'running', networks: { bridge: {} } });
  for (const action of ['create', 'start']) engine.tell('container', action, id, attributesOf(name));
  engine.tell('network', 'connect', 'b'.repeat(64), { container: id, name: 'bridge', type: 'bridge' });
}

function stop(...some: readonly { readonly id: string; readonly name: string }[]): void {
  const ids = some.map(({ id }) => id);
  engine.world.containers = engine.world.containers.filter(({ id = '' }) => !ids.includes(id));
  for (const { id, name } of some) {
    engine.tell('network', 'disconnect', 'b'.repeat(64), { container: id, name: 'bridge', type: 'bridge' });
    for (const action of ['die', 'destroy']) engine.tell('container', action, id, attributesOf(name));
  }
}

/** The labels of a container are in each of its events. */
function attributesOf(name: string): Readonly<Record<string, string>> {
  const labels = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`com.example.label-${String(at)}`, `${name} ${'x'.repeat(60)}`]),
  );
  return { image: 'registry.example/team/image:1.2.3', name, ...labels };
}

async function netctlPid(): Promise<string> {
  const all = (await readFile('/proc/self/task/' + String(process.pid) + '/children', 'utf8')).trim().split(' ');
  for (const child of all) {
    const [inner = ''] = (await readFile(`/proc/${child}/task/${child}/children`, 'utf8').catch(() => ''))
      .trim()
      .split(' ');
    const args = inner === '' ? '' : await readFile(`/proc/${inner}/cmdline`, 'utf8').catch(() => '');
    if (args.split('\0')[2] === 'watch') return inner;
  }
  throw new Error('netctl does not run');
}
