import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@netctl/lab';
import { consulProgram } from '../../consul/support/agent.js';
import { rawRequest } from './engine-client.js';
import { until } from './until.js';

/** A service as an agent lists it; only what tests look at by name. */
export interface AgentService {
  readonly ID: string;
  readonly Service: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags: readonly string[];
  readonly Meta: Readonly<Record<string, string>>;
}

/** A real agent of Consul in a host, on its ports that everybody knows, which forgets all when it is started again. */
export interface HostAgent extends AsyncDisposable {
  ask(method: 'GET' | 'PUT', path: string): Promise<unknown>;
  /** The services that it has, but for the heartbeats of netctl. */
  services(): Promise<readonly AgentService[]>;
  /** `web 10.0.0.5:80` of each service. */
  addresses(): Promise<readonly string[]>;
  /** Waits until it has just these. */
  has(...addresses: readonly string[]): Promise<void>;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** A test of a disappearance has this for a deadline; how long it takes is measured in the benchmark. Milliseconds. */
const DEADLINE = 15_000;

/** Its HTTP API is on all addresses of the host, and on a socket for those who are not in it. */
export async function startAgentOn(host: Host): Promise<HostAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-agent-'));
  const [socket, config, log] = [join(folder, 'http.sock'), join(folder, 'config.json'), join(folder, 'log')];
  const settings = {
    node_name: host.name,
    bind_addr: '127.0.0.1',
    addresses: { http: `0.0.0.0 unix://${socket}`, dns: '0.0.0.0' },
    ports: { serf_wan: -1 },
    disable_update_check: true,
  };
  await writeFile(config, JSON.stringify(settings));
  let child: ChildProcess | undefined;

  const ask = async (method: 'GET' | 'PUT', path: string): Promise<unknown> => {
    const { status, body } = await rawRequest(socket, method, path);
    if (status >= 400) throw new Error(`${path}: ${String(status)} ${body.toString()}`);
    return body.length === 0 ? undefined : (JSON.parse(body.toString()) as unknown);
  };
  const kill = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending?.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill('SIGKILL');
    await ended;
  };
  const start = async (): Promise<void> => {
    const out = openSync(log, 'a');
    const [program, ...args] = host.command('setpriv', [
      ...['--pdeathsig', 'KILL', '--', consulProgram ?? ''],
      ...['agent', '-dev', '-config-file', config],
    ]);
    const started = spawn(program, args, { stdio: ['ignore', out, out] });
    child = started;
    const isReady = async (): Promise<boolean> => {
      if (started.exitCode !== null) throw new Error(`the agent ended: ${await readFile(log, 'utf8')}`);
      const leader = await ask('GET', '/v1/status/leader').catch(() => '');
      return typeof leader === 'string' && leader !== '';
    };
    await until(`an agent answers on ${host.name}`, isReady, 60_000);
  };
  const services = async (): Promise<readonly AgentService[]> => {
    const all = Object.values((await ask('GET', '/v1/agent/services')) as Readonly<Record<string, AgentService>>);
    return all.filter(({ Service }) => Service !== 'netctl').sort((a, b) => (a.ID < b.ID ? -1 : 1));
  };
  const addresses = async (): Promise<readonly string[]> =>
    (await services()).map(({ Service, Address, Port }) => `${Service} ${Address}:${String(Port)}`).sort();
  const agent: HostAgent = {
    ...{ ask, services, addresses, start, kill },
    has: async (...expected) => {
      const wanted = JSON.stringify([...expected].sort());
      let last = '';
      await until('', async () => (last = JSON.stringify(await addresses())) === wanted, DEADLINE).catch(() => {
        throw new Error(`the agent should have ${wanted}, and has ${last}`);
      });
    },
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

/** Asks whoever answers on Consul's port of a host, from within it; the text of the answer. */
export async function askAgentAt(host: Host, path: string): Promise<string> {
  const script = `fetch('http://127.0.0.1:8500${path}').then((answer) => answer.text()).then(console.log)`;
  return (await host.run(process.execPath, ['--eval', script])).stdout.trim();
}
