import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Document, Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';

import type { ProblemCode } from '../../codes.js';
import type { Interpolator } from '../env/interpolate.js';
import type { Segment } from '../path.js';
import { quote } from '../show.js';
import { resolveAliases } from './anchors.js';
import { SPEC_FORMAT } from './format.js';
import type { TreeFormat } from './format.js';
import { readKeys } from './keys.js';
import type { KeyedNode } from './keys.js';
import type { Mark } from './marks.js';
import { isTextOfNumber, numberText } from './numbers.js';
import type { TextProblem } from './yaml.js';

/** More than 500 networks with a dozen shared keys each; far less than an exploding file. */
const MOST_ALIASED = 100_000;
const DEEPEST = 64;

/** A problem of the tree: the path, and the place in the text, which an alias puts elsewhere. */
export interface TreeProblem extends TextProblem {
  readonly path: readonly Segment[];
  readonly severity?: 'warning';
}

export interface Tree {
  /** Plain data: null, booleans, numbers, text, arrays and objects. */
  readonly value: unknown;
  readonly mark: Mark;
  readonly problems: readonly TreeProblem[];
  /** Places whose value could not be made, so that nothing more need be said about them. */
  readonly broken: readonly (readonly Segment[])[];
  /** Places where `!reset` or `!override` takes away what files before this one have there. */
  readonly overrides: readonly (readonly Segment[])[];
}

interface Made {
  readonly value: unknown;
  readonly mark: Mark;
  /** By `!reset`: as if the key were not there. */
  readonly gone?: true;
}

interface Walk {
  readonly aliases: ReadonlyMap<Alias, Node>;
  readonly interpolate: Interpolator;
  readonly format: TreeFormat;
  readonly problems: TreeProblem[];
  readonly broken: (readonly Segment[])[];
  readonly overrides: (readonly Segment[])[];
  readonly open: Set<Node>;
  /** How many values with `!override` are around: Compose looks for no tag inside one. */
  inOverride: number;
  inAlias: number;
  aliased: number;
}

/** Turns the document into plain data with variables and aliases in place, and marks that say where each value was. */
export function treeOf(document: Document, interpolate: Interpolator, format: TreeFormat = SPEC_FORMAT): Tree {
  const root = document.contents;
  const found = { problems: [] as TreeProblem[], broken: [], overrides: [] };
  if (root === null) return { value: null, mark: { start: 0, scalar: true }, ...found };
  const aliases = resolveAliases(root);
  const { value, mark } = make(
    { aliases, interpolate, format, ...found, open: new Set(), inOverride: 0, inAlias: 0, aliased: 0 },
    root,
    [],
  );
  return { value, mark, ...found };
}

function make(walk: Walk, node: Node | null, path: readonly Segment[], key?: number): Made {
  const start = node?.range?.[0] ?? key ?? 0;
  const at = { start, ...(key === undefined ? {} : { key }) };
  if (node === null) return nothingAt(at);
  if (path.length > DEEPEST)
    return fail(walk, path, at, 'TOO_DEEP', `This is nested more than ${DEEPEST} levels deep.`);
  if (walk.inAlias > 0 && (walk.aliased += 1) > MOST_ALIASED) {
    if (walk.aliased > MOST_ALIASED + 1) return { value: undefined, mark: { ...at, scalar: true } };
    const message = `The aliases of this file stand for more than ${MOST_ALIASED} values.`;
    return fail(walk, path, at, 'TOO_MANY_ALIASES', message, 'Write the values out, or use fewer aliases.');
  }
  if (isAlias(node)) return makeAlias(walk, node, path, at);
  if (walk.format.composeTags && overrides(walk, node, path)) return { ...nothingAt(at), gone: true };
  if (unknownTag(node) && !(walk.format.composeTags && /^!(?!!)/.test(node.tag ?? ''))) {
    const message = `The tag ${quote(String(node.tag))} is not known here.`;
    return fail(walk, path, at, 'UNKNOWN_TAG', message, 'Remove the tag: a spec is plain data.');
  }
  if (isScalar(node)) return makeScalar(walk, node, path, at);
  if (walk.open.has(node)) {
    return fail(walk, path, at, 'RECURSIVE_ALIAS', 'This value is inside itself by an alias.', 'Write the value out.');
  }
  const opens = node.tag === '!override' ? 1 : 0;
  walk.open.add(node);
  walk.inOverride += opens;
  const made = isMap(node) ? makeMap(walk, node, path, at) : makeList(walk, node, path, at);
  walk.inOverride -= opens;
  walk.open.delete(node);
  return made;
}

type At = Pick<Mark, 'key' | 'start'>;

function nothingAt(at: At): Made {
  return { value: null, mark: { ...at, scalar: false } };
}

/** Notes what takes the place of what other files have here; true when it leaves nothing. */
function overrides(walk: Walk, node: Node, path: readonly Segment[]): boolean {
  if (walk.inOverride > 0 || (node.tag !== '!reset' && node.tag !== '!override')) return false;
  walk.overrides.push(path);
  return node.tag === '!reset';
}

/** An entry of a mapping or list as far as it is read; undefined where it is not. */
function makeEntry(
  walk: Walk,
  node: Node | null,
  parent: readonly Segment[],
  key: Segment,
  offset?: number,
): Made | undefined {
  const how = walk.format.reads(parent, key);
  if (how === 'nothing') return undefined;
  const path = [...parent, key];
  if (how === 'value') {
    const made = make(walk, node, path, offset);
    return made.gone === true ? undefined : made;
  }
  const target = isAlias(node) ? walk.aliases.get(node) : node;
  if (target && walk.format.composeTags && overrides(walk, target, path)) return undefined;
  return nothingAt({ start: offset ?? node?.range?.[0] ?? 0, ...(offset === undefined ? {} : { key: offset }) });
}

function makeAlias(walk: Walk, node: Alias, path: readonly Segment[], at: At): Made {
  const target = walk.aliases.get(node);
  if (target === undefined) {
    const message = `The alias *${node.source} has no anchor before it.`;
    return fail(walk, path, at, 'UNKNOWN_ALIAS', message, `Write &${node.source} at the value that is meant.`);
  }
  if (walk.open.has(target)) {
    const message = `The alias *${node.source} is inside the value that it stands for.`;
    return fail(walk, path, at, 'RECURSIVE_ALIAS', message, 'Write the value out.');
  }
  walk.inAlias += 1;
  const made = make(walk, target, path);
  walk.inAlias -= 1;
  return { ...made, mark: { ...made.mark, ...at } };
}

function makeList(walk: Walk, node: YAMLSeq, path: readonly Segment[], at: At): Made {
  const items = node.items.flatMap((item, index) => makeEntry(walk, item as Node | null, path, index) ?? []);
  const children = new Map(items.map((item, index) => [index, item.mark] as const));
  return { value: items.map((item) => item.value), mark: { ...at, scalar: false, children } };
}

function makeMap(walk: Walk, node: YAMLMap, path: readonly Segment[], at: At): Made {
  const value: Record<string, unknown> = {};
  const children = new Map<Segment, Mark>();
  const { own, merged, problems } = readKeys(node, path);
  walk.problems.push(...problems);
  for (const entry of own) {
    const made = makeEntry(walk, entry.node, path, entry.key, entry.offset);
    if (made === undefined) continue;
    value[entry.key] = made.value;
    children.set(entry.key, made.mark);
  }
  for (const entry of merged) merge(walk, entry, path, value, children);
  return { value, mark: { ...at, scalar: false, children } };
}

/** `<<`: the keys of the mapping, or of each mapping of the list, that are not there yet. */
function merge(
  walk: Walk,
  entry: KeyedNode,
  path: readonly Segment[],
  value: Record<string, unknown>,
  children: Map<Segment, Mark>,
): void {
  const node = isAlias(entry.node) ? (walk.aliases.get(entry.node) ?? entry.node) : entry.node;
  const sources = isSeq(node) ? (node.items as Node[]) : [entry.node];
  if (isAlias(entry.node)) walk.inAlias += 1;
  for (const source of sources) {
    const made = make(walk, source, path, entry.offset);
    if (typeof made.value !== 'object' || made.value === null || Array.isArray(made.value)) {
      if (made.value === undefined) continue;
      const hint = 'Write <<: *name, where &name is at a mapping.';
      fail(walk, [...path, '<<'], { start: entry.offset }, 'BAD_MERGE', 'Only a mapping can be merged with <<.', hint);
      continue;
    }
    for (const [key, inner] of Object.entries(made.value)) {
      if (Object.hasOwn(value, key)) continue;
      value[key] = inner;
      const mark = made.mark.children?.get(key);
      if (mark !== undefined) children.set(key, mark);
    }
  }
  if (isAlias(entry.node)) walk.inAlias -= 1;
}

function makeScalar(walk: Walk, node: Scalar, path: readonly Segment[], at: At): Made {
  // An empty value has no text of its own: its key is the place to look.
  const mark = { ...at, scalar: node.value !== null || (node.source ?? '') !== '' };
  const number =
    node.type === 'PLAIN' && node.tag === undefined && isTextOfNumber(path) && numberText(node.source ?? '');
  if (typeof number === 'string') return { value: number, mark };
  if (typeof node.value !== 'string') return { value: node.value, mark };
  const { text, problems } = walk.interpolate(node.value);
  for (const found of problems) walk.problems.push({ ...found, path, offset: at.start });
  if (text === undefined) walk.broken.push(path);

  if (text !== undefined && /\p{Surrogate}|\0/u.test(text)) {
    return fail(
      walk,
      path,
      at,
      'INVALID_TEXT',
      'This text has a character that cannot be stored.',
      'Remove the escape.',
    );
  }
  return { value: text, mark };
}

function fail(walk: Walk, path: readonly Segment[], at: At, code: ProblemCode, message: string, hint?: string): Made {
  walk.problems.push({ code, offset: at.start, path, message, ...(hint === undefined ? {} : { hint }) });
  walk.broken.push(path);
  return { value: undefined, mark: { ...at, scalar: true } };
}

/** Tags that say no more than the core schema of YAML 1.2 sees by itself; the value must be of that kind. */
function unknownTag(node: Node): boolean {
  if (node.tag === undefined || node.tag === '!') return false;
  const kind = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.exec(node.tag)?.[1];
  if (kind === 'map') return !isMap(node);
  if (kind === 'seq') return !isSeq(node);
  if (kind === undefined || !isScalar(node)) return true;
  const types = { str: 'string', int: 'number', float: 'number', bool: 'boolean', null: 'object' };
  return typeof node.value !== types[kind as keyof typeof types];
}
