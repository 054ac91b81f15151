import { formatPrefix } from '../addresses/prefix.js';
import { NetctlError } from '../errors.js';
import type { HostFacts } from '../model.js';
import { makePlan } from '../plan/plan.js';
import type { Problem } from '../problem.js';
import { LOCAL } from '../spec/hosts.js';
import { parseSpec } from '../spec/load.js';
import { lanOf, mainSubnet } from './answers.js';
import type { Answers } from './answers.js';
import { firstSpec } from './first-spec.js';
import type { Survey } from './survey.js';

/**
 * What the rules and the planner have against the spec of complete answers on this host, as a sentence and its cure: the
 * spec is to have no problem at all, and its plan no refusal.
 */
export function objectionTo(survey: Survey, answers: Answers): string | undefined {
  const lan = lanOf(survey, answers);
  const subnet = lan === undefined ? undefined : mainSubnet(lan);
  if (subnet !== undefined && answers.range === undefined) {
    return `Every block of ${formatPrefix(subnet)} has somebody in it already.`;
  }
  const found = faultIn(survey, firstSpec(survey, answers));
  if (found === undefined) return undefined;
  const { message, hint } = found;
  return [message.replace(/\.?$/, '.'), ...(hint === undefined ? [] : [hint])].join(' ');
}

function faultIn({ facts }: Survey, text: string): Problem | undefined {
  try {
    const loaded = parseSpec({ bytes: text, file: 'the spec', env: {} });
    const [fault] = loaded.problems;
    if (fault !== undefined) return fault;
    const { problems } = makePlan(loaded, new Map([[LOCAL, asIfRoot(facts)]]));
    return problems.find(({ severity }) => severity === 'error');
  } catch (error) {
    if (!(error instanceof NetctlError) || error.code !== 'SPEC_INVALID') throw error;
    return error.problems[0];
  }
}

/** Who asks may be somebody else than who applies it; and an engine that was not seen may be any. */
function asIfRoot(facts: HostFacts): HostFacts {
  const { engine, links } = facts;
  return {
    ...facts,
    engine: engine.version === '' ? { ...engine, version: '99.0', apiVersion: '9.99' } : engine,
    ...(links === undefined ? {} : { links: { ...links, mayChange: true } }),
  };
}
