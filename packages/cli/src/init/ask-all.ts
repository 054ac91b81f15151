import { isKnown, nextQuestion, rangeToAsk, readAnswer, withAnswered } from '@netctl/core';
import type { Answers, LinkBackend, Question, Survey } from '@netctl/core';

/** Gives the answer to a question, an empty one for the default, having told why the last one cannot be taken. */
export type Answerer = (question: Question, wrong: string | undefined) => Promise<string>;

/** What is known when all is answered. */
export interface Asked {
  readonly survey: Survey;
  readonly answers: Answers;
}

/** What is there to ask by, where the LAN is to be asked. */
export interface Wire {
  readonly links: LinkBackend;
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
}

/** Goes on asking until the spec depends on nothing that is not answered. A range is taken when nobody answers in it. */
export async function askAll(start: Survey, answerTo: Answerer, wire?: Wire): Promise<Asked> {
  let survey = start;
  let answers: Answers = {};
  let wrong: string | undefined;
  for (;;) {
    let unasked: string | undefined;
    if (wire !== undefined) ({ survey, unasked } = await withoutAnswers(survey, answers, wire));
    const question = nextQuestion(survey, answers);
    if (question === undefined) return { survey, answers };
    const why = [wrong, unasked].flatMap((one) => one ?? []);
    const told = why.length === 0 ? undefined : why.join(' ');
    const text = isKnown(question, survey, answers) ? '' : await answerTo(question, told);
    const read = readAnswer(question, text, survey, answers);
    wrong = 'wrong' in read ? read.wrong : undefined;
    if ('wrong' in read) continue;
    const wasAsked = unasked === undefined && (text.trim() === '' || read.answer === question.fallback);
    if (wire !== undefined && question.id === 'range' && !wasAsked) {
      if (rangeToAsk(survey, answers, read.answer) === undefined) {
        wire.onNote(`nobody was asked who is in ${read.answer}: it has too many addresses to ask for each`);
      }
      const taken = await whoHas(survey, answers, read.answer, wire);
      if (taken.length > 0) {
        survey = withAnswered(survey, taken);
        wrong = `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} somebody's: the LAN was asked.`;
        continue;
      }
    }
    answers = { ...answers, [question.id]: read.answer };
  }
}

/** Blocks that are proposed and found taken one after the other, before the last of them is left to the user. */
const MOST_TRIES = 4;

interface Proposal {
  readonly survey: Survey;
  /** Why the LAN was not asked for what is proposed, as a whole sentence. */
  readonly unasked: string | undefined;
}

/** Before a range is proposed, the LAN is asked for it; who answers is known from then on, and another block is proposed. */
async function withoutAnswers(start: Survey, answers: Answers, wire: Wire): Promise<Proposal> {
  let survey = start;
  for (let tries = 0; ; tries += 1) {
    const question = nextQuestion(survey, answers);
    if (question?.id !== 'range' || question.fallback === undefined) return { survey, unasked: undefined };
    if (tries === MOST_TRIES) {
      const unasked = `Somebody answers in each of ${String(tries)} blocks: the LAN was not asked for ${question.fallback} yet.`;
      return { survey, unasked };
    }
    const taken = await whoHas(survey, answers, question.fallback, wire);
    if (taken.length === 0) return { survey, unasked: undefined };
    survey = withAnswered(survey, taken);
  }
}

async function whoHas(survey: Survey, answers: Answers, range: string, wire: Wire): Promise<readonly string[]> {
  const asked = rangeToAsk(survey, answers, range);
  if (asked === undefined) return [];
  const { taken, unasked, notes } = await wire.links.ask(asked.segment, asked.addresses, wire.signal);
  if (unasked.length > 0) wire.onNote(`nobody on the LAN could be asked who is in ${range}: ${notes.join('; ')}`);
  return taken.map(({ address }) => address);
}
