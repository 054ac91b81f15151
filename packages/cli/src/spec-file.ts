import { access } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';

import { findCompose, loadSpec, loadSpecText, NetctlError } from '@netctl/core';
import type { LoadedSpec } from '@netctl/core';

import type { GlobalOptions } from './options.js';

const DEFAULTS = ['netctl.yaml', 'netctl.yml'];

/**
 * The spec that a command line names: an argument, `-f` (several are one Compose project), `-` for standard input, or
 * one of the default names, ours before Compose's. `onRead` is told of each file, also of one that is not there.
 */
export async function readSpec(
  argument: string | undefined,
  options: Pick<GlobalOptions, 'file'>,
  signal: AbortSignal,
  onRead?: (file: string) => void,
): Promise<LoadedSpec> {
  const files = namedFiles(argument, options.file ?? []);
  const { env } = process;
  const how = { env, signal, ...(onRead && { onRead }), ...envFilesOf(env) };
  if (files[0] === '-') {
    const text = addAbortSignal(signal, process.stdin);
    try {
      return await loadSpecText(text, { ...how, file: '<stdin>', folder: process.cwd() });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }
  if (files.length > 0) return loadSpec(files, how);
  for (const file of DEFAULTS) if (await isThere(file)) return loadSpec(file, how);
  const found = await findCompose(process.cwd(), how);
  if (found !== undefined) return loadSpec(found.files, { ...how, env: found.env });
  throw new NetctlError('SPEC_UNREADABLE', `No spec: neither ${DEFAULTS.join(' nor ')} is in this folder`, {
    hint: 'Name one as an argument or with -f. A Compose file is one too.',
  });
}

function namedFiles(argument: string | undefined, options: readonly string[]): readonly string[] {
  const same = options.length === 0 || (options.length === 1 && options[0] === argument);
  if (argument !== undefined && !same) {
    throw new NetctlError('USAGE', `Two specs are named: ${argument} and ${options.join(', ')}`, {
      hint: 'Name one, or the files of one Compose project with -f each.',
    });
  }
  const files = argument === undefined ? options : [argument];
  if (files.length > 1 && files.includes('-')) {
    throw new NetctlError('USAGE', 'Standard input is a spec by itself', { hint: 'Name all files, or - alone.' });
  }
  return files;
}

/** Compose's variable for it; an option `--env-file` would be Node's own, wherever on the command line it is. */
function envFilesOf(env: NodeJS.ProcessEnv): { readonly envFiles?: readonly string[] } {
  const listed = env['COMPOSE_ENV_FILES'];
  return listed === undefined || listed === '' ? {} : { envFiles: listed.split(',') };
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
