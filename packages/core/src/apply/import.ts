import { NetctlError } from '../errors.js';
import { importSpec } from '../import/import.js';
import type { Imported } from '../import/import.js';
import { containersOn } from '../import/places.js';
import { select } from '../import/select.js';
import type { SelectOptions } from '../import/select.js';
import { LOCAL } from '../spec/hosts.js';
import { refuseWithoutLeader } from './leaderless.js';
import { look } from './observe.js';
import type { Backends } from './observe.js';

/**
 * What a host has, as a spec whose plan only takes over what is there. Writes nothing.
 * @throws NetctlError USAGE for names that nothing has, UNFINISHED, and when the engine or the links cannot be read
 */
export async function importHost(
  backends: Backends,
  options: SelectOptions = {},
  signal?: AbortSignal,
): Promise<Imported> {
  const { seen, facts } = await look(backends, signal);
  refuseWithoutLeader(facts);
  if (seen.journals.length > 0) {
    throw new NetctlError(
      'UNFINISHED',
      'An apply is at work here, or did not finish: networks and places are missing',
      {
        hint: 'Wait for it, or run netctl apply for that stack, which goes on from there.',
      },
    );
  }
  const { networks } = select(facts, options);
  const ids = containersOn(networks, facts.containers ?? []);
  const { engine } = backends;
  const places = ids.length === 0 ? [] : await engine.places(ids, facts.networks, facts.engine.version, signal);
  return importSpec(LOCAL, { ...facts, places }, options);
}
