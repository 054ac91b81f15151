import { canSend, isAnswered, nameKey, partyKey, spotKey } from './answers.js';
import type { Answers } from './answers.js';
import { untested } from './check.js';
import type { Ask, Asker, Check, Verdict } from './check.js';
import { judgeEsp } from './judge-esp.js';
import type { NameAnswer } from './prober.js';

/** What the answers mean for one check, without the cause of a failure; pure. */
export function judge({ id, ask, from, to }: Check, answers: Answers, alive: ReadonlySet<string>): Verdict {
  switch (ask.how) {
    case 'told':
      return ask.verdict;
    case 'ping':
      return judgePing(ask, answers, alive, { from, to });
    case 'mtu':
      return judgeMtu(ask, answers);
    case 'name':
      return judgeName(ask, answers);
    case 'esp':
      return judgeEsp(ask, answers.esp.get(id));
  }
}

type AskOf<How extends Ask['how']> = Extract<Ask, { readonly how: How }>;

/** What `ping` says where the kernel has no route, and sends nothing (ENETUNREACH). */
const UNREACHABLE = 'Network is unreachable';

function judgePing(
  { from, ping, wants, control, mayBeUnsent }: AskOf<'ping'>,
  answers: Answers,
  alive: ReadonlySet<string>,
  parties: Pick<Check, 'from'> & { readonly to: Check['to'] },
): Verdict {
  const answered = isAnswered(answers, from, ping);
  if (wants === 'answer' && answered) return { state: 'passed' };
  if (wants === 'silence' && answered) return { state: 'failed', evidence: [`${ping.address} answered`] };
  const { said, unasked } = answers.pings.get(spotKey(from)) ?? { said: [], unasked: 'it was not asked' };
  if (unasked !== undefined) return untested(unasked);
  if (mayBeUnsent === true && said.some((line) => line.includes(UNREACHABLE))) {
    const way = ping.by === undefined ? '' : ` by ${ping.by}`;
    const why = `${parties.from.name} has no route to ${ping.address}${way}, so that nothing could be sent`;
    return { state: 'passed', evidence: [why] };
  }
  if (control !== undefined && !isAnswered(answers, control.from, control.ping)) {
    return untested(`${ping.address} does not answer the host either, so it proves nothing`);
  }
  if (wants === 'answer') return { state: 'failed', evidence: [`no answer from ${ping.address} in ${ping.seconds} s`] };
  // Silence proves something only of one who answers others, to one whose packets leave.
  if (
    control === undefined &&
    !alive.has(partyKey({ host: (parties.to ?? parties.from).host, address: ping.address }))
  ) {
    return untested(`${ping.address} answered nobody, so that its silence proves nothing`);
  }
  if (!canSend(answers, alive, from, parties.from)) {
    return untested(`${parties.from.name} had an answer from nobody, so that silence to it proves nothing`);
  }
  return { state: 'passed' };
}

/** An answer of those whom the engine asks for a name that it does not know: they know another one, or nobody. */
function isByOthers(answer: NameAnswer): boolean {
  return 'addresses' in answer || answer.error === 'NXDOMAIN' || answer.error === 'no address';
}

/** It told the asker of another name, `ifMadeUp` at least: those others are silent or fail, and not the engine. */
function answersOther({ names }: Answers, from: Asker): boolean {
  return [...names].some(([key, answer]) => key.startsWith(`${spotKey(from)} `) && 'addresses' in answer);
}

/** What `ping` says where the kernel refuses a packet, at once or after a router has told: `message too long, mtu=1400`. */
const LIMIT = /mtu ?= ?(\d+)/;

function judgeMtu({ from, fits, over, mtu, beside }: AskOf<'mtu'>, answers: Answers): Verdict {
  if (isAnswered(answers, from, over)) {
    const evidence = [`${mtu + 1} bytes went through in one packet`];
    return {
      state: 'failed',
      evidence,
      cause: 'the interface takes more than it says',
      cure: 'Look at its MTU: ip link.',
    };
  }
  const { said, unasked } = answers.pings.get(spotKey(from)) ?? { said: [], unasked: 'it was not asked' };
  // That the larger one was refused counts only where it was sent.
  if (unasked !== undefined) return untested(unasked);
  if (isAnswered(answers, from, fits)) return { state: 'passed' };
  const limits = said
    .map((line) => Number(LIMIT.exec(line)?.[1]))
    .filter((limit) => limit < mtu && !beside.includes(limit));
  const evidence = [
    `no answer to ${mtu} bytes in one packet`,
    ...limits.map((limit) => `a link on the way takes ${limit}`),
  ];
  return { state: 'failed', evidence };
}

function judgeName({ from, question, wants, isKnown, ifMadeUp, resolver }: AskOf<'name'>, answers: Answers): Verdict {
  if (resolver !== undefined) {
    const servers = [...resolver.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server = '']) => server);
    const evidence = [`its /etc/resolv.conf names ${servers.length === 0 ? 'no server' : servers.join(', ')}`];
    const cause = 'the container does not ask the DNS of Docker (127.0.0.11)';
    return { state: 'failed', evidence, cause, cure: 'docker restart writes the file anew, unless it is mounted over' };
  }
  const answer = answers.names.get(nameKey(from, question)) ?? { error: 'not asked' };
  if ('why' in answer) return untested(answer.why, answer.cure);
  const addresses = 'addresses' in answer ? answer.addresses : [];
  if (addresses.length > 0 && addresses.every((one) => wants.includes(one))) return { state: 'passed' };
  if (ifMadeUp !== undefined && (isByOthers(answer) || answersOther(answers, from))) {
    const why = 'an engine before 25 tells nobody of a name that it made up itself, as this one may be';
    return untested(why, 'Give the container a name, or an alias on the network.');
  }
  if ('addresses' in answer) {
    const cause = 'somebody else answers to the name on a network of this container';
    const evidence = [`${question.name} is ${addresses.join(', ')}, and not ${wants.join(' or ')}`];
    return {
      state: 'failed',
      evidence,
      cause,
      cure: 'docker network inspect names all who are on it; give one of them another alias.',
    };
  }
  const evidence = [`Docker’s DNS (127.0.0.11): ${answer.error}`];
  if (isKnown) return { state: 'failed', evidence };
  const cause = `the spec gives it the alias ${question.name}, and it was put on the network without`;
  return { state: 'failed', evidence, cause, cure: 'netctl apply' };
}
