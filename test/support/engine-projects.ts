import { cachedEngines } from './engines.js';

/** A project of the integration suite: an engine, and the files of test/integration that are not run on it. */
export interface EngineProject {
  readonly version: string;
  readonly folder: string;
  readonly exclude: readonly string[];
  /** Of the points at which something fails or is killed, those whose index is 1 modulo 2: `1/2`. */
  readonly part: string;
}

const files = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `test/integration/${name}.test.ts`);

/**
 * What netctl does between its requests, what it reads of files, and what it does to links of its own is the same on every
 * engine and takes minutes to try out, so the newest engine stands for all of them.
 */
export const onNewestAlone = files(
  'adopt',
  'ask',
  'compose-files',
  'drift-links',
  'examples',
  'faults-cut-short',
  'faults-drift',
  'faults-refused',
  'graph',
  'hosts',
  'init',
  'plan-reads',
  'recipes',
  'replace-compose',
  'replace-foreign',
  'replace-interference',
  'replace-interrupt',
  'replace-journal',
  'replace-two-at-once',
  'swarm-faults',
  'verify-hosts',
  'watch',
);

/** What is long, and the same on an engine in the middle as on the oldest or the newest, one on each side of it. */
export const onOldestAndNewest = files(
  'collisions',
  'compose-language',
  'containers',
  'discovery',
  'discovery-hosts',
  'doctor',
  'doctor-errors',
  'drift-defaults',
  'engine-connection',
  'faults-engine-dies',
  'import',
  'lint-room',
  'names',
  'replace',
  'replace-faults',
  'replace-kills',
  'replace-rests',
  'swarm',
  'traps-create',
  'traps-remove',
  'verify',
);

/**
 * The integration suite, once for each engine, the oldest first. NETCTL_TEST_ENGINE in the environment names the one
 * engine to test; NETCTL_TEST_POINTS=all tries everything on each.
 */
export function engineProjects(): readonly EngineProject[] {
  const given = process.env['NETCTL_TEST_ENGINE'];
  const engines = given === undefined ? cachedEngines() : [{ version: 'given', folder: given }];
  const everything = process.env['NETCTL_TEST_POINTS'] === 'all';
  return engines.map(({ version, folder }, index) => {
    const [isOldest, isNewest] = [index === 0, index === engines.length - 1];
    const notHere = isOldest ? onNewestAlone : [...onNewestAlone, ...onOldestAndNewest];
    const part = everything || engines.length === 1 ? '0/1' : isNewest ? '0/2' : '1/2';
    return { version, folder, part, exclude: everything || isNewest ? [] : notHere };
  });
}
