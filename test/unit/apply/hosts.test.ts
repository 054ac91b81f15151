import { beforeEach, describe, expect, test } from 'vitest';

import { apply } from '../../../packages/core/src/apply/apply.js';
import type { ApplyEvent } from '../../../packages/core/src/apply/events.js';
import type { Hosts } from '../../../packages/core/src/apply/hosts.js';
import type { ApplyOptions, Report } from '../../../packages/core/src/apply/options.js';
import { plan, planAddressed, status } from '../../../packages/core/src/apply/plan.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { Plan } from '../../../packages/core/src/model.js';
import { formatPlan, formatProblem, stepTitle } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { failure } from '../../support/failure.js';
import { isKilled, memoryHost } from '../../support/memory/index.js';
import type { MemoryHost, WorldInput } from '../../support/memory/index.js';
import { loadText, stateDir } from '../../support/memory/run.js';

const HOSTS = `hosts:
  a: { docker: "unix:///a" }
  b: { docker: "unix:///b" }
`;
const LAN =
  'driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/26, split: 28, shim: true';
const SPEC = `name: home
${HOSTS}networks:
  lan: { ${LAN}, hosts: { a: , b: { parent: enp3s0 } } }
  web: { subnet: 10.5.0.0/24, hosts: [b] }
`;

const link = (name: string): WorldInput => ({
  links: [{ name, mac: '52:54:00:00:00:10' }],
  // Older ones drop a MAC on connect.
  engine: { version: '29.7.0', apiVersion: '1.55' },
});

let a: MemoryHost;
let b: MemoryHost;
let hosts: Hosts;
beforeEach(() => {
  a = memoryHost(link('eth0'));
  b = memoryHost(link('enp3s0'));
  hosts = new Map([
    ['a', a],
    ['b', b],
  ]);
});

const run = (text: string, options: ApplyOptions = {}, on: Hosts = hosts): Promise<Report> =>
  apply(loadText(text), on, { allowDisruptive: true, stateDir, ...options });
const planned = (text: string, on: Hosts = hosts): Promise<Plan> => plan(loadText(text), on, { stateDir });
const names = (host: MemoryHost): readonly string[] => host.world.networks.map(({ Name }) => Name ?? '').sort();
const before = (): readonly string[] => [...names(memoryHost())];

const partial = (): Hosts =>
  new Map<string, MemoryHost | NetctlError>([
    ['a', a],
    ['b', away],
  ]);
const away = new NetctlError('ENGINE_UNREACHABLE', 'nobody listens at unix:///b', { hint: 'Start docker there.' });

describe('several hosts', () => {
  test('get what the spec says of each, and the next plan is empty', async () => {
    const report = await run(SPEC);
    expect(report.done.map(stepTitle).sort()).toEqual([
      'make link lan-shim on a',
      'make link lan-shim on b',
      'make network lan on a',
      'make network lan on b',
      'make network web on b',
    ]);
    const rangeOf = (host: MemoryHost): unknown =>
      host.world.networks.find(({ Name }) => Name === 'lan')?.IPAM?.Config?.[0]?.IPRange;
    expect([rangeOf(a), rangeOf(b)]).toEqual(['192.168.1.192/28', '192.168.1.208/28']);
    expect(stepsOf(await planned(SPEC))).toEqual([]);
    expect((await run(SPEC)).done).toEqual([]);
    expect((await run(SPEC, { destroy: true })).done).toHaveLength(5);
    expect([names(a), names(b)]).toEqual([before(), before()]);
  });

  test('are shown one by one', async () => {
    expect(formatPlan(await planned(SPEC))).toBe(`a:
+ link lan-shim  macvlan bridge on eth0, 192.168.1.207/32, routes 192.168.1.192/28
                 the host's own door into network lan
+ network lan    macvlan on eth0, 192.168.1.0/24 range 192.168.1.192/28 gateway 192.168.1.1
                 it is not there yet
b:
+ link lan-shim  macvlan bridge on enp3s0, 192.168.1.223/32, routes 192.168.1.208/28
                 the host's own door into network lan
+ network web    bridge, 10.5.0.0/24
                 it is not there yet
+ network lan    macvlan on enp3s0, 192.168.1.0/24 range 192.168.1.208/28 gateway 192.168.1.1
                 it is not there yet
`);
    const { addresses } = await planAddressed(loadText(SPEC), hosts);
    expect(addresses.map(({ host, network }) => `${host} ${network}`)).toEqual(['a lan', 'b lan', 'b web']);
  });

  test('are each told of by their own events', async () => {
    const events: ApplyEvent[] = [];
    await run(SPEC, { onEvent: (event) => events.push(event) });
    expect(events.every(({ host }) => host === 'a' || host === 'b')).toBe(true);
    expect(events.filter(({ event }) => event === 'host')).toEqual([
      { event: 'host', host: expect.any(String) as string, state: 'done' },
      { event: 'host', host: expect.any(String) as string, state: 'done' },
    ]);
  });

  test('are looked at and changed side by side', async () => {
    // Whoever comes first waits for the other: one after another they would wait for ever.
    const meet = (host: MemoryHost, gate: () => Promise<void>): MemoryHost => ({
      ...host,
      engine: {
        ...host.engine,
        observe: async (signal) => {
          await gate();
          return host.engine.observe(signal);
        },
      },
    });
    const waiting: (() => void)[] = [];
    const gate = (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 2) for (const go of waiting.splice(0)) go();
      });
    const both = new Map([
      ['a', meet(a, gate)],
      ['b', meet(b, gate)],
    ]);
    expect(stepsOf(await planned(SPEC, both))).toHaveLength(5);
  });

  test('that are not those of the spec are wrong usage', async () => {
    const one = new Map([['a', a]]);
    expect(await failure(planned(SPEC, one))).toMatchObject({ code: 'USAGE' });
    expect(await failure(apply(loadText(SPEC), a))).toMatchObject({ code: 'USAGE' });
    expect(await failure(apply(loadText('name: home\nnetworks: { web: }\n'), hosts))).toMatchObject({ code: 'USAGE' });
    expect([a.faults.writes, b.faults.writes]).toEqual([0, 0]);
  });
});

describe('a network of the swarm', () => {
  const swarm = { swarm: { state: 'active', manager: true, nodeAddress: '192.168.1.10' } };
  const ids = ({ world }: MemoryHost): readonly (string | undefined)[] =>
    world.networks.filter(({ Name }) => Name === 'app').map(({ Id }) => Id);
  const text = (order: readonly string[], networks = '{ app: { driver: overlay, subnet: 10.7.0.0/24 } }'): string =>
    `name: home\nhosts: { ${order.map((name) => `${name}: { docker: "unix:///${name}" }`).join(', ')} }\nnetworks: ${networks}\n`;
  /** Both engines see what is in the swarm. */
  const spread = (from: MemoryHost, to: MemoryHost): void => {
    to.world.networks = from.world.networks.map((network) => ({ ...network }));
  };

  beforeEach(() => {
    a = memoryHost({ ...link('eth0'), engine: swarm });
    b = memoryHost({ ...link('eth0'), engine: swarm });
    hosts = new Map([
      ['a', a],
      ['b', b],
    ]);
  });

  test('is made and removed by way of the first host, and stays when that is another one', async () => {
    await run(text(['a', 'b']));
    spread(a, b);
    expect(stepsOf(await planned(text(['a', 'b'])))).toEqual([]);
    expect(stepsOf(await planned(text(['b', 'a'])))).toEqual([]);
    expect(stepsOf(await planned(text(['b', 'a'], '{}'))).map(stepTitle)).toEqual(['remove network app on b']);
    expect(ids(a)).toEqual(ids(b));
  });

  test('keeps its containers when the first host is another one', async () => {
    const networks =
      '{ app: { driver: overlay, attachable: true, subnet: 10.7.0.0/24 } }\ncontainers: { web: { networks: [app] } }';
    a.world.containers.push({ name: 'web', state: 'running', networks: {} });
    await run(text(['a', 'b'], networks));
    spread(a, b);
    expect(stepsOf(await planned(text(['b', 'a'], networks)))).toEqual([]);
  });
});

describe('nothing is changed anywhere', () => {
  const untouched = (): void => expect([a.faults.writes, b.faults.writes]).toEqual([0, 0]);

  test('when one host refuses', async () => {
    const error = await failure(run(SPEC.replace('enp3s0', 'eno9')));
    expect(error).toMatchObject({ code: 'REFUSED', exit: 3 });
    expect(error.problems).toMatchObject([
      { code: 'PARENT_MISSING', host: 'b', path: 'networks.lan.hosts.b.parent', line: 6, column: 165 },
    ]);
    expect(formatProblem(error.problems[0] as never, 'f.yaml')).toMatch(
      /^error: f\.yaml:6:\d+: networks\.lan\.hosts\.b\.parent: on b: /,
    );
    untouched();
  });

  test('when one host would lose something, and nobody said yes', async () => {
    await run(SPEC);
    a.faults.arm();
    b.faults.arm();
    const text = SPEC.replace('web: { subnet: 10.5.0.0/24, hosts: [b] }', 'app: { subnet: 10.6.0.0/24 }');
    const error = await failure(run(text, { allowDisruptive: false }));
    expect(error).toMatchObject({ code: 'NEEDS_YES' });
    expect(error.message).toContain('remove network web on b');
    untouched();
  });

  test('when one host cannot be reached', async () => {
    const error = await failure(run(SPEC, {}, partial()));
    expect(error).toMatchObject({ code: 'ENGINE_UNREACHABLE', exit: 69 });
    expect(error.message).toBe('Nothing was changed: b cannot be looked at');
    expect(error.hint).toContain('--partial');
    expect(error.problems).toMatchObject([
      { code: 'HOST_UNREACHABLE', path: 'hosts.b', host: 'b', line: 4, message: 'nobody listens at unix:///b' },
    ]);
    untouched();
  });

  test('when one engine fails at the first look', async () => {
    const failing = { ...b, engine: { ...b.engine, observe: () => Promise.reject(away) } };
    const broken: Hosts = new Map([
      ['a', a],
      ['b', failing],
    ]);
    expect(await failure(run(SPEC, {}, broken))).toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    untouched();
  });

  test('when one host is there at the first look and away at the second', async () => {
    const failing = { ...b, links: { ...b.links, probe: () => Promise.reject(away) } };
    const broken: Hosts = new Map([
      ['a', a],
      ['b', failing],
    ]);
    expect((await failure(run(SPEC, {}, broken))).problems).toMatchObject([{ code: 'HOST_UNREACHABLE', host: 'b' }]);
    untouched();
    const { done, problems } = await run(SPEC, { partial: true }, broken);
    expect(done.map(stepTitle)).toEqual(['make link lan-shim on a', 'make network lan on a']);
    expect(problems).toMatchObject([{ code: 'HOST_UNREACHABLE', severity: 'warning', host: 'b' }]);
    expect(b.faults.writes).toBe(0);
  });

  test('when two names are of one engine', async () => {
    const error = await failure(
      run(
        SPEC.replaceAll('enp3s0', 'eth0'),
        {},
        new Map([
          ['a', a],
          ['b', a],
        ]),
      ),
    );
    expect(error.problems).toMatchObject([{ code: 'HOST_TWICE', path: 'hosts.b.docker', host: 'b', line: 4 }]);
    untouched();
  });

  test('when somebody on the wire of one has an address that it is to get', async () => {
    b.world.neighbours.push({ link: 'enp3s0', address: '192.168.1.223', mac: '52:54:00:00:00:99' });
    const error = await failure(run(SPEC));
    expect(error).toMatchObject({ code: 'REFUSED', problems: [{ code: 'ADDRESS_ANSWERED', host: 'b' }] });
    untouched();
  });

  test('when another plan was agreed to for one of them', async () => {
    const approved = await planned(SPEC);
    b.world.networks.push({ ...b.world.networks[0], Name: 'web', Id: 'somebody', Labels: {} });
    const error = await failure(run(SPEC, { approved }));
    expect(error).toMatchObject({ code: 'REFUSED' });
    untouched();
  });
});

describe('what an earlier apply took off', () => {
  const one = (subnet: string, more = ''): string =>
    `name: home\n${HOSTS}networks:\n  one: { subnet: ${subnet} }\n${more}`;
  const refused = one(
    '10.6.0.0/24',
    `  two: { driver: macvlan, parent: nope0, subnet: 192.168.7.0/24, gateway: 192.168.7.1, ip_range: 192.168.7.64/27, hosts: [b] }\n`,
  );
  const isOn = ({ world }: MemoryHost): boolean => Object.keys(world.containers[0]?.networks ?? {}).includes('one');

  test('goes back where another host refuses, or cannot be reached', async () => {
    let tried = 0;
    for (let write = 0; write < 12; write += 1) {
      for (const how of ['refused', 'away'] as const) {
        const pair = { a: memoryHost(link('eth0')), b: memoryHost(link('enp3s0')) };
        const both: Hosts = new Map([['a', pair.a], ['b', pair.b]]); // prettier-ignore
        await run(one('10.5.0.0/24'), {}, both);
        pair.a.world.containers.push({ name: 'web', state: 'running', networks: { one: { ip: '10.5.0.9' } } });
        pair.a.faults.arm({ write, when: 'after', how: 'crash' });
        const end: unknown = await run(one('10.6.0.0/24'), { recreate: true }, both).catch((error: unknown) => error);
        pair.a.faults.arm();
        if (!isKilled(end) || isOn(pair.a)) continue;
        tried += 1;
        const next: Hosts = new Map<string, MemoryHost | NetctlError>([['a', pair.a], ['b', how === 'away' ? away : pair.b]]); // prettier-ignore
        const error = await failure(run(how === 'away' ? one('10.6.0.0/24') : refused, { recreate: true }, next));
        expect(error.code).toBe(how === 'away' ? 'ENGINE_UNREACHABLE' : 'REFUSED');
        expect(error.problems).toContainEqual(expect.objectContaining({ code: 'RECOVERED', host: 'a' }));
        expect(isOn(pair.a)).toBe(true);
      }
    }
    expect(tried).toBeGreaterThan(3);
  });
});

describe('with --partial', () => {
  test('the hosts that can be reached get theirs, and the others are named', async () => {
    const report = await run(SPEC, { partial: true }, partial());
    expect(report.done.map(stepTitle)).toEqual(['make link lan-shim on a', 'make network lan on a']);
    expect(report.problems).toMatchObject([{ code: 'HOST_UNREACHABLE', severity: 'warning', host: 'b' }]);
    expect(stepsOf(await planned(SPEC)).every(({ host }) => host === 'b')).toBe(true);
  });

  test('there has to be one', async () => {
    const none: Hosts = new Map([
      ['a', away],
      ['b', away],
    ]);
    const error = await failure(run(SPEC, { partial: true }, none));
    expect(error.problems.map(({ host }) => host)).toEqual(['a', 'b']);
  });

  test('status always goes on, and says whom it did not see', async () => {
    await run(SPEC);
    const { items, problems } = await status(loadText(SPEC), partial());
    expect(items.map(({ host, ref, state }) => `${host} ${ref} ${state}`)).toEqual([
      'a link:lan-shim ok',
      'a network:lan ok',
    ]);
    expect(problems.map(({ code }) => code)).toEqual(['HOST_UNREACHABLE']);
  });
});

describe('a failure on one host', () => {
  test('does not stop the others, and the next apply goes on', async () => {
    b.faults.arm({ write: 1, when: 'before', how: new NetctlError('ENGINE_ERROR', 'no space left') });
    const events: ApplyEvent[] = [];
    const error = await failure(run(SPEC, { onEvent: (event) => events.push(event) }));
    expect(error.message).toMatch(/^b: Could not .*: no space left$/);
    expect(error.hint).toContain('Finished: a.');
    expect(
      events
        .filter(({ event }) => event === 'host')
        .map(({ host }) => host)
        .sort(),
    ).toEqual(['a', 'b']);
    expect(names(a)).toContain('lan');
    b.faults.arm();
    await run(SPEC);
    expect(stepsOf(await planned(SPEC))).toEqual([]);
  });

  test('of any kind, at any write of either host, is mended by the next apply', async () => {
    for (const which of ['a', 'b'] as const) {
      for (let write = 0, hit = true; hit; write += 1) {
        const pair = { a: memoryHost(link('eth0')), b: memoryHost(link('enp3s0')) };
        const both: Hosts = new Map([
          ['a', pair.a],
          ['b', pair.b],
        ]);
        pair[which].faults.arm({ write, when: 'after', how: 'crash' });
        const end: unknown = await run(SPEC, {}, both).catch((error: unknown) => error);
        hit = isKilled(end);
        pair.a.faults.arm();
        pair.b.faults.arm();
        await run(SPEC, {}, both);
        expect(stepsOf(await planned(SPEC, both))).toEqual([]);
        if (!hit) expect(write).toBeGreaterThan(2);
      }
    }
  });
});

describe('containers of several hosts', () => {
  const spec = (web: string, place = ''): string =>
    `name: home\n${HOSTS}networks:\n  lan: { ${LAN}, hosts: { a: , b: { parent: enp3s0 } } }\ncontainers:\n  web: { ${web} networks: { lan: { ${place} } } }\n`;
  const add = (host: MemoryHost): void => {
    host.world.containers.push({ name: 'web', state: 'running', networks: {} });
  };
  const missing = async (text: string): Promise<readonly (string | undefined)[]> =>
    (await planned(text)).problems.filter(({ code }) => code === 'CONTAINER_MISSING').map(({ host }) => host);
  test('are missing when no host has them, and that is said once', async () => {
    expect(await missing(spec(''))).toEqual([undefined]);
    add(b);
    expect(await missing(spec(''))).toEqual([]);
    expect(await missing(spec('host: a,'))).toEqual(['a']);
    expect((await run(spec(''), { strict: true })).done.map(stepTitle)).toContain(
      'put container web on network lan on b',
    );
  });

  test('are missing where they could be, as far as that can be seen', async () => {
    const only = `name: home\n${HOSTS}networks: { web: { subnet: 10.5.0.0/24, hosts: [a] } }\ncontainers: { web: { networks: [web] } }\n`;
    expect(await missing(only)).toEqual([undefined]);
    const { problems } = await plan(loadText(spec('')), partial(), { partial: true });
    expect(problems.map(({ code }) => code)).toEqual(['CONTAINER_MISSING', 'HOST_UNREACHABLE']);
    add(a);
    expect(await missing(only)).toEqual([]);
  });

  test('of one name have MACs of their own', async () => {
    add(a);
    add(b);
    const steps = stepsOf(await planned(spec('', 'mac: stable')));
    const macs = steps.flatMap((step) => (step.op === 'endpoint.attach' ? [step.endpoint.config.mac] : []));
    expect(macs).toEqual([expect.stringMatching(/^02:/), expect.stringMatching(/^02:/)]);
    expect(macs[0]).not.toBe(macs[1]);
  });
});
