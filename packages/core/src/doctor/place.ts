import { bridgeOf } from '../kinds/overlap.js';
import type { LinkFacts } from '../links.js';
import type { EngineFacts } from '../model.js';
import type { DoctorFacts } from './facts.js';
import { seenOf } from './facts.js';

/** A machine of its own for the engine, on a desktop. */
export function isDesktop({ operatingSystem }: EngineFacts): boolean {
  return /docker desktop|orbstack/i.test(operatingSystem);
}

/** By what says that netctl, or the engine, is in a container; undefined where nothing does. */
export function containerOf({ engine, host }: DoctorFacts): { readonly evidence: string } | undefined {
  const system = seenOf(engine)?.engine.operatingSystem ?? '';
  // moby, daemon/info.go: by the control groups of its first process.
  if (system.endsWith('(containerized)')) return { evidence: `docker info: Operating System ${system}` };
  const seen = seenOf(host);
  if (seen === undefined) return undefined;
  const file = ['/.dockerenv', '/run/.containerenv'].find((path) => seen.present.has(path));
  if (file !== undefined) return { evidence: `there is a file ${file}` };
  const manager = seen.files.get('/run/systemd/container')?.trim() ?? '';
  return manager === '' ? undefined : { evidence: `/run/systemd/container says ${manager}` };
}

/**
 * The links among which those of the engine are. Undefined where they are seen nowhere: they could not be looked at, or the
 * engine is in a machine or namespace of its own.
 */
export function linksOfEngine(facts: DoctorFacts): LinkFacts | undefined {
  const [view, links] = [seenOf(facts.engine), seenOf(facts.links)];
  if (view === undefined || links === undefined || view.engine.rootless || isDesktop(view.engine)) return undefined;
  if (containerOf(facts) === undefined) return links;
  // A container that was given the network of its host has the engine's bridges.
  const bridges = new Set(view.networks.filter(({ props }) => props.driver === 'bridge').map(bridgeOf));
  return links.links.some(({ name }) => bridges.has(name)) ? links : undefined;
}
