import { AUTO_LENGTH } from '../addresses/auto.js';
import type { AddressPlan } from '../addresses/plan.js';
import { formatPrefix } from '../addresses/prefix.js';
import { groupBy } from '../group-by.js';
import { kindOf } from '../kinds/index.js';
import type { CheckContext } from '../kinds/kind.js';
import { bridgeOf } from '../kinds/overlap.js';
import { networksNamed } from '../lookup.js';
import type { HostFacts, NetworkResource, Step, StepOf } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { Resolved } from '../resolve/resolve.js';
import type { CheckInput } from './check-input.js';
import { clientChecks } from './client-checks.js';
import { engineGates } from './engine-gates.js';
import { checkLinks } from './link-checks.js';

/** All that the host has against the steps, found before the first of them is run. */
export function checkHost(input: CheckInput): readonly Problem[] {
  const { resolved, wanted, facts, stack, steps, destroy } = input;
  // One that cannot be made has its problem already, and is not missing on top of that.
  const plannedLinks = new Set([
    ...steps.flatMap((step) => (step.op === 'link.add' ? [step.props.name] : [])),
    ...resolved.refusedLinks,
  ]);
  const created = new Set(steps.filter(isCreate).map(({ ref }) => ref));
  const leaving = leavingOf(steps, facts);
  const raisedLinks = new Set(steps.flatMap((step) => (step.op === 'link.set' && step.change.up ? [step.name] : [])));
  const { addresses } = resolved;
  const links = { facts, wanted: wanted.links };
  const context = { facts, stack, addresses, wanted: wanted.networks, links, plannedLinks, raisedLinks, leaving };
  const networks = wanted.networks.flatMap((network) => {
    const found = kindOf(network.asked.driver).check(network, context);
    if (created.has(network.ref)) return [...found, ...noSubnet(network, addresses)];
    // What is there already stays; but what is wrong with it is worth knowing.
    return found.map((one): Problem => (one.severity === 'error' ? { ...one, severity: 'warning' } : one));
  });
  const gates = wanted.networks.filter(({ ref }) => created.has(ref)).flatMap((network) => engineGates(network, facts));
  return [
    ...distinct([
      ...(destroy ? [] : externals(resolved, facts)),
      ...networks,
      ...clientChecks(input),
      ...checkLinks(input, plannedLinks, raisedLinks, leaving.links),
    ]),
    // Each place in the spec that asks for too much is to be changed, whatever the next one asks.
    ...gates,
  ];
}

/** A network and its shim can have the same thing against their parent; once is enough, and the worst of them counts. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const keyOf = ({ code, message, host = '' }: Problem): string => `${code} ${host} ${message}`;
  const twins = groupBy(problems, (one) => [keyOf(one)]);
  return problems.filter((one) => {
    const all = twins.get(keyOf(one)) ?? [];
    return one === (all.find(({ severity }) => severity === 'error') ?? all[0]);
  });
}

function leavingOf(steps: readonly Step[], facts: HostFacts): CheckContext['leaving'] {
  const networks = new Set(steps.flatMap((step) => (step.op === 'network.remove' ? [step.id] : [])));
  return {
    networks,
    bridges: new Set(facts.networks.filter(({ id }) => networks.has(id)).map(bridgeOf)),
    links: new Set(steps.flatMap((step) => (step.op === 'link.remove' ? [step.name] : []))),
  };
}

function isCreate(step: Step): step is StepOf<'network.create'> {
  return step.op === 'network.create';
}

function externals({ external }: Resolved, facts: HostFacts): readonly Problem[] {
  return external
    .filter(({ name }) => networksNamed(facts, name).length === 0)
    .map(({ name, path }) =>
      problem(
        'error',
        'NETWORK_MISSING',
        path,
        `the external network ${name} does not exist`,
        'Make it, or leave out `external: true` and let netctl make it.',
      ),
    );
}

function noSubnet({ ref, path }: NetworkResource, { networks }: AddressPlan): readonly Problem[] {
  const none = networks.get(ref.replace(/^network:/, ''))?.none ?? [];
  return none.map(({ family, length = AUTO_LENGTH[family], from }) =>
    problem(
      'error',
      'NO_FREE_SUBNET',
      `${path}.subnet`,
      `no free IPv${family} /${length} is left in ${from === undefined ? 'the ranges that netctl looks in' : formatPrefix(from)}`,
      from === undefined
        ? 'Give the network a subnet, or say where to look: auto from 10.200.0.0/16.'
        : 'Say another one.',
    ),
  );
}
