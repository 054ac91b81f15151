import { initSpec, NetctlError } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { openConversation } from '../terminal/conversation.js';
import { traitsOf } from '../terminal/traits.js';
import { askAll } from '../init/ask-all.js';
import type { Answerer, Asked } from '../init/ask-all.js';
import { openInit } from '../init/open-init.js';
import type { OpenInit } from '../init/open-init.js';
import { questionText } from '../init/question-text.js';
import type { GlobalOptions } from '../options.js';
import type { Output } from '../output.js';
import { checkNew, writeNew } from '../write-new.js';

export interface InitCommandOptions extends GlobalOptions {
  readonly yes?: boolean;
  readonly output?: string;
  /** False by `--no-probe`. */
  readonly probe?: boolean;
}

/** `netctl init`: a first spec of a host, with questions for what the host cannot tell. */
export async function init({ options, output, signal }: CommandInput<InitCommandOptions>): Promise<number> {
  const file = options.output ?? 'netctl.yaml';
  const isNew = file !== '-';
  if (options.file !== undefined) {
    throw new NetctlError('USAGE', 'init reads no spec', { hint: 'Name the file to write with -o.' });
  }
  refuseWithoutTerminal(options, output);
  if (isNew) await checkNew('init', file);
  await using host = await openInit(options, signal);
  const { survey, answers } = await asked(host, options, output, signal);
  const spec = initSpec(survey, answers);
  signal.throwIfAborted();
  if (isNew) await writeNew('init', file, spec);
  output.document({ version: 1, file: isNew ? file : null, spec, answers, unseen: survey.unseen });
  if (isNew) output.line(`${file} is written. What it would do: netctl plan${named(file)}`);
  else output.text(spec);
  return 0;
}

function named(file: string): string {
  return file === 'netctl.yaml' ? '' : ` ${file}`;
}

async function asked(
  { survey, links }: OpenInit,
  options: InitCommandOptions,
  output: Output,
  signal: AbortSignal,
): Promise<Asked> {
  const told = new Set<string>();
  const onNote = (note: string): void => {
    if (!told.has(note)) output.note(note);
    told.add(note);
  };
  for (const one of survey.unseen) onNote(`not seen: ${one}`);
  const wire = options.probe === false ? undefined : { links, signal, onNote };
  if (options.yes === true) return askAll(survey, takeDefault, wire);
  const { unicode } = traitsOf(process.stderr.isTTY, options, process.env);
  const conversation = openConversation(process.stderr);
  const answerTo: Answerer = async (question, wrong) => {
    if (wrong !== undefined) output.note(wrong);
    const answer = await conversation.ask(questionText(question, unicode), signal);
    if (answer !== undefined) return answer;
    throw new NetctlError('REFUSED', 'The answers ended before the questions: nothing was written', {
      hint: 'Answer all of them, or take the defaults with --yes.',
    });
  };
  try {
    return await askAll(survey, answerTo, wire);
  } finally {
    conversation.close();
  }
}

const takeDefault: Answerer = ({ text, fallback }, wrong) => {
  if (fallback !== undefined && wrong === undefined) return Promise.resolve('');
  throw new NetctlError('REFUSED', `Nothing was written: ${wrong ?? `there is no default for "${text}"`}`, {
    hint: 'Run it at a terminal, without --yes.',
  });
};

function refuseWithoutTerminal({ yes }: InitCommandOptions, { json }: Output): void {
  if (yes === true || (!json && process.stdin.isTTY && process.stderr.isTTY)) return;
  const why = json ? '--json asks nobody' : 'there is no terminal to ask at';
  throw new NetctlError('NEEDS_YES', `Nothing was written: init has questions, and ${why}`, {
    hint: 'Say --yes to take what it proposes.',
  });
}
