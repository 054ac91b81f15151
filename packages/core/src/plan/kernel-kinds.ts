import { KERNEL_KINDS } from '../kinds/kernel-modules.js';
import type { KernelKind } from '../links.js';
import type { HostFacts, HostName, Step, StepOf } from '../model.js';
import { problem } from '../problem.js';
import type { Problem, Severity } from '../problem.js';
import { hasSeveralNodes } from './swarm-nodes.js';

/** What the kernel has to know for these steps. */
export function kindsNeeded(steps: readonly Step[]): readonly KernelKind[] {
  const kinds = steps.flatMap((step): readonly KernelKind[] => {
    if (step.op === 'link.add') return [step.props.kind];
    // A node has its part of the ingress network at once.
    if (isEntry(step)) return ['vxlan'];
    if (step.op !== 'network.create' || step.props.configOnly === true) return [];
    const { driver, options, configFrom } = step.props;
    // The engine looks at the presence of the option alone.
    if (driver === 'overlay') return options['encrypted'] === undefined ? ['vxlan'] : ['vxlan', 'esp'];
    if (driver !== 'macvlan' && driver !== 'ipvlan') return [];
    // Without a parent the engine makes a dummy link for one (moby, macvlan and ipvlan drivers, setup `createDummyLink`).
    return hasText(options['parent']) || configFrom !== undefined ? [driver] : [driver, 'dummy'];
  });
  return [...new Set(kinds)];
}

/** The same for one host of a plan: a network of the swarm is on all of its nodes, whichever makes it. */
export function kindsNeededOn(host: HostName, { engine }: HostFacts, steps: readonly Step[]): readonly KernelKind[] {
  const joins = steps.some((step) => step.host === host && step.op === 'swarm.join');
  const isNode = joins || engine.swarm.state !== 'inactive';
  return kindsNeeded(steps.filter((step) => step.host === host || (isNode && makesOverlay(step))));
}

export function makesOverlay(step: Step): step is StepOf<'network.create'> {
  return step.op === 'network.create' && step.props.driver === 'overlay' && step.props.configOnly !== true;
}

function isEntry({ op }: Step): boolean {
  return op === 'swarm.init' || op === 'swarm.join';
}

function hasText(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/**
 * What these steps need and the kernel was found to lack, each once. An engine makes an overlay all the same, says
 * nothing, and its packets are lost: so the other nodes of the swarm are looked at too. One that is alone in its swarm
 * has nobody to encrypt for by now.
 */
export function missingModules(
  steps: readonly Step[],
  facts: HostFacts,
  pathOf: (step: Step) => string,
): readonly Problem[] {
  const overlays = steps.filter(makesOverlay);
  const alone = !hasSeveralNodes(facts);
  const here = kindsNeeded(steps).filter((kind) => facts.kernel[kind] === 'no');
  // It is a node all the same, and reaches no published port of the others: worth knowing, and no reason to stop.
  const onlyEnters = !kindsNeeded(steps.filter((step) => !isEntry(step))).includes('vxlan');
  const severityOf = (kind: KernelKind): Severity =>
    (kind === 'esp' && alone) || (kind === 'vxlan' && onlyEnters) ? 'warning' : 'error';
  const there = [...(facts.peers ?? [])].flatMap(([host, { kernel }]) =>
    kindsNeeded(overlays).flatMap((kind) => (kernel[kind] === 'no' ? [{ host, kind }] : [])),
  );
  return [
    ...here.map((kind) => lacking(kind, steps, pathOf, severityOf(kind))),
    ...there.map(({ host, kind }) => ({ ...lacking(kind, overlays, pathOf, 'error'), host })),
  ];
}

function lacking(
  kind: KernelKind,
  steps: readonly Step[],
  pathOf: (step: Step) => string,
  severity: Severity,
): Problem {
  const { lacks, modules } = KERNEL_KINDS[kind];
  const step = steps.find((one) => kindsNeeded([one]).includes(kind));
  const [load, all] = modules.includes(' ') ? [`modprobe -a ${modules}`, 'modules'] : [`modprobe ${modules}`, 'module'];
  return problem(
    severity,
    'KERNEL_LACKS',
    step === undefined ? '' : isEntry(step) ? 'swarm' : pathOf(step),
    `the kernel of this host has ${lacks} (${all} ${modules})`,
    `Load it (${load}) or install the package that holds it (Ubuntu: linux-modules-extra-$(uname -r)).`,
  );
}
