import { access } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

import { loadSpec, loadSpecText, NetctlError } from '@netctl/core';
import type { LoadedSpec } from '@netctl/core';

const DEFAULTS = ['netctl.yaml', 'netctl.yml'];

/** The spec that a command line names: an argument, `-f`, `-` for standard input, or one of the default names. */
export async function readSpec(argument: string | undefined, option: string | undefined): Promise<LoadedSpec> {
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new NetctlError('USAGE', `Two specs are named: ${argument} and ${option}`, { hint: 'Name one.' });
  }
  const named = argument ?? option;
  const { env } = process;
  if (named === '-') {
    return loadSpecText(await buffer(process.stdin), { env, file: '<stdin>', folder: process.cwd() });
  }
  return loadSpec(named ?? (await defaultFile()), { env });
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
