import { isMapping } from '../mapping.js';
import { partAt, entriesOf, mappingOf } from './part.js';
import type { Part } from './part.js';

/**
 * The long forms of what has two, as Compose makes them of each file before it goes over the files before: the list of a
 * service's networks becomes a mapping (compose-go, override/merge.go).
 */
export function withLongForms(file: Part): Part {
  return replaced(file, 'services', (service) => replacedAt(service, 'networks', named));
}

/** A list of names as a mapping of them to nothing. What is no name stays, to be said where it is looked at. */
function named(networks: Part): Part {
  const { value, mark } = networks;
  if (!Array.isArray(value) || value.some((name) => typeof name !== 'string')) return networks;
  const entries = (value as readonly string[]).map((name, index): [string, Part] => {
    const at = mark.children?.get(index) ?? mark;
    return [name, { value: null, mark: { key: at.start, start: at.start, scalar: false } }];
  });
  return mappingOf(new Map(entries), mark);
}

/** `external: { name: … }`, from before `name:` was there, in today's words; after each file, as Compose does it. */
export function withPlainExternal(project: Part): Part {
  return replaced(project, 'networks', (network) => {
    const external = partAt(network, 'external');
    const name = partAt(network, 'name');
    if (external === undefined || !isMapping(external.value)) return network;
    const old = partAt(external, 'name');
    // With two names that differ, it stays as it is, to be refused.
    if (old !== undefined && name !== undefined && old.value !== name.value) return network;
    const entries = new Map(entriesOf(network));
    entries.set('external', { value: true, mark: external.mark });
    if (old !== undefined) entries.set('name', old);
    return mappingOf(entries, network.mark);
  });
}

/** With each mapping of a mapping at the top made anew. */
function replaced(part: Part, top: string, make: (entry: Part) => Part): Part {
  return replacedAt(part, top, (section) =>
    isMapping(section.value)
      ? mappingOf(
          entriesOf(section).map(([key, entry]) => [key, isMapping(entry.value) ? make(entry) : entry]),
          section.mark,
        )
      : section,
  );
}

function replacedAt(part: Part, key: string, make: (value: Part) => Part): Part {
  const inner = partAt(part, key);
  if (inner === undefined) return part;
  return mappingOf(new Map([...entriesOf(part), [key, make(inner)]]), part.mark);
}
