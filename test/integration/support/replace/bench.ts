import { readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Host, RunResult } from '@netctl/lab';
import { expect } from 'vitest';
import { askEngine, networkNames } from '../engine-client.js';
import { type EngineProxy, type Interference, proxyEngine } from '../engine-proxy.js';
import { lanNetwork, openFaultBench } from '../fault-bench.js';
import { documentOf, type Desk, type PlanDocument, type RunningNetctl } from '../netctl.js';
import { busyboxImage } from '../workload.js';
import { join, type Member, type Place, placesOf, withoutMade } from './crowd.js';
import { type IpFault, type IpStub, stubIp } from './ip-stub.js';

/** To ask the wire takes a second each time, and writes nothing that could fail. */
const MOVE = ['--recreate', '--yes', '--no-probe'] as const;

/** What the two networks of the bench are held by: one of each kind, on a bridge and on the LAN. */
const crowd: readonly Member[] = [
  { name: 'fixed', state: 'running', networks: { back: { ...own(20), Aliases: ['www', 'front'] } } },
  { name: 'loose', state: 'running', networks: { back: { Aliases: ['any'] } } },
  { name: 'over', state: 'exited', networks: { back: { ...own(31), Aliases: ['was'] } } },
  { name: 'fresh', state: 'created', networks: { back: { ...own(32), Aliases: ['new'] } } },
  { name: 'loop', state: 'restarting', networks: { back: { ...own(33), Aliases: ['again'] } } },
  {
    name: 'camera',
    state: 'running',
    networks: { lan: { IPAMConfig: { IPv4Address: '192.168.1.50' }, Aliases: ['eye'] } },
  },
];

function own(last: number): object {
  return { IPAMConfig: { IPv4Address: `10.5.0.${String(last)}`, IPv6Address: `fd00:5::${String(last)}` } };
}

/** Both networks are others in the one and in the other, and so is the shim, so that each apply replaces all of it. */
const VARIANTS = ['a', 'b'] as const;
type Variant = (typeof VARIANTS)[number];

const RANGES = { a: '192.168.1.192/27', b: '192.168.1.224/27' };

const NETWORKS = ['back', 'lan'] as const;
type BenchNetwork = (typeof NETWORKS)[number];

function spec(variant: Variant, wanted: readonly BenchNetwork[]): object {
  const networks = {
    back: {
      enable_ipv6: true,
      labels: { variant },
      ipam: { config: [{ subnet: '10.5.0.0/24' }, { subnet: 'fd00:5::/64' }] },
    },
    lan: { ...lanNetwork, ip_range: RANGES[variant], shim: { name: `shim-${variant}` } },
  };
  return { name: 'home', networks: Object.fromEntries(wanted.map((name) => [name, networks[name]])) };
}

/** What gets in the way of an apply. */
export interface Obstacles {
  readonly engine?: Interference;
  readonly ip?: IpFault;
  readonly args?: readonly string[];
}

/** An apply that is at work, the proxy between it and the engine, and the stub in front of its `ip`. */
export interface Attempt {
  readonly running: RunningNetctl;
  readonly proxy: EngineProxy;
  readonly ip: IpStub;
}

/** What came of an attempt. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Requests and commands that changed anything, in their order: `POST /networks/create`. */
  readonly writes: readonly string[];
  readonly ipWrites: readonly string[];
}

/** A host with networks in use, which every apply replaces: each time the spec is the other one of two. */
export interface ReplaceBench extends AsyncDisposable {
  readonly host: Host;
  readonly desk: Desk;
  /** One more container, which belongs where it is then. */
  join(member: Member): Promise<string>;
  /** One container less. */
  leave(container: string): Promise<void>;
  /** A container that does not belong there. */
  intrude(member: Member): Promise<string>;
  remove(container: string): Promise<void>;
  /** Where everybody belongs. */
  readonly before: Readonly<Record<string, Place>>;
  /** Where everybody is now. */
  places(): Promise<Readonly<Record<string, Place>>>;
  /** The spec that the host does not have. */
  next(): string;
  /** Applies the other spec, which nothing or something gets in the way of, and waits until the engine rests too. */
  attempt(obstacles?: Obstacles, meanwhile?: (attempt: Attempt) => void): Promise<Outcome>;
  /** The containers that the copy of the journal on the disk keeps places of; undefined without a copy. */
  kept(): Promise<readonly string[] | undefined>;
  /** The networks of the engine, as its list has them. */
  networks(): Promise<readonly object[]>;
  /** The names of those that are not where they belong now. */
  missing(): Promise<readonly string[]>;
  /** The other spec is applied, with nothing in the way. */
  finish(told: string, more?: readonly string[]): Promise<RunResult>;
  /** The host is as the other spec says, everybody is where he belongs, and nothing else is left behind. */
  expectWhole(told: string): Promise<void>;
  /** Both. */
  converge(told: string, more?: readonly string[]): Promise<void>;
}

/** With both networks, or with one of them and those who hold that. */
export async function openReplaceBench(wanted: readonly BenchNetwork[] = NETWORKS): Promise<ReplaceBench> {
  const bench = await openFaultBench();
  const { host, desk } = bench;
  const eth0 = await bench.parent();
  const [a, b] = await Promise.all(VARIANTS.map((variant) => desk.write(`${variant}.yaml`, spec(variant, wanted))));
  const files = { a: a ?? '', b: b ?? '' };
  const first = await desk.netctl(['apply', files.a]);
  expect(first.exitCode, first.stderr).toBe(0);
  const image = await busyboxImage(host);
  const holds = ({ networks }: Member): boolean => wanted.some((name) => name in networks);
  for (const member of crowd.filter(holds)) await join(host, image, member);

  const places = async (): Promise<Readonly<Record<string, Place>>> => withoutMade(await placesOf(host));
  let before = await places();
  let other: Variant = 'b';

  const remove = (container: string): Promise<void> => askEngine(host, 'DELETE', `/containers/${container}?force=1`);
  const finish = async (told: string, more: readonly string[] = []): Promise<RunResult> => {
    const applied = await desk.netctl(['apply', files[other], ...MOVE, ...more]);
    expect(applied.exitCode, `${told}\n${applied.stdout}\n${applied.stderr}`).toBe(0);
    return applied;
  };
  const expectWhole = async (told: string): Promise<void> => {
    const [now, planned, names, state, parent] = await Promise.all([
      places(),
      desk.netctl(['plan', files[other], '--json']),
      networkNames(host),
      desk.stateFiles(),
      bench.parent(),
    ]);
    expect(now, told).toEqual(before);
    expect(documentOf<PlanDocument>(planned).steps, told).toEqual([]);
    expect(names, told).toEqual([...wanted, 'bridge', 'host', 'none'].sort());
    expect(state, told).toEqual([]);
    expect(parent, told).toEqual(eth0);
    other = other === 'a' ? 'b' : 'a';
  };

  return {
    host,
    desk,
    get before() {
      return before;
    },
    join: async (member) => {
      const id = await join(host, image, member);
      before = await places();
      return id;
    },
    leave: async (container) => {
      await remove(container);
      before = await places();
    },
    intrude: (member) => join(host, image, member),
    remove,
    places,
    next: () => files[other],
    attempt: async ({ engine, ip: fault, args = [] } = {}, meanwhile = () => undefined) => {
      await using proxy = await proxyEngine(host.socket, engine);
      const ip = await stubIp(desk, fault);
      const running = desk.start(['apply', files[other], ...MOVE, '--host', proxy.dockerHost, ...args], {
        env: { PATH: ip.path },
      });
      meanwhile({ running, proxy, ip });
      const ended = await running.ended;
      await proxy.settled();
      const calls = proxy.calls.filter(({ method }) => method !== 'GET');
      return {
        ...ended,
        // With a space at the end where it is about a network of netctl's own.
        writes: calls.map(({ method, path, aside }) => `${method} ${path}${aside ? ' ' : ''}`),
        ipWrites: await ip.writes(),
      };
    },
    kept: async () => {
      const [file] = (await desk.stateFiles()).filter((name) => name.endsWith('/home.json'));
      if (file === undefined) return undefined;
      const [, body = ''] = (await readFile(joinPath(desk.stateFolder, file), 'utf8')).split('\n');
      const { parked } = JSON.parse(body) as { parked: readonly { endpoint: { name: string } }[] };
      return parked.map(({ endpoint }) => endpoint.name).sort();
    },
    networks: async () => {
      const networks = await askEngine<readonly { Id: string }[]>(host, 'GET', '/networks');
      return [...networks].sort((one, two) => (one.Id < two.Id ? -1 : 1));
    },
    missing: async () => {
      const now = await places();
      return Object.keys(before).filter((name) => !isDeepStrictEqual(now[name], before[name]));
    },
    finish,
    expectWhole,
    converge: async (told, more) => {
      await finish(told, more);
      await expectWhole(told);
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}
