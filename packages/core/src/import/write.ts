import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';

import { numberText } from '../spec/text/numbers.js';
import type { Block, Line, Value } from './block.js';

/** What is text in YAML 1.2, and something else in YAML 1.1, which many a tool reads still: words, base 60, and merges. */
const OTHERWISE = /^(y|n|yes|no|on|off|[\d:]+|<<)$/i;

/** What no plain text of YAML may have, and what looks like nothing at all. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\p{Surrogate}]/gu;

/**
 * The text of a spec, with comments before its first line and after its last. Dollar signs of values are doubled, since
 * a spec has variables.
 */
export function writeSpec(block: Block, above: readonly string[] = [], below: readonly string[] = []): string {
  const document = new Document(undefined, { version: '1.2' });
  document.contents = mapOf(block);
  const head = commentOf(above);
  if (head !== undefined) document.commentBefore = head;
  const foot = commentOf(below);
  if (foot !== undefined) document.comment = foot;
  // In quotes, where the library leaves it as it is, and no YAML text may hold it.
  return document.toString({ lineWidth: 0, flowCollectionPadding: true }).replaceAll('\u007f', '\\x7f');
}

function mapOf({ lines, flow }: Block): YAMLMap {
  const map = new YAMLMap();
  if (flow === true || lines.length === 0) map.flow = true;
  for (const one of lines) map.items.push(pairOf(one));
  return map;
}

function pairOf({ key, value, note, above, apart }: Line): Pair {
  const name = textOf(key);
  const before = commentOf(above ?? []);
  if (before !== undefined) name.commentBefore = before;
  if (apart === true) name.spaceBefore = true;
  const node = nodeOf(value);
  if (note !== undefined) node.comment = ` ${plainText(note)}`;
  return new Pair(name, node);
}

function nodeOf(value: Value): Scalar | YAMLMap | YAMLSeq {
  if (typeof value === 'string') return textOf(value.replaceAll('$', '$$$$'));
  if (typeof value !== 'object') return new Scalar(value);
  if (!isList(value)) return mapOf(value);
  const list = new YAMLSeq();
  list.items.push(...value.map(nodeOf));
  list.flow = value.every((one) => typeof one !== 'object');
  return list;
}

function isList(value: Block | readonly Value[]): value is readonly Value[] {
  return Array.isArray(value);
}

function textOf(text: string): Scalar {
  const scalar = new Scalar(text);
  if (OTHERWISE.test(text) || numberText(text) !== undefined || text.search(UNSEEN) >= 0) scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}

function commentOf(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.map((one) => (one === '' ? '' : ` ${plainText(one)}`)).join('\n');
}

/** Names of others may hold anything, and a comment ends with its line. */
function plainText(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
