import { importComposeFile, importHost, leftOutProblem, NetctlError } from '@netctl/core';
import type { Imported } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { counted } from '../counted.js';
import type { GlobalOptions } from '../options.js';
import { openNamedHost } from '../session.js';
import { writeNew } from '../write-new.js';

export interface ImportCommandOptions extends GlobalOptions {
  readonly names: readonly string[];
  readonly all?: boolean;
  readonly name?: string;
  readonly output?: string;
  readonly compose?: string;
}

/** `netctl import`: what a host has, or what a Compose file makes, as a spec. */
export async function importSpec({ options, output, signal }: CommandInput<ImportCommandOptions>): Promise<number> {
  const file = options.output === '-' ? undefined : options.output;
  if (options.file !== undefined) {
    throw new NetctlError('USAGE', 'import reads no spec', { hint: 'Name the file to write with -o.' });
  }
  const imported = await (options.compose === undefined
    ? fromHost(options, signal)
    : fromCompose(options.compose, options, signal));
  const { spec, leftOut } = imported;
  if (file !== undefined) await writeNew('import', file, spec);
  output.document({ version: 1, spec, left_out: leftOut });
  output.problems(leftOut.map(leftOutProblem), options.compose ?? 'this host');
  if (file === undefined) output.text(spec);
  else output.line(`${file} is written: stack ${imported.stack}, ${counted(imported.networks, 'network')}`);
  return 0;
}

async function fromHost(options: ImportCommandOptions, signal: AbortSignal): Promise<Imported> {
  await using backends = await openNamedHost(options, signal);
  const { names, all = false, name } = options;
  return await importHost(backends, { names, all, ...(name === undefined ? {} : { stack: name }) }, signal);
}

async function fromCompose(
  file: string,
  { names, all, name }: ImportCommandOptions,
  signal: AbortSignal,
): Promise<Imported> {
  if (names.length > 0 || all === true) {
    const given = names.length > 0 ? 'Names' : '--all';
    throw new NetctlError('USAGE', `${given} and --compose do not go together`, {
      hint: 'A Compose file is taken as a whole; remove what you do not want from what is written.',
    });
  }
  return importComposeFile(file, { env: process.env, signal, ...(name === undefined ? {} : { stack: name }) });
}
