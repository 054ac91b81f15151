import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { NetctlError } from '@netctl/core';

import type { CommandInput } from '../command.js';
import type { GlobalOptions } from '../options.js';

/** The files of this package by their paths, where no files lie beside the program: in the single executable. */
declare const NETCTL_SHIPPED: Readonly<Record<string, string>> | undefined;

export interface ShippedOptions extends GlobalOptions {
  /** A file of this package. */
  readonly shipped: string;
}

/** Prints a file that comes with netctl, for editors and shells. With --json it is the text of one key. */
export async function printShipped({ options, output }: CommandInput<ShippedOptions>): Promise<number> {
  if (options.file !== undefined) {
    throw new NetctlError('USAGE', 'This command reads no spec', { hint: 'Leave -f out.' });
  }
  // Else from the folder of the bundle. The single executable is an ES module, which has no __dirname.
  const text = NETCTL_SHIPPED?.[options.shipped] ?? (await readFile(join(__dirname, '../..', options.shipped), 'utf8'));
  if (output.json && options.shipped.endsWith('.json')) output.document(JSON.parse(text) as object);
  else output.document({ version: 1, text });
  output.text(text);
  return 0;
}
