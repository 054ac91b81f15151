import { isMap, isScalar } from 'yaml';
import type { Document } from 'yaml';

import type { Environment } from '../../environment.js';
import { problem } from '../../problem.js';
import type { Problem } from '../../problem.js';
import { interpolator } from '../env/interpolate.js';
import { lookupOf } from '../env/lookup.js';
import type { Lookup } from '../env/template.js';
import { finishSpec, invalid } from '../finish.js';
import type { LoadedSpec } from '../finish.js';
import type { Segment } from '../path.js';
import { list } from '../show.js';
import { treeOf } from '../text/tree.js';
import { isMapping } from '../mapping.js';
import { mergeFiles } from './files.js';
import { openFiles } from './open.js';
import { NAME_FORMAT } from './parts.js';
import { projectName } from './project-name.js';
import { specOf } from './to-spec.js';

export interface ProjectFile {
  readonly file: string;
  readonly bytes: Uint8Array | string;
  /** What is in them, where somebody has read it already. */
  readonly document?: Document;
  /** What each entry of its `include:` stands for. */
  readonly included?: readonly IncludedProject[];
}

/** The files of one entry of `include:`. */
export interface IncludedProject {
  /** In the order in which they are merged. */
  readonly files: readonly ProjectFile[];
  /** The text of the .env file that counts for them, after the environment of who includes them. */
  readonly dotenv: string;
  /** Why they could not be read. */
  readonly failure?: string;
}

export interface ProjectInput {
  /** In the order in which they are merged. */
  readonly files: readonly ProjectFile[];
  readonly env: Environment;
  readonly dotenv?: string;
  /** The name of the project's folder. */
  readonly folder?: string;
}

/** Whether a text is a Compose file: it has services, or takes them from elsewhere. */
export function isComposeFile({ contents }: Document): boolean {
  if (!isMap(contents)) return false;
  return contents.items.some(({ key }) => isScalar(key) && (key.value === 'services' || key.value === 'include'));
}

/** The spec that the files of a Compose project are. Throws as parseSpec does; each problem names its file. */
export function parseProject({ files, env, dotenv, folder }: ProjectInput): LoadedSpec {
  const file = list(files.map((one) => one.file));
  const { opened, places, problems: unreadable } = openFiles(files);
  if (unreadable.length > 0) throw invalid(file, unreadable);
  if (!opened.some(({ document }) => isComposeFile(document))) {
    const message = `Several files are one Compose project, and of ${file} none has services:.`;
    throw invalid(file, [{ ...problem('error', 'SEVERAL_SPECS', '', message, 'Name one spec.'), ...places.at(0) }]);
  }
  const variables = lookupOf(env, dotenv);
  const { lookup } = variables;
  const problems: Problem[] = [...variables.problems];
  const broken: (readonly Segment[])[] = [];
  const written = opened.flatMap(({ document }) => writtenName(document) ?? []).at(-1);
  const called = projectName(written, folder, lookup, interpolator(lookup));
  // Compose makes the name of the project a variable, whatever it comes from.
  const known: Lookup = (name) => (name === 'COMPOSE_PROJECT_NAME' ? (called.name ?? lookup(name)) : lookup(name));
  const project = mergeFiles(opened, known, {
    report: (found, offset) => problems.push({ ...found, ...places.at(offset) }),
    broken,
  });
  const {
    value,
    mark,
    problems: found,
  } = specOf(
    project,
    called,
    problems.every(({ severity }) => severity !== 'error'),
  );
  const before = [...problems, ...found.map(({ offset, ...one }) => ({ ...one, ...places.at(offset) }))];
  if (value === undefined) throw invalid(file, before);
  return finishSpec({ file, value, broken: broken.map(inSpec), mark, placeAt: places.at, before });
}

/** `name:` as it is written, where it is text and not empty. */
function writtenName(document: Document): string | undefined {
  const { value } = treeOf(document, (text) => ({ text, problems: [] }), NAME_FORMAT);
  const name = isMapping(value) ? value['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** What the spec calls a place of the file. */
function inSpec(path: readonly Segment[]): readonly Segment[] {
  if (path[0] === 'x-netctl') return path.slice(1);
  return path[0] === 'networks' && path[2] === 'x-netctl' ? [...path.slice(0, 2), ...path.slice(3)] : path;
}
