import { isDeepStrictEqual } from 'node:util';

import { problem } from '../../problem.js';
import type { Problem } from '../../problem.js';
import { interpolator } from '../env/interpolate.js';
import { lookupOver } from '../env/lookup.js';
import type { Lookup } from '../env/template.js';
import { formatPath } from '../path.js';
import type { Segment } from '../path.js';
import { list, quote } from '../show.js';
import { suggest } from '../suggest.js';
import { offsetOf } from '../text/marks.js';
import { treeOf } from '../text/tree.js';
import { isMapping } from '../mapping.js';
import { withLongForms, withPlainExternal } from './canonical.js';
import { entriesIn } from './include.js';
import { merged, without } from './merge.js';
import type { Clash } from './merge.js';
import type { OpenedFile } from './open.js';
import { entriesOf, mappingOf, partAt, shifted } from './part.js';
import type { Part } from './part.js';
import { COMPOSE_FORMAT, COMPOSE_KEYS, isNearlyOurs } from './parts.js';

/** What comes up while files are merged. */
export interface Findings {
  readonly report: (found: Problem, offset: number) => void;
  /** Places whose values were lost. */
  readonly broken: (readonly Segment[])[];
}

/** One file after the other over what is there, as Compose does it. */
export function mergeFiles(files: readonly OpenedFile[], lookup: Lookup, findings: Findings): Part {
  let project: Part = { value: null, mark: { start: files[0]?.base ?? 0, scalar: false } };
  for (const opened of files) {
    const { file, base, document } = opened;
    const tree = treeOf(document, interpolator(lookup), COMPOSE_FORMAT);
    for (const { code, severity, path, offset, message, hint } of tree.problems) {
      findings.report(problem(severity ?? 'error', code, formatPath(path), message, hint), base + offset);
    }
    findings.broken.push(...tree.broken);
    const own = withLongForms({ value: tree.value, mark: shifted(tree.mark, base) });
    reportUnknownKeys(own, findings);
    const part = withIncluded(own, opened, tree.overrides, lookup, findings);
    for (const path of tree.overrides) project = without(project, path);
    project = over(project, part, `the files before ${file}`, findings);
  }
  return project;
}

/** A typing mistake would make netctl see a project without networks, and plan to remove them. */
function reportUnknownKeys(file: Part, { report }: Findings): void {
  const nearly = (at: readonly string[], part: Part): void => {
    for (const [key] of entriesOf(part).filter(([name]) => isNearlyOurs(name))) {
      const path = [...at, key];
      const message = `netctl does not know ${quote(key)}, and would leave to Compose what has it.`;
      report(
        problem('error', 'UNKNOWN_KEY', formatPath(path), message, 'Did you mean x-netctl?'),
        offsetOf(file.mark, path, true),
      );
    }
  };
  nearly([], file);
  for (const [key, network] of entriesOf(partAt(file, 'networks'))) nearly(['networks', key], network);
  for (const [key] of entriesOf(file)) {
    if (COMPOSE_KEYS.includes(key) || key.startsWith('x-')) continue;
    const meant = suggest(key, COMPOSE_KEYS);
    const hint =
      meant === undefined ? `The keys here are ${list(COMPOSE_KEYS)}, and any x-….` : `Did you mean ${meant}?`;
    const message = `A Compose file has no key ${quote(key)}.`;
    report(problem('error', 'UNKNOWN_KEY', formatPath([key]), message, hint), offsetOf(file.mark, [key], true));
  }
}

function over(base: Part, part: Part, where: string, { report }: Findings, at: readonly Segment[] = []): Part {
  const clashes: Clash[] = [];
  const result = merged(base, part, clashes, at);
  for (const { path, offset, isList } of clashes) {
    const what = isList ? 'a list' : 'a mapping';
    const place = path.length === 0 ? 'The top of the file' : formatPath(path);
    const message = `${place} is ${what} in ${where}, and only ${what} can go over it.`;
    const hint = `Write ${what}, or !override before the value to put it in the place of the other.`;
    report(problem('error', 'CANNOT_MERGE', formatPath(path), message, hint), offset);
  }
  return at.length === 0 ? withPlainExternal(result) : result;
}

/** With the services and networks of what a file includes, under its own (compose-go, loader/include.go). */
function withIncluded(
  own: Part,
  { included, file }: OpenedFile,
  overrides: readonly (readonly Segment[])[],
  lookup: Lookup,
  findings: Findings,
): Part {
  const include = partAt(own, 'include');
  if (include === undefined) return own;
  const report = (
    code: 'INCLUDE_UNREADABLE' | 'WRONG_TYPE',
    path: readonly Segment[],
    message: string,
    hint: string,
  ) => {
    findings.report(problem('error', code, formatPath(path), message, hint), offsetOf(own.mark, path));
  };
  if (entriesIn(include.value) === undefined) {
    report('WRONG_TYPE', ['include'], 'This must be a list of files.', 'Write a list: [one.yaml, two.yaml].');
    return own;
  }
  let result = own;
  for (const [index, { files, dotenv, failure }] of included.entries()) {
    if (failure !== undefined) {
      const hint = 'Correct the path, or give netctl a file that includes nothing else.';
      report('INCLUDE_UNREADABLE', ['include', index], `This cannot be included: ${failure}.`, hint);
      continue;
    }
    const { lookup: inner, problems } = lookupOver(lookup, dotenv);
    for (const one of problems) findings.report(one, offsetOf(own.mark, ['include', index]));
    result = imported(mergeFiles(files, inner, findings), result, overrides, file, findings);
  }
  return result;
}

function imported(
  source: Part,
  target: Part,
  overrides: readonly (readonly Segment[])[],
  file: string,
  findings: Findings,
): Part {
  const sections = new Map(entriesOf(target));
  for (const section of ['services', 'networks']) {
    const from = partAt(source, section);
    if (from === undefined || !isMapping(from.value)) continue;
    const to = sections.get(section);
    if (to !== undefined && to.value !== null && !isMapping(to.value)) continue;
    const entries = new Map(entriesOf(to));
    for (const [name, entry] of entriesOf(from)) {
      const mine = entries.get(name);
      const where = `what ${file} includes`;
      // What two files include alike is one thing, and not twice as much of it.
      if (mine !== undefined && isDeepStrictEqual(mine.value, entry.value)) continue;
      const mineOver = overrides.filter(([at, key]) => at === section && key === name).map((path) => path.slice(2));
      const left = mineOver.reduce((part, path) => without(part, path), entry);
      const isWhole = mineOver.some((path) => path.length === 0);
      entries.set(
        name,
        mine === undefined ? entry : isWhole ? mine : over(left, mine, where, findings, [section, name]),
      );
    }
    sections.set(section, mappingOf(entries, to?.mark ?? from.mark));
  }
  return mappingOf(sections, target.mark);
}
