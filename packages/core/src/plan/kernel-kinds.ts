import type { LinkKind } from '../links.js';
import type { HostFacts, Step } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';

const MODULES: Readonly<Record<LinkKind, string>> = {
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  vlan: '8021q',
  vxlan: 'vxlan',
  dummy: 'dummy',
};

/** The kinds of links that the kernel has to know for these steps. */
export function kindsNeeded(steps: readonly Step[]): readonly LinkKind[] {
  const kinds = steps.flatMap((step): readonly LinkKind[] => {
    if (step.op === 'link.add') return [step.props.kind];
    if (step.op !== 'network.create' || step.props.configOnly === true) return [];
    const { driver, options, configFrom } = step.props;
    if (driver === 'overlay') return ['vxlan'];
    if (driver !== 'macvlan' && driver !== 'ipvlan') return [];
    // Without a parent the engine makes a dummy link for one (moby, macvlan and ipvlan drivers, setup `createDummyLink`).
    return hasText(options['parent']) || configFrom !== undefined ? [driver] : [driver, 'dummy'];
  });
  return [...new Set(kinds)];
}

function hasText(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** The kinds that these steps need and that the kernel was found to lack, each once. */
export function missingModules(
  steps: readonly Step[],
  facts: HostFacts,
  pathOf: (step: Step) => string,
): readonly Problem[] {
  const lacking = kindsNeeded(steps).filter((kind) => facts.kernel[kind] === 'no');
  return lacking.map((kind) => {
    const step = steps.find((one) => kindsNeeded([one]).includes(kind));
    const path = step === undefined ? '' : pathOf(step);
    return problem(
      'error',
      'KERNEL_LACKS',
      path,
      `the kernel of this host has no ${kind} links (module ${MODULES[kind]})`,
      `Load it (modprobe ${MODULES[kind]}) or install the package that holds it (Ubuntu: linux-modules-extra-$(uname -r)).`,
    );
  });
}
