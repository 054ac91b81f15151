/**
 * Service discovery in figures: `npx tsx --conditions=@netctl/source test/bench/discovery.ts`, as root, after scripts/setup and
 * scripts/consul. First 500 containers of an engine that is played by an HTTP server, so that its calls can be counted, and a
 * real Consul agent: what registering them takes, and a full reconcile when nothing has changed. Then a real engine and a
 * real agent: how long after the engine's own event a service is gone.
 */
import { connectConsul, discover, reconcile, wantedServices } from '@netctl/consul';
import { connectDocker } from '@netctl/core';
import { startHost } from '@netctl/lab';
import { startAgent } from '../consul/support/agent.js';
import { idsOf } from '../consul/support/ask.js';
import { serveHttp } from '../integration/support/engine-proxy.js';
import { testEngine } from '../integration/support/engine.js';
import { until } from '../integration/support/until.js';

const COUNT = 500;
const RUNS = 5;
const OWNER = { stack: 'bench', host: 'node01' };

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;

await using agent = await startAgent();
await using consul = await connectConsul({ env: {}, address: agent.http });
await manyContainers();
await gone();

async function manyContainers(): Promise<void> {
  const id = (index: number): string => index.toString(16).padStart(64, '0');
  const listed = Array.from({ length: COUNT }, (_, index) => ({
    Id: id(index),
    Names: [`/c${String(index)}`],
    State: 'running',
    Labels: {},
    NetworkSettings: {
      Networks: { app: { NetworkID: 'n', IPAddress: `10.74.${String(index >> 8)}.${String(index & 255)}` } },
    },
  }));
  const calls = { list: 0, inspect: 0 };
  await using engine = await serveHttp((request, response) => {
    const { url = '' } = request;
    const [, inspected] = /\/containers\/([0-9a-f]{64})\/json$/.exec(url) ?? [];
    response.setHeader('api-version', '1.51');
    if (inspected !== undefined) calls.inspect += 1;
    if (url.endsWith('/containers/json')) calls.list += 1;
    const details = {
      Id: inspected,
      Config: { Image: 'web', Env: ['SERVICE_NAME=web'], ExposedPorts: { '80/tcp': {} } },
    };
    response.end(JSON.stringify(inspected === undefined ? listed : details));
  });
  await using backend = await connectDocker({ host: engine.dockerHost });
  const round = async (): Promise<number> => {
    Object.assign(calls, { list: 0, inspect: 0 });
    const begun = performance.now();
    const { services } = wantedServices({ ...OWNER, networks: ['app'], workloads: await backend.workloads() });
    const { registered, unchanged } = await reconcile(consul, services, OWNER);
    const took = performance.now() - begun;
    const did = `${String(registered.length)} registered, ${String(unchanged.length)} unchanged`;
    console.log(
      `  ${did}: ${took.toFixed(0)} ms, ${String(calls.list)} list call and ${String(calls.inspect)} inspects`,
    );
    return took;
  };
  console.log(`${String(COUNT)} containers, engine played by an HTTP server, real Consul agent`);
  const first = await round();
  const again: number[] = [];
  for (let run = 0; run < RUNS; run += 1) again.push(await round());
  console.log(`  unchanged: median ${median(again).toFixed(0)} ms, ${(median(again) / first).toFixed(2)} of the first`);
  await reconcile(consul, [], OWNER);
}

async function gone(): Promise<void> {
  await using host = await startHost({ engine: testEngine() });
  await host.importImage('sleep:1', { programs: ['/bin/sleep'] });
  const docker = async (...args: string[]): Promise<unknown> => host.run('docker', args);
  await docker('network', 'create', 'web');
  const controller = new AbortController();
  const open = () => connectDocker({ host: host.dockerHost });
  const ended = discover({ ...OWNER, networks: ['web'], open, consul }, controller.signal);
  await using listener = await open();
  let heard: { action: string; at: number } | undefined;
  const events = listener.events(({ type, action }) => {
    if (type === 'container' || action === 'disconnect') heard ??= { action, at: performance.now() };
  }, controller.signal);
  try {
    await measure();
  } finally {
    controller.abort();
    await Promise.all([ended, events]);
  }

  async function measure(): Promise<void> {
    console.log('from the event of a real engine until a real agent no longer has the service');
    const ways = [
      ['kill', 'site'],
      ['pause', 'site'],
      ['network', 'disconnect', 'web', 'site'],
      ['rm', '--force', 'site'],
    ];
    for (const way of ways) {
      const times: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        await docker(
          'run',
          '--detach',
          '--init',
          '--name=site',
          '--network=web',
          '--expose=80',
          'sleep:1',
          '/bin/sleep',
          'infinity',
        );
        await until('it is registered', async () => (await idsOf(agent.http)).length === 2);
        heard = undefined;
        const acting = docker(...way);
        await until('it is gone', async () => !(await idsOf(agent.http)).some((id) => id.includes(':site:')));
        times.push(performance.now() - ((heard as { at: number } | undefined)?.at ?? 0));
        await acting;
        await docker('rm', '--force', 'site');
      }
      const worst = Math.max(...times).toFixed(0);
      console.log(`  ${way.join(' ')}: median ${median(times).toFixed(0)} ms, longest ${worst} ms of ${String(RUNS)}`);
    }
  }
}
