import { formatAddress, formatPrefix } from '../addresses/prefix.js';
import { list } from '../spec/show.js';
import { lanOf, mainSubnet, QUESTIONS } from './answers.js';
import type { Answers, QuestionId } from './answers.js';
import { defaultFor, driverFor, matters } from './defaults.js';
import { lansOf } from './lans.js';
import type { Survey } from './survey.js';

/** Something that a host cannot tell about itself. */
export interface Question {
  readonly id: QuestionId;
  /** Without a question mark: the default follows it. */
  readonly text: string;
  /** What it is good for, or what speaks for the default; whole sentences. */
  readonly why: string;
  /** Taken where nothing is answered; absent where there is nothing to propose. */
  readonly fallback?: string;
}

/** The next question that the answers so far leave open; undefined when the spec depends on nothing else. */
export function nextQuestion(survey: Survey, answers: Answers): Question | undefined {
  const id = QUESTIONS.find((one) => answers[one] === undefined && matters(one, survey, answers));
  if (id === undefined) return undefined;
  const fallback = defaultFor(id, survey, answers);
  return { id, ...wordsOf(id, survey, answers), ...(fallback === undefined ? {} : { fallback }) };
}

/** Whether the host itself says enough: then the default is taken, and nobody is asked. */
export function isKnown({ id, fallback }: Question, survey: Survey, answers: Answers): boolean {
  if (id === 'link') return lansOf(survey.facts).length === 0;
  if (id === 'driver') return driverFor(survey, answers).against === undefined;
  return id === 'gateway' && fallback !== 'none';
}

function wordsOf(id: QuestionId, survey: Survey, answers: Answers): Pick<Question, 'text' | 'why'> {
  const lan = lanOf(survey, answers);
  const subnet = lan === undefined ? undefined : mainSubnet(lan);
  const where = subnet === undefined ? 'the LAN' : formatPrefix(subnet);
  switch (id) {
    case 'stack':
      return {
        text: 'Name of the stack',
        why: 'By it netctl knows what it has made: no two specs for one host may have the same.',
      };
    case 'link':
      return { text: `LAN of the containers (${choices(survey)})`, why: linkReason(survey, answers) };
    case 'driver':
      return {
        text: 'Driver (macvlan, ipvlan or none)',
        why: `About macvlan: ${driverFor(survey, answers).against ?? ''}`,
      };
    case 'gateway':
      return {
        text: `Router of ${where} (an address or none)`,
        why: `This host has no default route by ${answers.link ?? ''}; without a router containers reach the LAN alone.`,
      };
    case 'dhcp':
      return {
        text: 'Addresses that the DHCP server hands out (first-last, or unknown)',
        why: `The settings of the router of ${where} say it; Docker must hand out none of them.`,
      };
    case 'ipv6':
      return {
        text: `IPv6 too, of ${lan?.ipv6 === undefined ? '' : formatPrefix(lan.ipv6.prefix)} (yes or no)`,
        why: 'A prefix of the provider may change, and the addresses of containers would not follow.',
      };
    case 'range':
      return {
        text: `Addresses of ${where} for containers (a block, or first-last)`,
        why: 'Docker hands them out, and asks nobody on the LAN: no DHCP server and no machine may have one of them.',
      };
    case 'shim':
      return {
        text: 'A shim (yes or no)',
        why: 'Without it this host cannot reach its own containers on the LAN: the kernel keeps them apart.',
      };
  }
}

function choices({ facts }: Survey): string {
  return list([...lansOf(facts).map(({ link }) => link.name), 'none'], 'or');
}

/** What each link leads to, and why the first of them is not the default where it is not. */
function linkReason(survey: Survey, answers: Answers): string {
  const lans = lansOf(survey.facts);
  const told = lans.map(({ link, ipv4, ipv6, leadsOut }) => {
    const subnets = [ipv4, ipv6].flatMap((one) => (one === undefined ? [] : [formatPrefix(one.prefix)]));
    const gateway = (ipv4 ?? ipv6)?.gateway;
    const router = gateway === undefined ? '' : `, router ${formatAddress(gateway)}`;
    return `${link.name} is in ${list(subnets)}${leadsOut ? `${router}, the way out` : ''}`;
  });
  const [first] = lans;
  const { driver = 'none', against = '' } =
    first === undefined ? {} : driverFor(survey, { ...answers, link: first.link.name });
  const reason = driver === 'none' && first !== undefined ? ` Against ${first.link.name}: ${against}` : '';
  return `${told.join('; ')}. With none they stay on a bridge inside this host.${reason}`;
}
