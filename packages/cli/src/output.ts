import { formatProblem } from '@netctl/core';
import type { NetctlError, Problem } from '@netctl/core';

import type { GlobalOptions } from './options.js';
import type { LiveLine } from './terminal/live-line.js';
import { paint, paintLine } from './terminal/paint.js';
import type { Color } from './terminal/paint.js';
import { screenOf } from './terminal/screen.js';
import type { Screen } from './terminal/screen.js';
import { progressLine, showProgress } from './terminal/show-progress.js';
import type { ShownProgress } from './terminal/show-progress.js';

/** Where a command writes: results to standard output, errors for people to standard error, or JSON to standard output. */
export interface Output {
  readonly json: boolean;
  /** A line of the result; not in JSON, and not when quiet. */
  line(text: string): void;
  /** The result itself, where it is a text for a file: also when quiet, and without colour; not in JSON. */
  text(text: string): void;
  /** A problem of the spec or of the plan, for people. */
  problems(problems: readonly Problem[], file: string): void;
  /** Something beside the result that went wrong, for people, also with --json. */
  note(text: string): void;
  /** One JSON document or stream item; nothing in text. */
  document(value: object): void;
  error(error: NetctlError, file: string): void;
  /** A text as standard output can show it, for who writes there. */
  shaped(text: string): string;
  /** Shows what is in hand where there is a terminal, until it is disposed of. */
  progress(signal: AbortSignal): ShownProgress;
}

export function createOutput(options: GlobalOptions): Output {
  const json = options.json === true;
  const quiet = options.quiet === true;
  const out = screenOf(process.stdout, options);
  const err = screenOf(process.stderr, options);
  let live: LiveLine | undefined;
  const write = ({ stream }: Screen, text: string): void => {
    const put = (): void => void stream.write(text);
    if (live === undefined) put();
    else live.above(put);
  };
  const lines = (screen: Screen, text: string, painted: (line: string) => string = (line) => line): void => {
    const all = screen.shaped(text).split('\n');
    write(screen, `${(screen.traits.color ? all.map(painted) : all).join('\n')}\n`);
  };
  const document = (value: object): void => {
    if (json) write(out, `${toJson(value)}\n`);
  };
  const problems = (list: readonly Problem[], file: string): void => {
    if (json) return;
    for (const one of list) {
      if (one.severity !== 'error' && quiet) continue;
      lines(err, formatProblem(one, file), (line) => paint(colorOf(one), line));
    }
  };
  const note = (text: string): void => lines(err, `netctl: ${text}`, (line) => paint('yellow', line));
  return {
    json,
    document,
    problems,
    note,
    line: (text) => {
      if (!json && !quiet) lines(out, text, paintLine);
    },
    text: (text) => {
      if (!json) write(out, text);
    },
    error: (error, file) => {
      document({ version: 1, event: 'report', error: errorDocument(error) });
      if (json) return;
      problems(error.problems, file);
      if (error.problems.some(({ message }) => message === error.message)) return;
      lines(err, `netctl: ${error.message}`, (line) => paint('red', line));
      if (error.hint !== undefined) lines(err, `    ${error.hint}`);
    },
    shaped: (text) => out.shaped(text),
    progress: (signal) => {
      live = progressLine(out);
      return showProgress(live, signal, () => {
        if (err.traits.terminal && !quiet) note('Finishing what is under way. Press Ctrl-C again to end at once.');
      });
    },
  };
}

/** What JSON leaves as it is, and a terminal that shows it does not. */
function toJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

function errorDocument(error: NetctlError): object {
  const { code, message, hint, problems, step, exit } = error;
  return { code, message, hint, step, exit, problems };
}

function colorOf({ severity }: Problem): Color {
  return severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'gray';
}
