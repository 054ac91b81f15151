import type { Document } from 'yaml';

import { problem } from '../../problem.js';
import type { Problem } from '../../problem.js';
import { decodeText } from '../text/decode.js';
import { placesOf } from '../text/places.js';
import type { Places } from '../text/places.js';
import { parseYaml } from '../text/yaml.js';
import type { IncludedProject, ProjectFile } from './project.js';
import { recursiveAlias } from './recursion.js';

/** A file that could be read as YAML, and what it includes. */
export interface OpenedFile {
  readonly file: string;
  /** What its offsets begin with. */
  readonly base: number;
  readonly document: Document;
  readonly included: readonly OpenedProject[];
}

export interface OpenedProject extends Pick<IncludedProject, 'dotenv' | 'failure'> {
  readonly files: readonly OpenedFile[];
}

export interface Opened {
  readonly opened: readonly OpenedFile[];
  readonly places: Places;
  /** What is no YAML, in whichever of the files; with any, there is nothing to go on with. */
  readonly problems: readonly Problem[];
}

/** The YAML of all files of a project, those that they include too. */
export function openFiles(files: readonly ProjectFile[]): Opened {
  const all = files.flatMap(withIncluded);
  const sources = all.map((source) => ({ ...source, text: decodeText(source.bytes, source.file) }));
  const places = placesOf(sources);
  const problems: Problem[] = [];
  const documents = new Map<ProjectFile, Pick<OpenedFile, 'base' | 'document'>>();
  for (const [index, { text, document }] of sources.entries()) {
    const base = places.bases[index] ?? 0;
    const yaml = document === undefined ? parseYaml(text) : { document };
    const wrong = 'problems' in yaml ? yaml.problems : recursionIn(yaml.document);
    for (const { code, offset, message, hint } of wrong) {
      problems.push({ ...problem('error', code, '', message, hint), ...places.at(base + offset) });
    }
    const source = all[index];
    if ('document' in yaml && source !== undefined) documents.set(source, { base, document: yaml.document });
  }
  const open = (source: ProjectFile): readonly OpenedFile[] => {
    const found = documents.get(source);
    if (found === undefined) return [];
    const included = (source.included ?? []).map((project) => ({ ...project, files: project.files.flatMap(open) }));
    return [{ file: source.file, ...found, included }];
  };
  return { opened: files.flatMap(open), places, problems };
}

function withIncluded(file: ProjectFile): readonly ProjectFile[] {
  return [file, ...(file.included ?? []).flatMap(({ files }) => files.flatMap(withIncluded))];
}

function recursionIn(document: Document) {
  const alias = recursiveAlias(document);
  if (alias === undefined) return [];
  const message = `The alias *${alias.source} is inside the value that it stands for.`;
  return [{ code: 'RECURSIVE_ALIAS' as const, offset: alias.range?.[0] ?? 0, message, hint: 'Write the value out.' }];
}
