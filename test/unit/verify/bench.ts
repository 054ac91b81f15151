import type { HostReader } from '../../../packages/core/src/doctor/host-reader.js';
import type { LinkFact, LinkFacts, RouteFact } from '../../../packages/core/src/links.js';
import type {
  NameAnswer,
  Neighbour,
  Ping,
  Prober,
  Spot,
  StandInLink,
} from '../../../packages/core/src/verify/prober.js';
import { pingKey } from '../../../packages/core/src/verify/prober.js';
import type { CheckResult, VerifyResult } from '../../../packages/core/src/verify/result.js';
import { verify } from '../../../packages/core/src/verify/verify.js';
import { memoryHost } from '../../support/memory/index.js';
import type { MemoryContainer, WorldInput } from '../../support/memory/index.js';
import { applyText, loadText } from '../../support/memory/run.js';

/** A host in memory, and what packets do there. */
export interface Stage {
  readonly spec: string;
  readonly world?: WorldInput;
  /** The spec was never applied. */
  readonly unapplied?: true;
  /** Links that the engine makes for its networks. */
  readonly bridges?: readonly LinkFact[];
  /** With `networks` as the spec has them; the n-th has the process number n + 1. */
  readonly containers?: readonly MemoryContainer[];
  /** Whether an echo request is answered; all that fit are unless told. */
  readonly answers?: (spot: Spot, ping: Ping) => boolean;
  /** What `ping` says beside, in every namespace. */
  readonly said?: readonly string[];
  readonly names?: Readonly<Record<string, NameAnswer>>;
  /** What of a namespace is otherwise than one would think. */
  readonly inside?: Readonly<
    Record<
      number,
      {
        readonly mtu?: number;
        readonly via?: string;
        readonly via6?: string;
        readonly lost?: true;
        /** Beside those. */
        readonly routes?: readonly RouteFact[];
      }
    >
  >;
  readonly resolvers?: Readonly<Record<number, string>>;
  readonly rules?: string;
  readonly neighbours?: readonly Neighbour[];
  readonly files?: Readonly<Record<string, string>>;
}

export const link = (
  name: string,
  index: number,
  addresses: readonly string[],
  more: Partial<LinkFact> = {},
): LinkFact => ({
  name,
  index,
  type: 'ether',
  mtu: 1500,
  up: true,
  group: 0,
  wireless: false,
  addresses: addresses.map((text) => {
    const [address = '', length = '24'] = text.split('/');
    return { address, prefixLength: Number(length), scope: 'global' };
  }),
  ...more,
});

const HEADERS = 28;

/** Of those for which silence is wanted, by any interface. */
const isForSilence = ({ payload }: Ping): boolean => payload >= 58 && payload < 100;

/** The names of its containers, and what was made to stand for one. */
export async function staged(
  stage: Stage,
): Promise<VerifyResult & { readonly stood: readonly StandInLink[]; readonly open: number }> {
  const { containers = [], inside = {}, answers = () => true } = stage;
  const host = memoryHost({
    links: [link('eth0', 2, ['192.168.1.10/24']), ...(stage.world?.links ?? [])] as LinkFact[],
    routes: [{ destination: '0.0.0.0/0', table: 'main', link: 'eth0', via: '192.168.1.1' }],
    ...stage.world,
  });
  if (stage.unapplied === undefined) await applyText(host, stage.spec, { probe: false });
  host.world.links.push(...(stage.bridges ?? []));
  host.world.containers.push(...containers);
  const stood: StandInLink[] = [];
  let open = 0;
  const pidOf = (name: string): number => containers.findIndex((one) => one.name === name) + 1;
  const insideOf = (pid: number): LinkFacts => {
    const addresses =
      pid > 100
        ? (stood[pid - 101]?.addresses ?? [])
        : Object.values(containers[pid - 1]?.networks ?? {}).flatMap(({ ip }) =>
            ip === undefined ? [] : [`${ip}/24`],
          );
    const sixes = pid > 100 ? [] : Object.values(containers[pid - 1]?.networks ?? {}).map(({ ip6 }) => ip6);
    const { mtu = stood[pid - 101]?.mtu ?? 1500, via, via6, lost, routes: more = [] } = inside[pid] ?? {};
    const both = (address: string, index: number): readonly string[] =>
      sixes[index] === undefined ? [address] : [address, `${sixes[index]}/64`];
    const links =
      lost === true
        ? []
        : addresses.map((address, index) => link(`eth${index}`, index + 2, both(address, index), { mtu }));
    const hop = via ?? addresses[0]?.replace(/\d+\/24$/, '1');
    const routes: RouteFact[] =
      hop === undefined || hop === '' ? [] : [{ destination: '0.0.0.0/0', table: 'main', link: 'eth0', via: hop }];
    if (via6 !== undefined) routes.push({ destination: '::/0', table: 'main', link: 'eth0', via: via6 });
    return { links, routes: [...routes, ...more], mayChange: false };
  };
  const reader: HostReader = {
    read: async (paths) => {
      const known = {
        ...stage.files,
        ...Object.fromEntries(
          Object.entries(stage.resolvers ?? {}).map(([pid, text]) => [`/proc/${pid}/root/etc/resolv.conf`, text]),
        ),
      };
      return Promise.resolve(
        new Map(paths.flatMap((path) => (known[path] === undefined ? [] : [[path, known[path]] as const]))),
      );
    },
    present: async () => Promise.resolve(new Set()),
    list: async () => Promise.resolve([]),
    print: async () => Promise.resolve({ stdout: stage.rules ?? '', stderr: '', exit: 0 }),
  };
  const prober: Prober = {
    means: async () => Promise.resolve({}),
    look: async ({ pid = 0 }) => Promise.resolve(insideOf(pid)),
    ping: async (spot, pings) => {
      const fits = (ping: Ping): boolean =>
        ping.whole !== true || ping.payload + HEADERS <= (insideOf(spot.pid ?? 0).links[0]?.mtu ?? 0);
      const answered = pings.filter((ping) => fits(ping) && !isForSilence(ping) && answers(spot, ping));
      const leaked = pings.filter((ping) => isForSilence(ping) && answers(spot, ping) && stage.answers !== undefined);
      return Promise.resolve({
        answered: new Map([...answered, ...leaked].map((ping) => [pingKey(ping), ping.count ?? 1])),
        said: stage.said ?? [],
      });
    },
    names: async (_spot, questions) => {
      const own = new Map(
        containers.flatMap(({ name, networks }) => Object.values(networks).map(({ ip = '' }) => [name, ip] as const)),
      );
      return Promise.resolve(
        questions.map(
          ({ name }) =>
            stage.names?.[name] ?? (own.has(name) ? { addresses: [own.get(name) ?? ''] } : { error: 'NXDOMAIN' }),
        ),
      );
    },
    neighbours: async () => Promise.resolve(stage.neighbours ?? []),
    espStates: async () => Promise.resolve([]),
    listen: async () =>
      Promise.resolve({
        count: async () => Promise.resolve({ why: 'nobody listens in memory' }),
        [Symbol.asyncDispose]: async () => Promise.resolve(),
      }),
    standIn: async (wanted) => {
      stood.push(wanted);
      open += 1;
      const pid = 100 + stood.length;
      return Promise.resolve({ spot: { pid }, [Symbol.asyncDispose]: async () => Promise.resolve(void (open -= 1)) });
    },
    reader,
  };
  const places: typeof host.engine.places = async (...args) =>
    (await host.engine.places(...args)).map((place) => ({ ...place, pid: pidOf(place.endpoint.name) }));
  const result = await verify(loadText(stage.spec), { engine: { ...host.engine, places }, links: host.links, prober });
  return { ...result, stood, open };
}

export const on = (name: string, networks: MemoryContainer['networks'], state = 'running'): MemoryContainer => ({
  name,
  state,
  networks,
});

/** `state kind: claim`, of those that are not as they should be. */
export const told = ({ checks }: VerifyResult): readonly string[] =>
  checks.filter(({ state }) => state !== 'passed').map(({ state, kind, claim }) => `${state} ${kind}: ${claim}`);

export const causes = ({ checks }: VerifyResult): readonly string[] => checks.flatMap(({ cause }) => cause ?? []);

export const kinds = ({ checks }: VerifyResult): readonly string[] => checks.map(({ kind }) => kind);

export const only = ({ checks }: VerifyResult, kind: CheckResult['kind']): readonly CheckResult[] =>
  checks.filter((one) => one.kind === kind);
