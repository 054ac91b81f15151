import { formatAddress, formatPrefix } from '../addresses/prefix.js';
import { macFilterOf } from '../kinds/mac-filter.js';
import { gatewayOf, lanOf, mainSubnet, proposedRange, QUESTIONS } from './answers.js';
import type { Answers, QuestionId } from './answers.js';
import { isUniqueLocal } from './first-spec.js';
import { lansOf } from './lans.js';
import type { Lan } from './lans.js';
import { objectionTo } from './objection.js';
import { proposedStack } from './survey.js';
import type { Survey } from './survey.js';

/** The driver that suits a LAN, and what speaks against macvlan there. */
export interface DriverAdvice {
  readonly driver: 'macvlan' | 'ipvlan' | 'none';
  /** As whole sentences; absent where nothing does. */
  readonly against?: string;
}

/** By what filters MAC addresses, what the kernel has, and what is on the link already. */
export function driverFor(survey: Survey, answers: Answers): DriverAdvice {
  const { link = '' } = answers;
  const filter = macFilterOf(link, { facts: survey.facts, wanted: [] });
  const told = filter === undefined ? undefined : `${filter.message}. ${filter.cure}`;
  if (filter?.code === 'CLOUD_FILTERS_MAC') return { driver: 'none', ...(told && { against: told }) };
  let against = told;
  for (const driver of filter === undefined ? (['macvlan', 'ipvlan'] as const) : (['ipvlan'] as const)) {
    const objection = objectionTo(survey, completed(survey, { ...answers, driver }));
    if (objection === undefined) return { driver, ...(against && { against }) };
    against ??= objection;
  }
  return { driver: 'none', ...(against && { against }) };
}

/** What is proposed for a question, when those before it are answered; undefined where there is nothing to propose. */
export function defaultFor(id: QuestionId, survey: Survey, answers: Answers): string | undefined {
  const lan = lanOf(survey, answers);
  switch (id) {
    case 'stack':
      return proposedStack(survey);
    case 'link':
      return lansOf(survey.facts).find((one) => suits(one, survey, answers))?.link.name ?? 'none';
    case 'driver':
      return driverFor(survey, answers).driver;
    case 'gateway': {
      const gateway = lan === undefined ? undefined : gatewayOf(lan, answers);
      return gateway === undefined ? 'none' : formatAddress(gateway);
    }
    case 'dhcp':
      return 'unknown';
    case 'ipv6':
      return lan?.ipv6 !== undefined && isUniqueLocal(formatPrefix(lan.ipv6.prefix)) ? 'yes' : 'no';
    case 'range': {
      const subnet = lan === undefined ? undefined : mainSubnet(lan);
      const range = subnet === undefined ? undefined : proposedRange(subnet, survey, answers);
      return range === undefined ? undefined : formatPrefix(range);
    }
    case 'shim':
      return 'yes';
  }
}

/** The answers with what is proposed for all that was not asked yet. */
export function completed(survey: Survey, answers: Answers): Answers {
  let whole = answers;
  for (const id of QUESTIONS) {
    if (whole[id] !== undefined || !matters(id, survey, whole)) continue;
    const proposed = defaultFor(id, survey, whole);
    if (proposed !== undefined) whole = { ...whole, [id]: proposed };
  }
  return whole;
}

/** Whether the spec depends on the answer to a question. */
export function matters(id: QuestionId, survey: Survey, answers: Answers): boolean {
  if (id === 'stack' || id === 'link') return true;
  if (id === 'driver') return answers.link !== 'none';
  const lan = lanOf(survey, answers);
  if (lan === undefined) return false;
  if (id === 'ipv6') return lan.ipv4 !== undefined && lan.ipv6 !== undefined;
  return true;
}

function suits(lan: Lan, survey: Survey, answers: Answers): boolean {
  return driverFor(survey, { ...answers, link: lan.link.name }).driver !== 'none';
}
