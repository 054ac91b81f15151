import { text as textOf } from 'node:stream/consumers';
import { addAbortSignal } from 'node:stream';

import { examine, explainDocker, formatFinding, namesHosts, NetctlError } from '@netctl/core';
import type { Finding, LoadedSpec } from '@netctl/core';
import { explainIp } from '@netctl/iproute2';

import type { CommandInput } from '../command.js';
import { counted } from '../counted.js';
import { openDoctor } from '../open-doctor.js';
import type { GlobalOptions } from '../options.js';
import type { Output } from '../output.js';
import { readSpec } from '../spec-file.js';

export interface DoctorCommandOptions extends GlobalOptions {
  readonly words: readonly string[];
}

/** `netctl doctor`: what this host can and cannot do; with words, what they mean as an error of Docker or of `ip`. */
export async function doctor({ options, output, signal }: CommandInput<DoctorCommandOptions>): Promise<number> {
  if (options.words.length > 0) return explain(options, output, signal);
  const loaded = options.file === undefined ? undefined : await specOfOneHost(options, signal);
  await using instruments = await openDoctor(options, signal);
  const findings = await examine(instruments, loaded?.spec, signal);
  report(findings, output);
  const count = (wanted: string): number => findings.filter(({ severity }) => severity === wanted).length;
  output.line('');
  output.line(`${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}`);
  return count('error') > 0 ? 1 : 0;
}

async function specOfOneHost(options: GlobalOptions, signal: AbortSignal): Promise<LoadedSpec> {
  const loaded = await readSpec(undefined, options, signal);
  if (!namesHosts(loaded.spec)) return loaded;
  throw new NetctlError('USAGE', `doctor looks at one host, and ${loaded.file} names several`, {
    hint: 'Leave out -f, and name each host by -H.',
  });
}

/** Asks nobody. An error that is not known is the one thing that this fails by. */
async function explain({ words, file }: DoctorCommandOptions, output: Output, signal: AbortSignal): Promise<number> {
  if (file !== undefined) {
    throw new NetctlError('USAGE', 'An error is explained without a spec', { hint: 'Leave out -f.' });
  }
  const text =
    words.length === 1 && words[0] === '-' ? await textOf(addAbortSignal(signal, process.stdin)) : words.join(' ');
  const findings = [...explainDocker(text), ...explainIp(text)];
  report(findings, output);
  if (findings.length > 0) return 0;
  output.line(
    'This error is none that netctl knows. The log of the engine may say more: journalctl --unit docker --since -5min',
  );
  return 1;
}

function report(findings: readonly Finding[], output: Output): void {
  output.document({ version: 1, findings });
  for (const line of findings.flatMap(formatFinding)) output.line(line);
}
