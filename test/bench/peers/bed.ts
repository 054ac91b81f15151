import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '@netctl/lab';
import type { Host } from '@netctl/lab';
import { netctlProgram, openDesk } from '../../integration/support/netctl.js';
import type { Desk } from '../../integration/support/netctl.js';
import { cachedEngines } from '../../support/engines.js';
import type { CachedEngine } from '../../support/engines.js';
import type { Timing } from './measure.js';

/** A throwaway host with the newest engine in the cache, and what is measured there. */
export interface Bed extends AsyncDisposable {
  readonly host: Host;
  readonly desk: Desk;
  /** Runs a program in the host, with its engine as DOCKER_HOST. Throws what it printed when it fails. */
  time(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<Timing>;
  /** What the last one printed. */
  printed(): Promise<string>;
}

export const netctl = (...args: readonly string[]): readonly string[] => [process.execPath, netctlProgram, ...args];

export const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netctl');

/** Docker Compose, which scripts/compose has fetched. */
export const composeProgram = join(cache, 'compose/docker-compose');

/** The newest: what users get today. NETCTL_BENCH_ENGINE names the beginning of another version. */
export function benchEngine(): CachedEngine {
  const wanted = process.env['NETCTL_BENCH_ENGINE'] ?? '';
  const engine = cachedEngines().findLast(({ version }) => version.startsWith(wanted));
  if (engine === undefined) throw new Error(`no engine ${wanted} in the cache: run scripts/engines`);
  return engine;
}

export async function openBed(): Promise<Bed> {
  const host = await startHost({
    engine: { path: [benchEngine().folder] },
    interfaces: [{ name: 'eth0', addresses: ['192.0.2.2/24'] }],
  });
  const desk = await openDesk(host);
  return {
    host,
    desk,
    time: (argv, env = {}) => time(host, desk, argv, env),
    printed: () => readFile(join(desk.folder, PRINTED), 'utf8'),
    [Symbol.asyncDispose]: async () => {
      await desk[Symbol.asyncDispose]();
      await host.close();
    },
  };
}

const PRINTED = 'printed';

/** The program alone: neither the way into the host is counted nor what measures it. */
const SCRIPT = `TIMEFORMAT="%3R %3U %3S"; cd "$1" && shift && { time "$@" >${PRINTED} 2>&1 || { cat ${PRINTED}; exit 1; }; } 2>&1`;

async function time(
  host: Host,
  { folder, stateFolder }: Desk,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Timing> {
  const { stdout, exitCode } = await host.run('bash', ['-c', SCRIPT, 'bash', folder, ...argv], {
    timeout: 600_000,
    reject: false,
    env: { XDG_STATE_HOME: stateFolder, HOME: join(folder, 'home'), ...env },
  });
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = stdout.trim().split(' ').map(Number);
  if (exitCode !== 0 || Number.isNaN(system)) throw new Error(`${argv.join(' ')}: ${stdout}`);
  return { wall: wall * 1000, cpu: (user + system) * 1000 };
}

/** Why a peer is not there to compare with. */
export function composeMissing(): string | undefined {
  return existsSync(composeProgram) ? undefined : `no Docker Compose in ${cache}: scripts/compose could not fetch it`;
}
