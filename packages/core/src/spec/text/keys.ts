import { isAlias, isScalar } from 'yaml';
import type { Node, YAMLMap } from 'yaml';

import type { ProblemCode } from '../../codes.js';
import type { Segment } from '../path.js';
import { quote, show } from '../show.js';
import type { TreeProblem } from './tree.js';

/** A key of a mapping with its value. */
export interface KeyedNode {
  readonly key: string;
  readonly offset: number;
  readonly node: Node | null;
}

export interface Keys {
  readonly own: readonly KeyedNode[];
  /** The values of `<<` keys. */
  readonly merged: readonly KeyedNode[];
  readonly problems: readonly TreeProblem[];
}

/** Keys that would reach the prototype of an object instead of naming something. */
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

/** The keys of one mapping: text, each once. What is not so is reported and left out. */
export function readKeys(map: YAMLMap, path: readonly Segment[]): Keys {
  const own = new Map<string, KeyedNode>();
  const merged: KeyedNode[] = [];
  const problems: TreeProblem[] = [];
  for (const pair of map.items) {
    const keyNode = pair.key as Node | null;
    const offset = keyNode?.range?.[0] ?? map.range?.[0] ?? 0;
    const key = isScalar(keyNode) ? keyNode.value : undefined;
    const report = (code: ProblemCode, message: string, hint: string): void => {
      const at = typeof key === 'string' ? [...path, key] : path;
      problems.push({ code, offset, path: at, message, hint });
    };
    if (typeof key !== 'string' || (isScalar(keyNode) && keyNode.tag !== undefined)) {
      const what = isAlias(keyNode) ? 'an alias' : isScalar(keyNode) ? show(key) : 'a list or mapping';
      report('NON_STRING_KEY', `A key must be text, and this one is ${what}.`, 'Write the key in quotes.');
      continue;
    }
    const entry = { key, offset, node: pair.value as Node | null };
    if (key === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN') merged.push(entry);
    else if (UNSAFE.has(key))
      report('UNKNOWN_KEY', `The key ${quote(key)} is not allowed anywhere.`, 'Choose another name.');
    else if (own.has(key)) report('DUPLICATE_KEY', `The key ${quote(key)} is here twice.`, 'Remove one of the two.');
    else own.set(key, entry);
  }
  return { own: [...own.values()], merged, problems };
}
