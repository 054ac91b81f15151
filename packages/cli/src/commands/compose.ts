import { composeText, composeUse } from '@netctl/core';

import type { CommandInput } from '../command.js';
import type { GlobalOptions } from '../options.js';
import { readSpec } from '../spec-file.js';

export interface ComposeCommandOptions extends GlobalOptions {
  readonly services?: boolean;
  readonly on?: string;
}

/** `netctl compose`: what a Compose project says to use the networks; no engine is asked. */
export async function compose({ file, options, output, signal }: CommandInput<ComposeCommandOptions>): Promise<number> {
  const loaded = await readSpec(file, options, signal);
  const use = composeUse(loaded, {
    services: options.services === true,
    ...(options.on === undefined ? {} : { host: options.on }),
  });
  output.problems(loaded.problems, loaded.file);
  output.document(use);
  output.text(composeText(use));
  return 0;
}
