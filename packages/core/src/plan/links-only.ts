import type { HostFacts, HostName, LinkResource, Plan, Step } from '../model.js';
import { withoutIgnored } from '../ignored.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { resolve } from '../resolve/resolve.js';
import { specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { checkHost } from './checks.js';
import { linkSteps } from './link-steps.js';
import { stagesOfHosts } from './order-hosts.js';
import { located } from './located.js';

/** What a host is to whoever does not ask its engine, which may not even run yet: its links, and nothing else. */
export function withoutEngine(links: NonNullable<HostFacts['links']>, kernel: HostFacts['kernel'] = {}): HostFacts {
  return { engine: NOT_ASKED, networks: [], kernel, links };
}

/** For what does not depend on the engine, where it was not asked or does not answer. */
export const NOT_ASKED: HostFacts['engine'] = {
  id: '',
  name: '',
  version: '',
  apiVersion: '',
  operatingSystem: '',
  rootless: false,
  swarm: { state: 'inactive', manager: false },
};

/**
 * The steps that separate the links of a host from those that the spec wants there, without a word of an engine; pure. The
 * links are those of a whole plan, to the last route: all that they follow from is in the spec and in the links below.
 */
export function makeLinksPlan(
  loaded: LoadedSpec,
  host: HostName,
  facts: HostFacts,
  { adopt = false }: { readonly adopt?: boolean } = {},
): Plan {
  const spec = specOn(loaded.spec, host);
  const stack = spec.name;
  const resolved = { ...resolve(spec, host, facts, { adopt }), external: [] };
  const { links } = resolved;
  const names = new Set(links.map(({ props }) => props.name));
  const unwanted = `the spec of ${stack} no longer wants it`;
  const made = linkSteps({ wanted: links, facts, stack, host, unwanted, names, recreate: false, adopt });
  const steps = made.drafts.map(({ step }) => step);
  const checks = checkHost({
    resolved,
    wanted: { networks: [], links },
    facts,
    stack,
    steps,
    destroy: false,
  });
  const problems = [...resolved.problems, ...made.problems, ...checks, ...needEngine(steps, links)];
  return {
    version: 1,
    stack,
    stages: stagesOfHosts(new Map([[host, made.drafts]]), host),
    problems: withoutIgnored(
      problems.map((one) => located(one, loaded, host)),
      spec.ignore,
    ),
  };
}

/** Who would lose something by a link that goes is known to the engine alone. */
function needEngine(steps: readonly Step[], links: readonly LinkResource[]): readonly Problem[] {
  return steps.flatMap((step) => {
    if (!step.disruptive || !('name' in step)) return [];
    const path = links.find(({ ref }) => ref === step.ref)?.path ?? '';
    const what = step.op === 'link.remove' ? 'has to go' : 'has to change';
    const message = `the link ${step.name} ${what} (${step.why}), and who is on it is not known without the engine`;
    return [problem('error', 'LINK_IN_USE', path, message, 'Apply without --links-only, or leave it out: --additive.')];
  });
}
