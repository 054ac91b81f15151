import { interpolator } from '../env/interpolate.js';
import type { Lookup } from '../env/template.js';
import { treeOf } from '../text/tree.js';
import type { TreeFormat } from '../text/format.js';
import { isMapping } from '../mapping.js';
import { parseYaml } from '../text/yaml.js';

/** A project that a file takes its networks and services from, in the words of the file. */
export interface IncludeEntry {
  /** One at the least; those after the first go over it. */
  readonly paths: readonly string[];
  readonly projectDirectory?: string;
  readonly envFiles?: readonly string[];
}

const ONLY_INCLUDE: TreeFormat = {
  reads: (parent, key) => (parent.length > 0 || key === 'include' ? 'value' : 'nothing'),
  composeTags: true,
};

/** What a text includes; of one that cannot be read, or includes in no known way, nothing (parseProject says it). */
export function includesOf(bytes: Uint8Array | string, lookup: Lookup): readonly IncludeEntry[] {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  if (!/include["']?\s*:/.test(text)) return [];
  const yaml = parseYaml(text);
  if ('problems' in yaml) return [];
  const { value } = treeOf(yaml.document, interpolator(lookup), ONLY_INCLUDE);
  return isMapping(value) ? (entriesIn(value['include']) ?? []) : [];
}

/** The entries of `include:`; undefined where that is not of a known form. */
export function entriesIn(include: unknown): readonly IncludeEntry[] | undefined {
  if (include === undefined || include === null) return [];
  if (!Array.isArray(include)) return undefined;
  const entries = include.map((one: unknown): IncludeEntry | undefined => {
    if (!isMapping(one)) return typeof one === 'string' && one !== '' ? { paths: [one] } : undefined;
    const { path, project_directory: directory, env_file: envFile } = one;
    const paths = texts(path);
    const envFiles = envFile === undefined || envFile === null ? undefined : texts(envFile);
    if (paths === undefined || paths.length === 0) return undefined;
    return {
      paths,
      ...(typeof directory === 'string' && directory !== '' ? { projectDirectory: directory } : {}),
      ...(envFiles === undefined || envFiles.length === 0 ? {} : { envFiles }),
    };
  });
  const known = entries.filter((entry) => entry !== undefined);
  return known.length === entries.length ? known : undefined;
}

function texts(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((one) => typeof one === 'string' && one !== '') ? (list as readonly string[]) : undefined;
}
