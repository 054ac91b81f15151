import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consulProgram } from '../consul/support/agent.js';
import { type AgentService, type HostAgent, startAgentOn } from './support/consul-host.js';
import { testEngine } from './support/engine.js';
import { fetched } from './support/fetched.js';
import { type Desk, documentOf, openDesk, type RunningNetctl } from './support/netctl.js';
import { PLAIN_LAN } from './support/plain-lan.js';

/*
 * netctl watch tells a real Consul of the containers of a real engine: who comes is there, and who dies, is killed, pauses or
 * leaves a network is not. The timer alone would come too late for any of it.
 */

const IMAGE = 'netctl/sleep:1';

let lan: Lan;
let host: Host;
let desk: Desk;
let agent: HostAgent;
let spec: string;
let watching: RunningNetctl | undefined;

const home = {
  name: 'home',
  networks: { lan: PLAIN_LAN, web: { subnet: '10.50.1.0/24' }, back: { subnet: '10.50.2.0/24', internal: true } },
  discovery: { consul: { networks: ['lan', 'web'] } },
};

async function docker(...args: readonly string[]): Promise<string> {
  return (await host.run('docker', args)).stdout.trim();
}

async function runContainer(name: string, network: string, ...options: readonly string[]): Promise<void> {
  const command = [IMAGE, '/bin/sleep', 'infinity'];
  await docker('run', '--detach', '--init', '--name', name, '--network', network, ...options, ...command);
}

async function watch(): Promise<RunningNetctl> {
  const running = desk.start(['watch', spec, '--json', '--no-probe', '--interval', '10m', '--metrics', '9479']);
  watching = running;
  await running.said('"event":"services"');
  await running.said('"result":"quiet"');
  return running;
}

async function idOf(address: string): Promise<string | undefined> {
  const all: readonly AgentService[] = await agent.services();
  return all.find((one) => one.Address === address)?.ID;
}

describe.skipIf(consulProgram === undefined)('service discovery', () => {
  beforeAll(async () => {
    lan = await startLan({ addresses: ['192.168.1.1/24'] });
    const card = { name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' };
    host = await startHost({ name: 'node01', interfaces: [card], engine: testEngine() });
    desk = await openDesk(host);
    agent = await startAgentOn(host);
    await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
    spec = await desk.write('netctl.yaml', home);
    const applied = await desk.netctl(['apply', spec, '--no-probe']);
    expect(applied.exitCode, applied.stderr).toBe(0);
  });
  afterAll(async () => {
    await agent[Symbol.asyncDispose]();
    await desk[Symbol.asyncDispose]();
    await host.close();
    await lan.close();
  });
  beforeEach(async () => {
    await watch();
  });
  afterEach(async () => {
    for (const id of (await docker('ps', '--all', '--quiet')).split('\n').filter(Boolean))
      await docker('rm', '--force', id);
    await agent.has();
    await watching?.signal('SIGTERM');
    const ended = await watching?.ended;
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('a container is a service at its address on the named network, of macvlan too', async () => {
    await runContainer('site', 'web', '--expose=80', '--env=SERVICE_NAME=site', '--env=SERVICE_TAGS=public,blue');
    await agent.has('site 10.50.1.2:80');
    await runContainer('cam', 'back', '--expose=554', '--label=SERVICE_NAME=camera');
    await docker('network', 'connect', 'lan', 'cam');
    await agent.has('site 10.50.1.2:80', 'camera 192.168.1.192:554');
    const [camera, site] = await agent.services();
    expect(site).toMatchObject({
      ID: 'netctl:home:node01:web:site:80',
      Tags: ['public', 'blue'],
      Meta: { 'netctl-stack': 'home', 'netctl-host': 'node01' },
    });
    expect(camera).toMatchObject({ ID: 'netctl:home:node01:lan:cam:554', Service: 'camera' });
  });

  test.each([
    ['dies', ['exec', 'site', '/bin/sleep', '0'], ['stop', '--time=0', 'site']],
    ['is killed', [], ['kill', 'site']],
    ['is removed by force', [], ['rm', '--force', 'site']],
    ['pauses', [], ['pause', 'site']],
    ['leaves the network', [], ['network', 'disconnect', 'web', 'site']],
    ['is torn off the network', [], ['network', 'disconnect', '--force', 'web', 'site']],
  ])('one that %s is no service', async (_how, before, act) => {
    await runContainer('site', 'web', '--expose=80', '--env=SERVICE_NAME=site');
    await runContainer('other', 'web', '--expose=81', '--env=SERVICE_NAME=other');
    await agent.has('site 10.50.1.2:80', 'other 10.50.1.3:81');
    if (before.length > 0) await docker(...before);
    await docker(...act);
    await agent.has('other 10.50.1.3:81');
  });

  test('one that goes on, starts again or comes back is a service again, with the same id', async () => {
    await runContainer('site', 'web', '--expose=80');
    await agent.has('sleep 10.50.1.2:80');
    const id = await idOf('10.50.1.2');
    for (const [away, back] of [
      [
        ['pause', 'site'],
        ['unpause', 'site'],
      ],
      [
        ['kill', 'site'],
        ['start', 'site'],
      ],
      [
        ['network', 'disconnect', 'web', 'site'],
        ['network', 'connect', 'web', 'site'],
      ],
    ] as const) {
      await docker(...away);
      await agent.has();
      await docker(...back);
      await agent.has('sleep 10.50.1.2:80');
      expect(await idOf('10.50.1.2')).toBe(id);
    }
    await docker('rename', 'site', 'shop');
    await agent.has('sleep 10.50.1.2:80');
    await expect.poll(async () => idOf('10.50.1.2'), { timeout: 15_000 }).toBe('netctl:home:node01:web:shop:80');
  });

  test('what a container says wrong is told of once, and is nothing to the others', async () => {
    await runContainer(
      'odd',
      'web',
      '--expose=80',
      '--env=SERVICE_NAME=odd',
      '--env=SERVICE_CHECK_INTERVAL=soon',
      '--env=SERVICE_CHECK_TCP=yes',
    );
    await runContainer('site', 'web', '--expose=80', '--env=SERVICE_NAME=site');
    await agent.has('odd 10.50.1.2:80', 'site 10.50.1.3:80');
    const told = (): readonly string[] => watching?.lines.filter((line) => line.includes('"misfits"')) ?? [];
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatch(/"SERVICE_CHECK_INVALID".*Container odd: .*SERVICE_CHECK_INTERVAL/);
  });

  test('netctl that is killed leaves entries, and the next one takes the dead away and keeps the ids of the others', async () => {
    await runContainer('site', 'web', '--expose=80');
    await runContainer('ghost', 'web', '--expose=81');
    await agent.has('sleep 10.50.1.2:80', 'sleep 10.50.1.3:81');
    const before = await agent.services();
    await watching?.signal('SIGKILL');
    await watching?.ended;
    await docker('rm', '--force', 'ghost');
    expect(await agent.services()).toEqual(before);
    await watch();
    await agent.has('sleep 10.50.1.2:80');
    expect(await agent.services()).toEqual(before.filter(({ Port }) => Port === 80));
  });

  test('an agent that was away, and has forgotten all, gets the whole state', async () => {
    await runContainer('site', 'web', '--expose=80');
    await agent.has('sleep 10.50.1.2:80');
    await agent.kill();
    await runContainer('late', 'web', '--expose=81');
    await docker('kill', 'site');
    await watching?.said('"state":"failed"');
    // The networks are fine.
    expect(await fetched(host, '/healthz')).toMatch(/^200 ok, but service discovery fails: .*Consul/);
    expect(await fetched(host, '/metrics')).toContain('netctl_discovery_up{host="local"} 0\n');
    await agent.start();
    await agent.has('sleep 10.50.1.3:81');
    await watching?.said('"state":"working"');
    expect(await fetched(host, '/healthz')).toBe('200 ok');
    expect(await fetched(host, '/metrics')).toContain('netctl_discovery_up{host="local"} 1\n');
  });

  test('an engine that was stopped is looked at again once it is there', async () => {
    await runContainer('gone', 'web', '--expose=80');
    await runContainer('site', 'web', '--expose=81', '--restart=always');
    await agent.has('sleep 10.50.1.2:80', 'sleep 10.50.1.3:81');
    await host.restartEngine();
    await expect.poll(async () => (await agent.services()).map(({ Port }) => Port), { timeout: 30_000 }).toEqual([81]);
  });

  test('a spec that no longer has a network, or discovery, takes its services away, and another one brings them back', async () => {
    await runContainer('site', 'web', '--expose=80');
    await agent.has('sleep 10.50.1.2:80');
    const { discovery, ...rest } = home;
    for (const other of [{ ...rest, discovery: { consul: { networks: ['lan'] } } }, rest]) {
      await desk.write('netctl.yaml', other);
      await agent.has();
      if (other === rest) {
        const figures = (): Promise<string> => fetched(host, '/metrics');
        await expect.poll(figures, { timeout: 20_000 }).not.toMatch(/^netctl_(discovery_up|registered_services)\{/m);
      }
      await desk.write('netctl.yaml', { ...rest, discovery });
      await agent.has('sleep 10.50.1.2:80');
    }
  });

  test('status says what Consul has, and what differs', async () => {
    await runContainer('site', 'web', '--expose=80', '--env=SERVICE_NAME=site', '--env=SERVICE_TAGS=public');
    await runContainer('job', 'web');
    await agent.has('site 10.50.1.2:80');
    const well = await desk.netctl(['discovery', 'status', spec]);
    expect(well).toMatchObject({ exitCode: 0, stderr: '' });
    expect(well.stdout).toBe(`home: agent http://127.0.0.1:8500, netctl watch is at work
  job  web 10.50.1.3
  site  web 10.50.1.2
    ok       site 10.50.1.2:80  passing  public`);

    await watching?.signal('SIGTERM');
    await runContainer('late', 'web', '--expose=81');
    await docker('rm', '--force', 'site');
    await agent.ask('PUT', '/v1/agent/service/deregister/netctl:home:node01');
    const off = await desk.netctl(['discovery', 'status', spec]);
    expect(off.exitCode).toBe(1);
    // Consul takes its time to see that nobody vouches for it any more.
    expect(off.stdout.replace(/passing|critical/, 'some health'))
      .toBe(`home: agent http://127.0.0.1:8500, no netctl watch is at work
  job  web 10.50.1.3
  late  web 10.50.1.4
    missing  sleep 10.50.1.4:81
  of no container here:
    stale    site 10.50.1.2:80  some health  public`);
    const { hosts } = documentOf<{ hosts: readonly object[] }>(
      await desk.netctl(['discovery', 'status', spec, '--json']),
    );
    expect(hosts).toMatchObject([
      {
        host: 'local',
        agent: 'http://127.0.0.1:8500',
        watch: 'absent',
        stale: [{ state: 'stale', id: 'netctl:home:node01:web:site:80' }],
      },
    ]);

    await agent.kill();
    const away = await desk.netctl(['discovery', 'status', spec]);
    expect(away.exitCode).toBe(69);
    expect(away.stdout).toContain('nothing listens there');
    await agent.start();
    await watch();
  });

  test('destroy takes out of Consul what is in it, and says when it could not', async () => {
    await runContainer('site', 'web', '--expose=80');
    await agent.has('sleep 10.50.1.2:80');
    await watching?.signal('SIGTERM');
    const refused = await desk.netctl(['destroy', spec, '--yes']);
    expect(refused.exitCode).toBe(3);
    expect(await agent.addresses()).toEqual(['sleep 10.50.1.2:80']);
    await docker('rm', '--force', 'site');
    await agent.kill();
    const away = await desk.netctl(['destroy', spec, '--yes']);
    expect(away.exitCode).toBe(2);
    expect(away.stderr).toContain('Services of home may be left in Consul');
    await agent.start();
    await watch();
    await runContainer('site', 'bridge', '--expose=80');
    await docker('network', 'connect', 'web', 'site');
    await agent.has('sleep 10.50.1.2:80');
    await watching?.signal('SIGTERM');
    await docker('rm', '--force', 'site');
    const destroyed = await desk.netctl(['destroy', spec, '--yes', '--json']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(destroyed.stdout).toContain('"deregistered":["netctl:home:node01:web:site:80"]');
    expect(await agent.ask('GET', '/v1/agent/services')).toEqual({});
    await watch();
  });
});
