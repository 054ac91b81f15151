import type { HostName, Observed } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { formatPath } from '../spec/path.js';
import { specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';

/**
 * A container that may be on any of several hosts is missing when none of them has it, and that is worth one word. `seen`:
 * the hosts of the plan, where those are all that can be seen; one host by itself cannot tell.
 */
export function missingEverywhere(
  problems: readonly Problem[],
  spec: Spec,
  seen: readonly HostName[],
): readonly Problem[] {
  const hosts = Object.keys(spec.hosts);
  const anywhere = new Set(
    Object.entries(spec.containers).flatMap(([key, { host }]) =>
      host === undefined ? [formatPath(['containers', key])] : [],
    ),
  );
  if (hosts.length < 2 || anywhere.size === 0) return problems;
  const isOpen = ({ code, path }: Problem): boolean => code === 'CONTAINER_MISSING' && anywhere.has(path);
  const counts = new Map<string, number>();
  for (const { path } of problems.filter(isOpen)) counts.set(path, (counts.get(path) ?? 0) + 1);
  const may = new Map<string, readonly HostName[]>();
  for (const key of Object.keys(spec.containers)) {
    may.set(
      formatPath(['containers', key]),
      seen.filter((host) => Object.hasOwn(specOn(spec, host).containers, key)),
    );
  }
  return problems.flatMap((one) => {
    if (!isOpen(one)) return [one];
    const where = may.get(one.path) ?? [];
    const { host, ...nowhere } = one;
    return host === where.at(-1) && counts.get(one.path) === where.length ? [nowhere] : [];
  });
}

/** Two names of one engine would be two plans for one host. */
export function sameEngines(observed: Observed, { locate }: LoadedSpec): readonly Problem[] {
  const first = new Map<string, HostName>();
  return [...observed].flatMap(([host, { engine }]) => {
    const other = first.get(engine.id);
    if (other === undefined) first.set(engine.id, host);
    if (other === undefined) return [];
    const path = formatPath(['hosts', host, 'docker']);
    const message = `${host} is the engine of ${other}: both answer with the id ${engine.id}`;
    return [{ ...problem('error', 'HOST_TWICE', path, message, 'Remove one of the two.'), host, ...locate(path) }];
  });
}
