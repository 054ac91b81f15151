import type { Host } from '@netctl/lab';
import { type Call, type EngineProxy, proxyEngine } from '../engine-proxy.js';
import type { RunningNetctl } from '../netctl.js';
import { until } from '../until.js';

/** Which calls are held: told of the call, and of all that went by before it. */
export type Holds = (call: Call, earlier: readonly Call[]) => boolean;

/** A proxy that holds every call of one kind until it is opened; from then on it holds none. */
export interface Gate extends EngineProxy {
  /** Waits until so many calls of this netctl are held; throws with its words when it ends before. */
  reached(running: RunningNetctl, count?: number): Promise<void>;
  open(): void;
  /** Lets go what is held without passing it on, as when who sent it is gone. */
  drop(): void;
}

export async function gateOf(host: Host, holds: Holds): Promise<Gate> {
  let held = 0;
  let decide: (drop: boolean) => void = () => undefined;
  const decided = new Promise<boolean>((resolve) => (decide = resolve));
  let isOpen = false;
  const calls: Call[] = [];
  const proxy = await proxyEngine(host.socket, (call) => {
    const earlier = [...calls];
    calls.push(call);
    if (isOpen || !holds(call, earlier)) return false;
    held += 1;
    return decided;
  });
  const letGo = (drop: boolean): void => {
    isOpen = true;
    decide(drop);
  };
  return {
    ...proxy,
    reached: async (running, count = 1) => {
      let over = false;
      void running.ended.then(() => (over = true));
      await until(`${String(count)} calls are held`, async () => Promise.resolve(over || held >= count), 60_000);
      if (held < count) throw new Error(`netctl ended before: ${JSON.stringify(await running.ended)}`);
    },
    open: () => letGo(false),
    drop: () => letGo(true),
    [Symbol.asyncDispose]: async () => {
      letGo(true);
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** The containers are still on the network with this id. */
export const beforeParks =
  (id: string): Holds =>
  ({ method, path }) =>
    method === 'POST' && path === `/networks/${id}/disconnect`;

/** Everybody is off the network with this id, and it is still there. */
export const beforeRemoval =
  (id: string): Holds =>
  ({ method, path }) =>
    method === 'DELETE' && path === `/networks/${id}`;

/** The network with this id is gone, and what takes its place is not there yet. */
export const afterRemoval =
  (id: string): Holds =>
  ({ method, path }, earlier) =>
    method === 'POST' && path === '/networks/create' && earlier.some((call) => beforeRemoval(id)(call, []));

/** What takes the place is there, and the first containers are about to be connected. */
export const beforeConnects: Holds = ({ method, path }) => method === 'POST' && path.endsWith('/connect');

/** The engine's copy of the journal is about to be made. */
export const beforeJournal: Holds = ({ method, path }, earlier) =>
  method === 'POST' && path === '/networks/create' && earlier.every((call) => call.method === 'GET');
