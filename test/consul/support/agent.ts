import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../integration/support/until.js';
import { askConsul } from './ask.js';

/** Consul, as scripts/consul fetched it; undefined where it could not. */
export const consulProgram = found(
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netctl/consul/consul'),
);

export interface AgentOptions {
  /** Makes what is added to its configuration. */
  readonly config?: (address: string, folder: string) => Promise<object>;
  /** Keeps what it has over a restart, as an agent of an installation does; else it is one for development. */
  readonly onDisk?: boolean;
  /** A token to ask with whether it is ready. */
  readonly token?: string;
}

/** A real agent of Consul on a loopback address of its own, so that its ports are those that everybody knows. */
export interface TestAgent extends AsyncDisposable {
  readonly address: string;
  /** Its HTTP API: `http://127.1.2.3:8500` */
  readonly http: string;
  /** Its DNS, as `dns.Resolver` wants it. */
  readonly dns: string;
  readonly folder: string;
  start(): Promise<void>;
  /** SIGKILL, so that it leaves nobody and deregisters nothing. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  log(): Promise<string>;
}

let next = 0;

/** One address for each agent of each process: all of 127.0.0.0/8 is this machine, and nobody else is told of it. */
function ownAddress(): string {
  next += 1;
  return `127.${100 + next}.${(process.pid >> 8) & 255}.${process.pid & 255}`;
}

export async function startAgent(options: AgentOptions = {}): Promise<TestAgent> {
  const address = ownAddress();
  const folder = await mkdtemp(join(tmpdir(), 'netctl-consul-'));
  const [http, config, log] = [`http://${address}:8500`, join(folder, 'config.json'), join(folder, 'log')];
  await writeFile(config, JSON.stringify(await configOf(address, folder, options)));
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    const [ending] = [child];
    child = undefined;
    if (ending?.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill('SIGKILL');
    await ended;
  };
  const readLog = async (): Promise<string> => readFile(log, 'utf8');
  const start = async (): Promise<void> => {
    const args = ['agent', ...(options.onDisk === true ? [] : ['-dev']), '-config-file', config];
    const out = openSync(log, 'a');
    // It ends with this process, however that ends.
    child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', consulProgram ?? '', ...args], {
      stdio: ['ignore', out, out],
    });
    const started = child;
    await until(
      `an agent answers at ${http}`,
      async () => {
        if (started.exitCode !== null) throw new Error(`the agent ended: ${await readLog()}`);
        const leader = await askConsul(http, 'GET', '/v1/status/leader', { token: options.token }).catch(() => '');
        return typeof leader === 'string' && leader !== '';
      },
      60_000,
    );
  };
  const agent: TestAgent = {
    address,
    http,
    dns: `${address}:8600`,
    folder,
    start,
    kill,
    signal: (name) => child?.kill(name),
    log: readLog,
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await start().catch(async (error: unknown) => {
    await agent[Symbol.asyncDispose]();
    throw error;
  });
  return agent;
}

async function configOf(address: string, folder: string, { config, onDisk = false }: AgentOptions): Promise<object> {
  const alone = {
    server: true,
    bootstrap_expect: 1,
    performance: { raft_multiplier: 1 },
    data_dir: join(folder, 'data'),
  };
  return {
    node_name: 'one',
    bind_addr: address,
    client_addr: address,
    ports: { serf_wan: -1 },
    connect: { enabled: true },
    disable_update_check: true,
    ...(onDisk && alone),
    ...(await config?.(address, folder)),
  };
}

function found(program: string): string | undefined {
  return existsSync(program) ? program : undefined;
}
