import { problem } from '../../problem.js';
import type { Problem } from '../../problem.js';
import type { Interpolator } from '../env/interpolate.js';
import type { Lookup } from '../env/template.js';
import { quote } from '../show.js';

/** What the marks of netctl have room for; Compose sets no limit. */
const LONGEST = 63;

export interface ProjectName {
  /** Undefined when it cannot be told. */
  readonly name?: string;
  /** About `name`, wherever it comes from. */
  readonly problems: readonly Problem[];
}

/** Compose's normal form of a project name: lower case, and only what it allows (compose-go, NormalizeProjectName). */
function normalized(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

/**
 * The name of the project, which is that of the stack, with Compose's precedence: `COMPOSE_PROJECT_NAME`, then the last
 * `name:` of the files, then the name of the folder.
 */
export function projectName(
  written: string | undefined,
  folder: string | undefined,
  lookup: Lookup,
  interpolate: Interpolator,
): ProjectName {
  const given = lookup('COMPOSE_PROJECT_NAME');
  if (given !== undefined && given !== '') {
    if (given === normalized(given)) return bounded(given, 'COMPOSE_PROJECT_NAME');
    const message = `COMPOSE_PROJECT_NAME is ${quote(given)}, which Compose refuses as the name of a project.`;
    return fault('INVALID_VALUE', message, 'Use lower-case letters, digits, "-" and "_", a letter or digit first.');
  }
  if (written !== undefined) {
    const { text } = interpolate(written);
    // What is wrong with a variable is said where the file is read.
    if (text === undefined) return { problems: [] };
    const name = normalized(text);
    if (name !== '') return bounded(name, 'name');
    const message = `Nothing is left of the project name ${quote(text)}: Compose keeps letters, digits, "-" and "_".`;
    return fault('INVALID_VALUE', message, 'Write a name such as home.');
  }
  const name = normalized(folder ?? '');
  if (name !== '') return bounded(name, 'the folder');
  const message =
    folder === undefined
      ? 'The project has no name, which is that of the stack.'
      : `The project has no name, and none can be made from that of its folder, ${quote(folder)}.`;
  return fault('MISSING_KEY', message, 'Write name: at the top of the file, or set COMPOSE_PROJECT_NAME.');
}

function bounded(name: string, source: string): ProjectName {
  if (name.length <= LONGEST) return { name, problems: [] };
  const message = `The project name, from ${source}, has ${String(name.length)} letters; as the name of a stack it has room for ${String(LONGEST)}.`;
  return fault('INVALID_VALUE', message, 'Write a shorter name: at the top of the file, or set COMPOSE_PROJECT_NAME.');
}

function fault(code: 'INVALID_VALUE' | 'MISSING_KEY', message: string, hint: string): ProjectName {
  return { problems: [problem('error', code, 'name', message, hint)] };
}
