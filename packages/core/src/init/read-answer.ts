import { contains, formatAddress, formatPrefix, parseAddress } from '../addresses/prefix.js';
import { formatRange, hostsOf, inRange, intersection, parseRange, rangeSize } from '../addresses/range.js';
import type { AddressRange } from '../addresses/range.js';
import { quote } from '../spec/show.js';
import { STACK_NAME } from '../spec/stack-name.js';
import { yesOrNo } from '../spec/values.js';
import { dhcpOf, lanOf, mainSubnet } from './answers.js';
import type { Answers, QuestionId } from './answers.js';
import { completed } from './defaults.js';
import { handedOutIn, knownIn, meets } from './free-range.js';
import { lansOf } from './lans.js';
import { objectionTo } from './objection.js';
import type { Question } from './questions.js';
import { stacksOn } from './survey.js';
import type { Survey } from './survey.js';

/** An answer as it goes into the spec, or why it cannot be one, as whole sentences. */
export type Reading = { readonly answer: string } | { readonly wrong: string };

/** Reads what somebody answered; nothing is the default. What the rules or the plan have against it makes it wrong. */
export function readAnswer({ id, fallback }: Question, text: string, survey: Survey, answers: Answers): Reading {
  const given = text.trim();
  if (given === '' && fallback === undefined) return wrong('There is nothing to propose: this needs an answer.');
  const read = READERS[id](given === '' ? (fallback ?? '') : given, survey, answers);
  if ('wrong' in read) return read;
  const objection = objectionTo(survey, completed(survey, { ...answers, [id]: read.answer }));
  return objection === undefined ? read : wrong(objection);
}

type Reader = (text: string, survey: Survey, answers: Answers) => Reading;

const READERS: Readonly<Record<QuestionId, Reader>> = {
  stack: (text, { facts }) => {
    if (!STACK_NAME.pattern.test(text)) return wrong(`${quote(text)} cannot be a name. Use ${STACK_NAME.told}.`);
    if (!stacksOn(facts).has(text)) return { answer: text };
    return wrong(`The stack ${text} has networks here already: netctl import writes its spec. Choose another name.`);
  },
  link: (text, { facts }) => {
    const names = [...lansOf(facts).map(({ link }) => link.name), 'none'];
    return oneOf(text, names);
  },
  driver: (text) => oneOf(text.toLowerCase(), ['macvlan', 'ipvlan', 'none']),
  gateway: (text, survey, answers) => {
    if (text === 'none') return { answer: text };
    const subnet = subnetOf(survey, answers);
    const address = parseAddress(text);
    if (address === undefined) return wrong(`${quote(text)} is no address.`);
    if (subnet === undefined || !contains(subnet, address)) {
      return wrong(`${formatAddress(address)} is not in ${subnet === undefined ? 'the LAN' : formatPrefix(subnet)}.`);
    }
    return { answer: formatAddress(address) };
  },
  dhcp: (text, survey, answers) => {
    if (text === 'unknown') return { answer: text };
    return rangeIn(text, survey, answers);
  },
  ipv6: yes,
  range: (text, survey, answers) => {
    const read = rangeIn(text, survey, answers);
    const range = parseRange('answer' in read ? read.answer : '');
    const subnet = subnetOf(survey, answers);
    if (range === undefined || subnet === undefined) return read;
    const why = takenIn(range, survey, answers);
    if (why !== undefined) return wrong(why);
    return rangeSize(range) < 2n ? wrong('That is one address: a container and the shim need two.') : read;
  },
  shim: yes,
};

/** Why Docker may not hand out a range, as far as the host knows. */
function takenIn(range: AddressRange, survey: Survey, answers: Answers): string | undefined {
  const subnet = subnetOf(survey, answers);
  if (subnet === undefined) return undefined;
  const gateway = parseAddress(answers.gateway ?? '');
  const known = [...knownIn(subnet, survey), ...(gateway === undefined ? [] : [gateway])];
  const somebody = known.find((one) => inRange(range, one));
  if (somebody !== undefined) return `${formatAddress(somebody)} in it is somebody's already.`;
  const dhcp = dhcpOf(answers);
  if (dhcp !== undefined && meets(range, dhcp)) return `The DHCP server hands out ${formatRange(dhcp)}.`;
  const other = handedOutIn(subnet, survey).find((one) => meets(range, one));
  return other === undefined ? undefined : `A Docker network that is there hands out ${formatRange(other)}.`;
}

function rangeIn(text: string, survey: Survey, answers: Answers): Reading {
  const subnet = subnetOf(survey, answers);
  const range = parseRange(text);
  if (range === undefined)
    return wrong(`${quote(text)} is no range. Write first-last, or a block such as 192.168.1.192/27.`);
  if (subnet === undefined) return wrong('There is no LAN to have it from.');
  const inside = intersection(range, hostsOf(subnet));
  if (
    inside === undefined ||
    !contains(subnet, { ...range, value: range.first }) ||
    !contains(subnet, { ...range, value: range.last })
  ) {
    return wrong(`${formatRange(range)} is not in ${formatPrefix(subnet)}.`);
  }
  return { answer: formatRange(range) };
}

function subnetOf(survey: Survey, answers: Answers) {
  const lan = lanOf(survey, answers);
  return lan === undefined ? undefined : mainSubnet(lan);
}

function oneOf(text: string, words: readonly string[]): Reading {
  return words.includes(text) ? { answer: text } : wrong(`${quote(text)} is none of ${words.join(', ')}.`);
}

function yes(text: string): Reading {
  const answer = yesOrNo(text);
  return answer === undefined ? wrong('Answer yes or no.') : { answer: answer ? 'yes' : 'no' };
}

function wrong(text: string): Reading {
  return { wrong: text };
}
