import type { Host } from '@netctl/lab';
import { describeChanges } from '../../../../packages/core/src/plan/describe.js';
import { askEngine } from '../engine-client.js';
import type { OnHost } from '../planned.js';
import { until } from '../until.js';
import type { DriftNetwork, Mutation } from './mutation.js';
import { bodyOf, type NetworkBody, type RawNetwork } from './network-body.js';

/** More at once gain nothing on an engine. */
const AT_ONCE = 6;

/** What came of one mutation. */
export interface Outcome {
  readonly key: string;
  readonly label: string;
  /** What the plan had to say. */
  readonly expected: readonly string[];
  /** What it said of the network, or why the engine would not make it. */
  readonly actual: readonly string[];
}

export interface Rounds {
  readonly outcomes: readonly Outcome[];
  /** What plans said of networks that were as they should be. */
  readonly strays: readonly string[];
}

export const listNetworks = (host: Host): Promise<readonly RawNetwork[]> =>
  askEngine<readonly RawNetwork[]>(host, 'GET', '/networks');

/**
 * Makes networks again by hand, each with one field changed, and asks for the plan: in the second round with the second
 * mutation of each network, in the third with the third, and so on, in the last with the first, and so they are left.
 * A network that has no more of them is made again as it was, and then no plan may name it.
 */
export async function runRounds(
  host: Host,
  spec: OnHost,
  networks: readonly {
    readonly network: DriftNetwork;
    readonly name: string;
    readonly mutations: readonly Mutation[];
  }[],
): Promise<Rounds> {
  const before = await listNetworks(host);
  const subjects = networks.map(({ network, name, mutations }) => {
    const original = before.find(({ Name }) => Name === name);
    if (original === undefined) throw new Error(`there is no network ${name}`);
    return { key: network.key, name, mutations, original: bodyOf(original), id: original.Id, changed: false };
  });
  const outcomes: Outcome[] = [];
  const strays: string[] = [];
  const last = Math.max(...subjects.map(({ mutations }) => mutations.length));
  const order = [...Array.from({ length: last }, (_, index) => index + 1), 0];
  for (const round of order) {
    const turned = subjects.filter(({ mutations, changed }) => mutations[round] !== undefined || changed);
    await removeAll(
      host,
      turned.map(({ id, original }) => ({ id, from: original.ConfigFrom !== undefined })),
    );
    const refusals = new Map<string, string>();
    const bodies = turned.map((subject) => {
      const body = structuredClone(subject.original);
      subject.mutations[round]?.change(body);
      subject.changed = subject.mutations[round] !== undefined;
      return { subject, body };
    });
    await createAll(bodies, async ({ subject, body }) => {
      subject.id = await create(host, body).catch((error: unknown) => {
        refusals.set(subject.key, String(error));
        return '';
      });
    });
    await until('the swarm allocates', async () =>
      (await listNetworks(host)).every(({ Driver, ConfigOnly }) => Driver !== '' || ConfigOnly),
    );
    const there = await listNetworks(host);
    const plan = await spec.plan();
    const said = new Map<string, Set<string>>();
    for (const { ref, why } of plan.steps) said.set(ref, (said.get(ref) ?? new Set()).add(why));
    for (const { path, message, severity } of plan.problems) {
      if (severity === 'error') strays.push(`round ${String(round)}: ${path}: ${message}`);
    }
    for (const { key, mutations, id } of turned) {
      const mutation = mutations[round];
      if (mutation === undefined) continue;
      const { label, says } = mutation;
      const made = there.find(({ Id }) => Id === id);
      const expected = says === undefined || made === undefined ? [] : [describeChanges([says(made)])];
      const refused = refusals.get(key);
      const actual = refused === undefined ? [...(said.get(`network:${key}`) ?? [])] : [refused];
      outcomes.push({ key, label, expected, actual });
      said.delete(`network:${key}`);
    }
    for (const [ref, whys] of said) strays.push(...[...whys].map((why) => `round ${String(round)}: ${ref}: ${why}`));
    for (const { key, changed } of turned) {
      const message = refusals.get(key);
      if (!changed && message !== undefined) strays.push(`${key} was not restored: ${message}`);
    }
  }
  return { outcomes, strays };
}

async function create(host: Host, body: NetworkBody): Promise<string> {
  return (await askEngine<{ Id: string }>(host, 'POST', '/networks/create', body)).Id;
}

/** Those whose subnets are given first: what the engine chooses has to be free of them. */
async function createAll<T extends { readonly body: NetworkBody }>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  for (const turn of [false, true])
    await eachOf(
      items.filter(({ body }) => isOpen(body) === turn),
      act,
    );
}

function isOpen({ IPAM, EnableIPv6, ConfigFrom, ConfigOnly }: NetworkBody): boolean {
  if (ConfigFrom !== undefined || ConfigOnly === true) return false;
  const six = IPAM.Config.some(({ Subnet }) => Subnet?.includes(':'));
  return IPAM.Config.length === 0 || (EnableIPv6 === true && !six) || (six && IPAM.Config.length === 1);
}

/** What was made from a configuration first, since that goes only when nobody uses it; a swarm's go after the answer. */
async function removeAll(
  host: Host,
  networks: readonly { readonly id: string; readonly from: boolean }[],
): Promise<void> {
  const there = networks.filter(({ id }) => id !== '');
  for (const turn of [true, false]) {
    await eachOf(
      there.filter(({ from }) => from === turn),
      ({ id }) => askEngine(host, 'DELETE', `/networks/${id}`),
    );
  }
  const ids = new Set(there.map(({ id }) => id));
  await until('the networks go', async () => (await listNetworks(host)).every(({ Id }) => !ids.has(Id)));
}

async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
