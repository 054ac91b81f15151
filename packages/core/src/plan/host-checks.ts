import type { HostName, Observed } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { formatPath } from '../spec/path.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';

/** A container that may be on any of several hosts is missing when none of them has it, and that is worth one word. */
export function missingEverywhere(problems: readonly Problem[], spec: Spec): readonly Problem[] {
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
  return problems.flatMap((one) => {
    if (!isOpen(one)) return [one];
    const isLast = one.host === hosts.at(-1);
    const { host: _host, ...nowhere } = one;
    return isLast && counts.get(one.path) === hosts.length ? [nowhere] : [];
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
