import type { IpCommand } from './commands.js';
import type { Outcome } from './run.js';

/** What runs several commands at once, and what each of them came to. */
export interface Batch {
  /** Commands of one group can be run by one program. */
  readonly group: string;
  /** Of the commands of one group. */
  join(commands: readonly IpCommand[]): IpCommand;
  /** Of the one at `at`. */
  outcomeOf(commands: readonly IpCommand[], at: number, whole: Outcome): Outcome;
}

/** `link VERB`, `addr VERB`, `route VERB`: what they print is asked for, and each has its own. */
const READS = new Set(['show', 'get']);

/** They print nothing, so that nothing of theirs is lost among the lines of others. */
const CHANGES = new Set(['add', 'set', 'replace', 'change', 'del']);

/** Undefined for what has to run by itself, as whatever is not known here does. */
export function batchOf(command: IpCommand): Batch | undefined {
  const { args, instead, input } = command;
  if (instead !== undefined) return instead.program === 'tee' ? writing(instead.input) : undefined;
  if (input !== undefined) return undefined;
  const options = args.slice(
    0,
    args.findIndex((word) => !word.startsWith('-')),
  );
  const verb = args[options.length + 1] ?? '';
  if (READS.has(verb)) return reading(command);
  // `ip` splits a line as a shell does, so that only what it can take in no other way becomes part of one.
  return CHANGES.has(verb) && args.every((word) => /^[\w./:-]+$/.test(word)) ? changing(options) : undefined;
}

/** One answer is for all who ask for the same before it is looked for. */
function reading(command: IpCommand): Batch {
  const group = `read ${command.args.join(' ')}`;
  return { group, join: () => command, outcomeOf: (_commands, _at, whole) => whole };
}

/** A line of `ip -batch` each. Its options (`-4`) are for all lines. */
function changing(options: readonly string[]): Batch {
  return {
    group: `change ${options.join(' ')}`,
    join: (commands) => ({
      args: [...options, '-force', '-batch', '-'],
      input: commands.map((one) => `${one.args.slice(options.length).join(' ')}\n`).join(''),
      does: `run ${String(commands.length)} commands`,
    }),
    outcomeOf: (_commands, at, whole) => outcomeOfLine(at + 1, whole),
  };
}

/** One text for several files. */
function writing(input: string): Batch {
  const files = (commands: readonly IpCommand[]): readonly string[] => commands.flatMap(({ args }) => args);
  return {
    group: `write ${input}`,
    join: (commands) => ({
      args: files(commands),
      instead: { program: 'tee', input },
      does: `write ${String(commands.length)} files`,
    }),
    outcomeOf: (commands, at, whole) => outcomeOfFile(files(commands), files(commands)[at], whole),
  };
}

/**
 * `tee` says `tee: FILE: why`, goes on, and ends with 1. Whatever else was said may be of who never ran it, as sudo is that
 * asks for a password: then nothing is written.
 */
function outcomeOfFile(files: readonly string[], wanted: string | undefined, whole: Outcome): Outcome {
  const others = files.filter((file) => file !== wanted);
  const lines = whole.stderr.split('\n').filter((line) => line.trim() !== '');
  const rest = lines.filter((line) => !others.some((file) => line.includes(`tee: ${file}:`)));
  const written = whole.exit === 0 || (whole.exit === 1 && lines.length > 0 && rest.length === 0);
  return written ? { ...whole, exit: 0, stderr: '' } : { ...whole, stderr: rest.join('\n') };
}

/**
 * With `-force`, `ip` says `Command failed -:LINE` below what was wrong with a line, and goes on (lib/utils.c, do_batch).
 * What comes before a line that it names was done, whatever became of `ip` after that. Where it came to an end in another
 * way, nobody knows of the lines that follow, and they have failed.
 */
function outcomeOfLine(wanted: number, whole: Outcome): Outcome {
  let said: string[] = [];
  let named = 0;
  for (const text of whole.stderr.split('\n')) {
    const [, line] = /^Command failed -:(\d+)$/.exec(text) ?? [];
    if (line === undefined) {
      said.push(text);
      continue;
    }
    named = Number(line);
    if (named === wanted) return { ...whole, stderr: said.join('\n') };
    said = [];
  }
  // The kernel warns of what it does all the same; with any other last words `ip` may have left in the midst of a line.
  const rest = said.filter((text) => text.trim() !== '' && !text.startsWith('Warning: '));
  const wentOn = whole.exit === 0 || (whole.exit === 1 && named > 0 && rest.length === 0);
  const done = wentOn || wanted < named;
  return done ? { ...whole, exit: 0, stderr: '' } : { ...whole, stderr: said.join('\n').trim() };
}
