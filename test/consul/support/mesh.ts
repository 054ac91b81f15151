import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectConsul, observeServices } from '@netctl/consul';
import type { Consul } from '@netctl/consul';
import { type Host, startHost, startLan } from '@netctl/lab';
import { until } from '../../integration/support/until.js';
import { consulProgram } from './agent.js';
import { owner } from './services.js';

/** The host of the database and of the agent, which the other host shares. */
export const DB = '192.168.1.10';
export const WEB = '192.168.1.20';

/** Says `db: ` and what it was told, to whoever is on its own host. */
const DATABASE = `require('node:net').createServer((one) => {
  one.on('error', () => undefined).on('data', (data) => one.write('db: ' + data));
}).listen(5432, '127.0.0.1')`;

/** Two hosts on a LAN, and one agent of Consul for both. */
export interface Mesh extends AsyncDisposable {
  readonly db: Host;
  readonly web: Host;
  readonly consul: Consul;
  /** Starts the sidecar of a service by Consul's own proxy. */
  sidecar(on: Host, id: string): void;
  /** Runs Consul's command line on the host of the agent. */
  run(...args: readonly string[]): Promise<string>;
  /** What a program on the host of the web server is answered by its upstream; empty when it hangs up. */
  askUpstream(text: string): Promise<string>;
  /** What the agents and proxies said. */
  log(): Promise<string>;
}

export async function startMesh(): Promise<Mesh> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-mesh-'));
  const lan = await startLan();
  const hosts: Host[] = [];
  const children: ChildProcess[] = [];
  const start = async (address: string): Promise<Host> => {
    const host = await startHost({ interfaces: [{ name: 'eth0', lan, addresses: [`${address}/24`] }], engine: false });
    hosts.push(host);
    return host;
  };
  const log = openSync(join(folder, 'log'), 'a');
  const keep = (host: Host, program: string, ...args: readonly string[]): void => {
    const [command, ...rest] = host.command(program, args);
    // They end with this process, however that ends.
    children.push(spawn(command, rest, { stdio: ['ignore', log, log] }));
  };
  const close = async (): Promise<void> => {
    for (const child of children) child.kill('SIGKILL');
    for (const host of hosts) await host.close();
    await lan.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [db, web] = [await start(DB), await start(WEB)];
    const [config, socket] = [join(folder, 'config.json'), join(folder, 'http.sock')];
    const listen = { bind_addr: DB, addresses: { http: `${DB} 127.0.0.1 unix://${socket}` } };
    await writeFile(
      config,
      JSON.stringify({ node_name: 'one', ...listen, disable_update_check: true, log_level: 'info' }),
    );
    keep(db, consulProgram ?? '', 'agent', '-dev', '-config-file', config);
    keep(db, process.execPath, '-e', DATABASE);
    const consul = await connectConsul({ env: {}, address: `unix://${socket}` });
    await until(
      'the agent answers',
      async () =>
        observeServices(consul, owner).then(
          () => true,
          () => false,
        ),
      60_000,
    );
    return {
      db,
      web,
      consul,
      sidecar: (on, id) => {
        keep(on, consulProgram ?? '', 'connect', 'proxy', '-http-addr', `http://${DB}:8500`, '-sidecar-for', id);
      },
      run: async (...args) => (await db.run(consulProgram ?? '', args)).stdout,
      askUpstream: async (text) => (await ask(web, '127.0.0.1', 9191, text)).trim(),
      log: async () => readFile(join(folder, 'log'), 'utf8'),
      [Symbol.asyncDispose]: async () => {
        await consul[Symbol.asyncDispose]();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Says something by plain TCP, and gives the first that comes back; empty when the other one hangs up or says nothing for 3 s. */
export async function ask(on: Host, address: string, port: number, text: string): Promise<string> {
  const script = `const one = require('node:net').connect(${port}, '${address}', () => one.write(process.argv[1]));
    one.once('data', (data) => { process.stdout.write(data.toString('latin1')); one.destroy(); });
    one.setTimeout(3000, () => one.destroy()).on('error', () => undefined);`;
  const { stdout } = await on.run(process.execPath, ['-e', script, text]);
  return stdout;
}
