import { contextNames, findEngine, machineFiles, networkNames } from '@netctl/core';
import type { NamedNetwork } from '@netctl/core';

import { readSpec } from '../spec-file.js';
import type { Candidate, Source } from './complete.js';
import type { Place } from './place.js';

/** Whoever pressed TAB waits for it. */
const DEADLINE_MS = 1_000;

/**
 * The names of a source, as this machine knows them now.
 * @throws NetctlError where it cannot be asked
 */
export async function namesOf(source: Source, place: Place): Promise<readonly Candidate[]> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  switch (source) {
    case 'contexts':
      return (await contextNames(process.env)).map((value) => ({ value, text: '' }));
    case 'hosts': {
      const file = valuesOf('--file', place);
      const { spec } = await readSpec(place.words[0], file.length > 0 ? { file } : {}, signal);
      return Object.entries(spec.hosts).map(([value, { docker }]) => ({ value, text: docker }));
    }
    case 'networks':
      return (await networksOf(place, signal)).map(({ name, driver }) => ({ value: name, text: driver }));
    case 'stacks': {
      const stacks = (await networksOf(place, signal)).flatMap(({ stack }) => stack ?? []);
      return [...new Set(stacks)].map((value) => ({ value, text: '' }));
    }
  }
}

/** A connection by ssh takes longer than anybody waits for a completion. */
async function networksOf(place: Place, signal: AbortSignal): Promise<readonly NamedNetwork[]> {
  const [host] = valuesOf('--host', place).slice(-1);
  const [context] = valuesOf('--context', place).slice(-1);
  const choice = { ...(host === undefined ? {} : { host }), ...(context === undefined ? {} : { context }) };
  const address = await findEngine(choice, process.env, machineFiles());
  return address.type === 'ssh' ? [] : networkNames({ address, timeout: DEADLINE_MS, signal });
}

function valuesOf(long: string, { given }: Place): readonly string[] {
  return [...given].flatMap(([option, values]) => (option.long === long ? values : []));
}
