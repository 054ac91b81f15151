import type { SubnetUse } from '../addresses/use.js';
import { isAdopted } from '../marks.js';
import type { FoundNetwork, HostFacts, Holder, LinkResource, NetworkResource, Observed, Plan, Step } from '../model.js';
import { describeLink, describeNetwork } from '../plan/describe.js';
import { stepLine } from '../plan/format.js';
import { matchAll } from '../plan/match.js';
import { stepsOf } from '../plan/plan.js';
import type { Problem } from '../problem.js';
import { resolve } from '../resolve/resolve.js';
import type { Resolved } from '../resolve/resolve.js';
import { pathIn, specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';
import { addressesOf } from './addresses.js';
import { attachmentItems } from './attachment-status.js';

/**
 * `ok`: as the spec says; `missing`: not there; `drifted`: there, but not so; `blocked`: something stands against what
 * the spec says, such as a network of somebody else with that name; `unwanted`: ours, and no longer in the spec.
 */
export type ItemState = 'ok' | 'missing' | 'drifted' | 'blocked' | 'unwanted';

/** One network, link or container on one host, in what state it is, and who is attached. */
export interface StatusItem {
  readonly host: string;
  readonly ref: string;
  readonly name: string;
  readonly state: ItemState;
  /** It is of this stack though netctl did not make it. */
  readonly adopted?: true;
  /** What is not as wanted. */
  readonly why?: string;
  readonly description: string;
  readonly holders: readonly Holder[];
  readonly addresses: readonly SubnetUse[];
}

/** What the spec wants beside what is there, from one observation; pure. */
export function statusOf(loaded: LoadedSpec, observed: Observed, plan: Plan): readonly StatusItem[] {
  return [...observed].flatMap(([host, facts]) => hostStatus(loaded.spec, host, facts, plan));
}

function hostStatus(whole: Spec, host: string, facts: HostFacts, plan: Plan): readonly StatusItem[] {
  const spec = specOn(whole, host);
  const resolved = resolve(spec, host, facts);
  const { networks, links } = resolved;
  const here = stepsOf(plan).filter((step) => step.host === host);
  // Containers are told of by themselves, or with their networks, and to forget what is gone is about nothing that is there.
  const steps = here.filter(({ op }) => !op.startsWith('endpoint.') && op !== 'network.forget');
  const errors = plan.problems
    .filter((one) => one.severity === 'error' && (one.host === undefined || one.host === host))
    .map((one) => ({ ...one, path: pathIn(whole, host, one.path) }));
  const resources = [...links, ...networks];
  const matches = matchAll(networks, facts, spec.name);
  const wanted = resources.map((resource) => {
    const found = resource.type === 'network' ? matches.get(resource) : undefined;
    const mine = steps.filter((step) => step.ref === resource.ref && isAbout(step, found));
    const against = errors.find(({ path }) => isOf(path, resource, resources));
    return {
      mine,
      item: {
        host,
        ref: resource.ref,
        ...judge(mine, against),
        ...shown(resource, found, facts, spec, resolved),
      },
    };
  });
  const known = new Set(wanted.flatMap(({ mine }) => mine));
  return [
    ...wanted.map(({ item }) => item),
    ...steps.filter((step) => !known.has(step)).map((step) => unwanted(step, facts)),
    ...attachmentItems(spec, host, facts, here, errors),
  ];
}

/** Two networks can have one mark; the steps about the other are not about this one. */
function isAbout(step: Step, found: FoundNetwork | undefined): boolean {
  return step.op !== 'network.remove' || step.id === found?.id;
}

/** Whether the place is of this resource: at its path or below, and not of another one whose path is closer. */
function isOf(
  path: string,
  resource: LinkResource | NetworkResource,
  all: readonly { readonly path: string }[],
): boolean {
  const covers = (upper: string): boolean =>
    path === upper || path.startsWith(`${upper}.`) || path.startsWith(`${upper}[`);
  // A link that is made for the parent has its place there too; what is wrong at it is wrong for both.
  if (path === `${resource.path}.parent`) return true;
  return covers(resource.path) && !all.some((other) => other.path.length > resource.path.length && covers(other.path));
}

function judge(steps: readonly Step[], against: Problem | undefined): Pick<StatusItem, 'state' | 'why'> {
  if (against !== undefined) return { state: 'blocked', why: against.message };
  const [first] = steps;
  if (first === undefined) return { state: 'ok' };
  const made = steps.every((step) => stepLine(step).sign === '+');
  return { state: made ? 'missing' : 'drifted', why: first.why };
}

const ADOPTED = { adopted: true } as const;

/** What is there where it is ours, else what is wanted. */
function shown(
  resource: LinkResource | NetworkResource,
  found: FoundNetwork | undefined,
  facts: HostFacts,
  spec: Spec,
  resolved: Resolved,
): Pick<StatusItem, 'name' | 'adopted' | 'description' | 'holders' | 'addresses'> {
  if (resource.type === 'link') {
    const { props } = resource;
    const link = facts.links?.links.find(({ name }) => name === props.name);
    const adopted = link !== undefined && isAdopted(link, spec.name) ? ADOPTED : {};
    return { name: props.name, ...adopted, description: describeLink(props), holders: [], addresses: [] };
  }
  const { name, props, asked } = resource;
  if (found === undefined) return { name, description: describeNetwork(props), holders: [], addresses: [] };
  return {
    name,
    ...(found.adopted === true ? ADOPTED : {}),
    description: describeNetwork(found.props, found.asked ?? asked),
    holders: found.holders,
    addresses: addressesOf(resource, found, spec, facts, resolved.addresses),
  };
}

function unwanted(step: Step, facts: HostFacts): StatusItem {
  const found = step.op === 'network.remove' ? facts.networks.find(({ id }) => id === step.id) : undefined;
  return {
    host: step.host,
    ref: step.ref,
    name: found?.name ?? step.ref.replace(/^[a-z]+:/, ''),
    state: 'unwanted',
    ...('adopted' in step ? ADOPTED : {}),
    why: step.why,
    description: '',
    holders: found?.holders ?? [],
    addresses: [],
  };
}
