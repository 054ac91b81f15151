import type { EngineView } from '../docker/examine.js';
import { messageOf, NetctlError } from '../errors.js';
import type { KernelKind, LinkBackend, LinkFacts } from '../links.js';
import type { Spec } from '../spec/schema.js';
import { diagnose } from './diagnose.js';
import { seenOf } from './facts.js';
import type { Looked, Unseen } from './facts.js';
import type { Finding } from './finding.js';
import type { HostReader } from './host-reader.js';
import { lookAtHost } from './look-host.js';
import { wantedBy } from './wanted.js';

/** What the doctor looks with; nothing of it writes. */
export interface Instruments {
  /** Looks at the engine. */
  readonly engine: (signal?: AbortSignal) => Promise<EngineView>;
  readonly links: LinkBackend;
  /** Absent where the files of the engine's host cannot be reached, for this reason. */
  readonly reader: HostReader | Unseen;
}

const KINDS: readonly KernelKind[] = ['macvlan', 'ipvlan', 'vlan', 'vxlan', 'dummy', 'esp'];

/**
 * Looks at a host and says what is wrong with it, and what is not. Changes nothing; the kernel may load a module for a kind
 * of link that is tried in a namespace of its own. Whatever cannot be looked at is said, and no error. With a spec of one
 * host its parents are looked for, and the links that it makes are among those that others may take.
 */
export async function examine(
  { engine, links, reader }: Instruments,
  spec?: Spec,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const look = <T>(what: Promise<T>): Promise<Looked<T>> =>
    what.then(
      (seen) => ({ seen }),
      (error: unknown) => unseen(error, signal),
    );
  // The networks between two looks at the links: a network that comes or goes meanwhile is told by the difference.
  const seeLinks = async (): Promise<LinkFacts> => {
    const seen = await links.observe(signal);
    const privilege = seen.mayChange ? undefined : await links.otherPrivilege?.(signal);
    return privilege === undefined ? seen : { ...seen, mayChange: true, privilege };
  };
  const inOrder = async (): Promise<readonly [Looked<EngineView>, Looked<LinkFacts>, ReadonlySet<string>]> => {
    const before = await look(seeLinks());
    const view = await look(engine(signal));
    const after = 'seen' in view && 'seen' in before ? await look(seeLinks()) : before;
    return [view, after, passing(before, after)];
  };
  const [[view, linkFacts, passed], kernel] = await Promise.all([inOrder(), look(links.probe(KINDS, signal))]);
  const rootDir = 'seen' in view ? view.seen.rootDir : undefined;
  const known = 'seen' in linkFacts ? linkFacts.seen : undefined;
  const host = 'read' in reader ? await look(lookAtHost(reader, known, rootDir, signal)) : reader;
  return diagnose({
    engine: view,
    links: linkFacts,
    passing: passed,
    host,
    kernel: 'seen' in kernel ? kernel.seen : {},
    wanted: spec === undefined ? { links: [], parents: [] } : wantedBy(spec, { engine: view, links: linkFacts }),
  });
}

/** The names of links that are in one of both alone. */
function passing(before: Looked<LinkFacts>, after: Looked<LinkFacts>): ReadonlySet<string> {
  const namesOf = (looked: Looked<LinkFacts>): readonly string[] =>
    (seenOf(looked)?.links ?? []).map(({ name }) => name);
  const [earlier, later] = [new Set(namesOf(before)), new Set(namesOf(after))];
  return new Set([...earlier, ...later].filter((name) => !earlier.has(name) || !later.has(name)));
}

function unseen(error: unknown, signal: AbortSignal | undefined): Unseen {
  signal?.throwIfAborted();
  if (!(error instanceof NetctlError)) throw error;
  const { code, hint } = error;
  return { why: messageOf(error), code, ...(hint === undefined ? {} : { cure: hint }) };
}
