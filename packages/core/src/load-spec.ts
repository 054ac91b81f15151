import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { NetctlError } from './errors.js';
import { parseSpec } from './spec/load.js';
import type { LoadedSpec } from './spec/load.js';

export interface LoadOptions {
  /** Variables for `${VAR}`, over those of `.env`. The library never reads the process's own environment by itself. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a spec and the `.env` beside it.
 * @throws NetctlError SPEC_UNREADABLE when the file cannot be read, SPEC_INVALID with every problem that it has
 */
export async function loadSpec(file: string, options: LoadOptions = {}): Promise<LoadedSpec> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  return loadSpecText(bytes, { ...options, file, folder: dirname(file) });
}

/** The same for a text that is at hand; `folder` is where `.env` is looked for. */
export async function loadSpecText(
  bytes: Uint8Array | string,
  { env = {}, file, folder }: LoadOptions & { readonly file: string; readonly folder: string },
): Promise<LoadedSpec> {
  const dotenv = await readFile(join(folder, '.env'), 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw unreadable(join(folder, '.env'), error);
  });
  return parseSpec({ bytes, file, env, ...(dotenv === undefined ? {} : { dotenv }) });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a folder',
};

function unreadable(file: string, error: unknown): NetctlError {
  const code = codeOf(error);
  return new NetctlError('SPEC_UNREADABLE', `Cannot read ${file}: ${REASONS[code] ?? String(error)}`, {
    hint: 'Name the spec as an argument or with -f; netctl.yaml or netctl.yml in this folder is the default.',
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
