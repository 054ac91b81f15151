import { access } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';

import { loadSpec, loadSpecText, NetctlError } from '@netctl/core';
import type { LoadedSpec } from '@netctl/core';

const DEFAULTS = ['netctl.yaml', 'netctl.yml'];

/** The spec that a command line names: an argument, `-f`, `-` for standard input, or one of the default names. */
export async function readSpec(
  argument: string | undefined,
  option: string | undefined,
  signal: AbortSignal,
): Promise<LoadedSpec> {
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new NetctlError('USAGE', `Two specs are named: ${argument} and ${option}`, { hint: 'Name one.' });
  }
  const named = argument ?? option;
  const { env } = process;
  if (named === '-') {
    const text = addAbortSignal(signal, process.stdin);
    try {
      return await loadSpecText(text, { env, signal, file: '<stdin>', folder: process.cwd() });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }
  return loadSpec(named ?? (await defaultFile()), { env, signal });
}

async function defaultFile(): Promise<string> {
  for (const file of DEFAULTS) {
    try {
      await access(file);
      return file;
    } catch {
      // Try the next one.
    }
  }
  throw new NetctlError('SPEC_UNREADABLE', `No spec: neither ${DEFAULTS.join(' nor ')} is in this folder`, {
    hint: 'Name one as an argument or with -f.',
  });
}
