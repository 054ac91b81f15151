import { dynamicRange } from '../addresses/ipam.js';
import { parseAddress } from '../addresses/prefix.js';
import { inRange, rangeSize } from '../addresses/range.js';
import type { FoundNetwork, HostFacts, Holder, IpamEntry, Observed, Plan } from '../model.js';
import { describeLink, describeNetwork } from '../plan/describe.js';
import { stepLine } from '../plan/format.js';
import { stepsOf } from '../plan/plan.js';
import { resolve } from '../resolve/resolve.js';
import type { LoadedSpec } from '../spec/load.js';

/** `ok`: as the spec says; `missing`: not there; `drifted`: there, but not so; `unwanted`: ours, and no longer in the spec. */
export type ItemState = 'ok' | 'missing' | 'drifted' | 'unwanted';

export interface AddressUse {
  /** What the engine hands out of: `192.168.1.192/27`. */
  readonly range: string;
  readonly size: string;
  readonly used: number;
  readonly left: string;
}

export interface StatusItem {
  readonly host: string;
  readonly ref: string;
  readonly name: string;
  readonly state: ItemState;
  /** What is not as wanted. */
  readonly why?: string;
  readonly description: string;
  readonly holders: readonly Holder[];
  readonly addresses: readonly AddressUse[];
}

/** What the spec wants beside what is there, from one observation; pure. */
export function statusOf(loaded: LoadedSpec, observed: Observed, plan: Plan): readonly StatusItem[] {
  return [...observed].flatMap(([host, facts]) => hostStatus(loaded, host, facts, plan));
}

function hostStatus(loaded: LoadedSpec, host: string, facts: HostFacts, plan: Plan): readonly StatusItem[] {
  const { networks, links } = resolve(loaded.spec, host, facts);
  const steps = stepsOf(plan).filter((step) => step.host === host);
  const judge = (ref: string): { state: ItemState; why?: string } => {
    const mine = steps.filter((step) => step.ref === ref);
    const [first] = mine;
    if (first === undefined) return { state: 'ok' };
    const signs = mine.map((step) => stepLine(step).sign);
    if (!signs.includes('+') && signs.includes('-')) return { state: 'unwanted', why: first.why };
    return signs.includes('-') || signs.includes('~')
      ? { state: 'drifted', why: first.why }
      : { state: 'missing', why: first.why };
  };
  const wanted = [...links, ...networks].map((resource): StatusItem => {
    const found =
      resource.type === 'network' ? foundFor(resource.ref, resource.name, facts, loaded.spec.name) : undefined;
    const name = resource.type === 'network' ? resource.name : resource.props.name;
    return {
      host,
      ref: resource.ref,
      name,
      ...judge(resource.ref),
      description:
        resource.type === 'network' ? describeNetwork(found?.props ?? resource.props) : describeLink(resource.props),
      holders: found?.holders ?? [],
      addresses: found === undefined ? [] : addressUse(found),
    };
  });
  const known = new Set(wanted.map(({ ref }) => ref));
  const extra = steps
    .filter(({ ref }) => !known.has(ref))
    .map((step): StatusItem => {
      const name = step.ref.replace(/^[a-z]+:/, '');
      const found = facts.networks.find((network) => network.owner?.ref === step.ref);
      return {
        host,
        ref: step.ref,
        name,
        state: 'unwanted',
        why: step.why,
        description: '',
        holders: found?.holders ?? [],
        addresses: [],
      };
    });
  return [...wanted, ...extra];
}

function foundFor(ref: string, name: string, facts: HostFacts, stack: string): FoundNetwork | undefined {
  return (
    facts.networks.find(({ owner }) => owner?.stack === stack && owner.ref === ref) ??
    facts.networks.find((network) => network.name === name)
  );
}

/**
 * How many addresses of each dynamic range are taken: by containers of this host, the gateway, and what is reserved.
 * The first and last address of a whole IPv4 subnet are nobody's.
 */
function addressUse(network: FoundNetwork): readonly AddressUse[] {
  return network.props.ipam.config.flatMap((entry) => {
    const range = dynamicRange(entry);
    const text = entry.ipRange ?? entry.subnet;
    if (range === undefined || text === undefined) return [];
    const taken = new Set(
      [...holderAddresses(network), ...fixed(entry)].flatMap((address) => {
        const parsed = parseAddress(address);
        return parsed !== undefined && inRange(range, parsed) ? [parsed.value] : [];
      }),
    );
    const whole = entry.ipRange === undefined && range.family === 4 && rangeSize(range) > 2n;
    const size = rangeSize(range) - (whole ? 2n : 0n);
    return [{ range: text, size: String(size), used: taken.size, left: String(size - BigInt(taken.size)) }];
  });
}

function holderAddresses(network: FoundNetwork): readonly string[] {
  return network.holders.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter((one) => one !== undefined));
}

function fixed(entry: IpamEntry): readonly string[] {
  return [...(entry.gateway === undefined ? [] : [entry.gateway]), ...Object.values(entry.auxAddresses ?? {})];
}
