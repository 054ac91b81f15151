import { nameKey, spotKey } from './answers.js';
import type { Answers, EspProof } from './answers.js';
import type { Asker, Check } from './check.js';
import { inTurn } from './in-turn.js';
import { AT_ONCE } from './look.js';
import { pingKey } from './prober.js';
import type { NameQuestion, Ping, PingAnswers, Prober } from './prober.js';
import type { HostName } from '../model.js';

interface Questions {
  readonly from: Asker;
  readonly pings: Map<string, Ping>;
  readonly names: Map<string, NameQuestion>;
}

/** Sends all that the checks ask for: one process for each namespace, side by side. Each question is asked once. */
export async function send(
  checks: readonly Check[],
  probers: ReadonlyMap<HostName, Prober>,
  signal: AbortSignal | undefined,
): Promise<Answers> {
  const all = questionsOf(checks);
  const pings = new Map<string, PingAnswers>();
  const names = new Map<string, Answers['names'] extends ReadonlyMap<string, infer T> ? T : never>();
  const proberOf = ({ host }: Asker): Prober | undefined => probers.get(host);
  await Promise.all([
    inTurn(all, AT_ONCE * 2, async ({ from, pings: wanted }) => {
      const answers = await proberOf(from)?.ping(from.spot, [...wanted.values()], signal);
      if (answers !== undefined) pings.set(spotKey(from), answers);
    }),
    inTurn(all, AT_ONCE, async ({ from, names: wanted }) => {
      const questions = [...wanted.values()];
      if (questions.length === 0) return;
      const answers = await proberOf(from)?.names(from.spot, questions, signal);
      questions.forEach((question, index) => {
        const answer = answers === undefined || 'why' in answers ? answers : answers[index];
        if (answer !== undefined) names.set(nameKey(from, question), answer);
      });
    }),
  ]);
  // By themselves, so that nothing else of ours is counted with them.
  const esp = new Map<string, EspProof>();
  for (const { id, ask } of checks) {
    if (ask.how !== 'esp') continue;
    const [sender, receiver] = [proberOf(ask.from), proberOf(ask.to)];
    if (sender === undefined || receiver === undefined) continue;
    const states = async () => Promise.all([sender.espStates(signal), receiver.espStates(signal)]);
    const before = await states();
    await using wire = await receiver.listen({ sources: ask.source, clearLength: ask.clearLength }, signal);
    const { answered } = await sender.ping(ask.from.spot, [ask.ping], signal);
    const after = await states();
    esp.set(id, {
      wire: await wire.count(),
      answered: answered.get(pingKey(ask.ping)) ?? 0,
      sender: [before[0], after[0]],
      receiver: [before[1], after[1]],
    });
  }
  return { pings, names, esp };
}

function questionsOf(checks: readonly Check[]): readonly Questions[] {
  const all = new Map<string, Questions>();
  const at = (from: Asker): Questions => {
    const key = spotKey(from);
    const known = all.get(key) ?? { from, pings: new Map<string, Ping>(), names: new Map<string, NameQuestion>() };
    all.set(key, known);
    return known;
  };
  const ping = (from: Asker, one: Ping): void => {
    at(from).pings.set(`${pingKey(one)} ${one.by ?? ''} ${String(one.whole ?? '')}`, one);
  };
  const name = (from: Asker, one: NameQuestion): void => {
    at(from).names.set(nameKey(from, one), one);
  };
  for (const { ask } of checks) {
    if (ask.how === 'ping') {
      ping(ask.from, ask.ping);
      if (ask.control !== undefined) ping(ask.control.from, ask.control.ping);
    } else if (ask.how === 'mtu') {
      ping(ask.from, ask.fits);
      ping(ask.from, ask.over);
    } else if (ask.how === 'name') {
      name(ask.from, ask.question);
      if (ask.ifMadeUp !== undefined) name(ask.from, ask.ifMadeUp);
    }
  }
  return [...all.values()];
}
