import type { HostFacts } from '../model.js';
import { NOT_ASKED } from '../plan/links-only.js';
import { resolve } from '../resolve/resolve.js';
import { LOCAL } from '../spec/hosts.js';
import type { Spec } from '../spec/schema.js';
import type { DoctorFacts } from './facts.js';
import { seenOf } from './facts.js';

/** Names of the links that a spec of one host makes, and of the parents that have to be there before. */
export function wantedBy(spec: Spec, { engine, links }: Pick<DoctorFacts, 'engine' | 'links'>): DoctorFacts['wanted'] {
  const [view, seen] = [seenOf(engine), seenOf(links)];
  const facts: HostFacts = {
    engine: view?.engine ?? NOT_ASKED,
    networks: view?.networks ?? [],
    kernel: {},
    ...(seen === undefined ? {} : { links: seen }),
  };
  const resolved = resolve(spec, LOCAL, facts);
  const made = new Set(resolved.links.map(({ props }) => props.name));
  const parents = new Map<string, string>();
  for (const { path, props } of resolved.links) parents.set(props.parent, path);
  for (const { path, asked } of resolved.networks) {
    const parent = asked.options['parent'];
    if (parent !== undefined) parents.set(parent, `${path}.parent`);
  }
  return {
    links: [...made],
    parents: [...parents].filter(([link]) => !made.has(link)).map(([link, path]) => ({ link, path })),
  };
}
