import type { StatusItem } from '../apply/status.js';
import type { HostFacts, HostName, Observed } from '../model.js';
import { NOT_ASKED } from '../plan/links-only.js';
import type { Problem } from '../problem.js';
import { resolve } from '../resolve/resolve.js';
import type { Resolved } from '../resolve/resolve.js';
import { specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';
import type { Proof } from './proof.js';
import type { TopologyState } from './topology.js';

/** What a look at the hosts has shown. */
export interface Seen {
  readonly observed: Observed;
  readonly items: readonly StatusItem[];
  readonly problems: readonly Problem[];
}

/** One host as it is to be drawn. */
export interface HostView {
  /** Of the host in the drawing; what is on it begins with it. */
  readonly id: string;
  readonly host: HostName;
  /** The spec as it is for this host. */
  readonly spec: Spec;
  readonly facts: HostFacts;
  /** Whether the host was looked at; otherwise `facts` say nothing. */
  readonly looked: boolean;
  readonly resolved: Resolved;
  readonly items: readonly StatusItem[];
  readonly proof: Proof | undefined;
}

const NOTHING_SEEN: HostFacts = { engine: NOT_ASKED, networks: [], kernel: {} };

export function viewHost(
  { spec: whole }: LoadedSpec,
  host: HostName,
  id: string,
  seen: Seen | undefined,
  proof: Proof | undefined,
): HostView {
  const facts = seen?.observed.get(host);
  const spec = specOn(whole, host);
  return {
    id,
    host,
    spec,
    facts: facts ?? NOTHING_SEEN,
    looked: facts !== undefined,
    resolved: resolve(spec, host, facts ?? NOTHING_SEEN),
    items: seen?.items.filter((item) => item.host === host) ?? [],
    proof,
  };
}

/** What is told of something that the spec wants. */
export function wantedState({ items, looked }: HostView, ref: string): { state: TopologyState; why?: string } {
  const item = items.find((one) => one.ref === ref && one.state !== 'unwanted');
  if (item === undefined) return { state: looked ? 'other' : 'wanted' };
  return { state: item.state, ...(item.why === undefined ? {} : { why: item.why }) };
}

/** What is there, is ours, and is in the spec no more. */
export function unwantedOf({ items }: HostView, type: 'link' | 'network' | 'endpoint'): readonly StatusItem[] {
  return items.filter(({ ref, state }) => state === 'unwanted' && ref.startsWith(`${type}:`));
}

/** Labels with values; those without one are left out. */
export function detailsOf(
  entries: readonly (readonly [string, string | undefined])[],
): readonly (readonly [string, string])[] {
  return entries.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [[label, value] as const]));
}
