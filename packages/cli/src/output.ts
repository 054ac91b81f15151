import { styleText } from 'node:util';

import { formatProblem, NetctlError } from '@netctl/core';
import type { Problem } from '@netctl/core';

import type { GlobalOptions } from './options.js';

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
}

export function createOutput(options: GlobalOptions): Output {
  const json = options.json === true;
  const quiet = options.quiet === true;
  const document = (value: object): void => {
    if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
  };
  const problems = (list: readonly Problem[], file: string): void => {
    if (json) return;
    for (const one of list) {
      if (one.severity !== 'error' && quiet) continue;
      process.stderr.write(`${paint(colorOf(one), formatProblem(one, file), options, process.stderr)}\n`);
    }
  };
  return {
    json,
    document,
    problems,
    line: (text) => {
      if (!json && !quiet) process.stdout.write(`${colored(text, options)}\n`);
    },
    text: (text) => {
      if (!json) process.stdout.write(text);
    },
    note: (text) => {
      process.stderr.write(`${paint('yellow', `netctl: ${text}`, options, process.stderr)}\n`);
    },
    error: (error, file) => {
      document({ version: 1, event: 'report', error: errorDocument(error) });
      if (json) return;
      problems(error.problems, file);
      if (error.problems.some(({ message }) => message === error.message)) return;
      process.stderr.write(`${paint('red', `netctl: ${error.message}`, options, process.stderr)}\n`);
      if (error.hint !== undefined) process.stderr.write(`    ${error.hint}\n`);
    },
  };
}

function errorDocument(error: NetctlError): object {
  const { code, message, hint, problems, step, exit } = error;
  return { code, message, hint, step, exit, problems };
}

type Color = 'red' | 'yellow' | 'gray' | 'green';

function colorOf({ severity }: Problem): Color {
  return severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'gray';
}

/** The signs of a plan in colour, where there is a terminal. */
function colored(text: string, options: GlobalOptions): string {
  const colors: Readonly<Record<string, Color>> = { '+': 'green', '-': 'red', '~': 'yellow', '<': 'red', '>': 'green' };
  return text
    .split('\n')
    .map((line) => {
      const color = /^[+~<>-] /.test(line) ? colors[line.charAt(0)] : undefined;
      return color === undefined ? line : paint(color, line.slice(0, 1), options, process.stdout) + line.slice(1);
    })
    .join('\n');
}

function paint(color: Color, text: string, options: GlobalOptions, stream: NodeJS.WriteStream): string {
  const plain = options.color === false || Boolean(process.env['NO_COLOR']) || !stream.isTTY;
  return plain ? text : styleText(color, text, { validateStream: false });
}
