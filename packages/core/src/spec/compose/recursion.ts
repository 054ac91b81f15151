import { isAlias, isCollection, isPair } from 'yaml';
import type { Alias, Document } from 'yaml';

import { resolveAliases } from '../text/anchors.js';

/**
 * An alias inside the value that it stands for, wherever in the file: Compose reads no such file. An anchor comes before
 * its aliases, so no longer way round is possible.
 */
export function recursiveAlias({ contents }: Document): Alias | undefined {
  if (contents === null) return undefined;
  const targets = resolveAliases(contents);
  const open = new Set<unknown>();
  const find = (node: unknown): Alias | undefined => {
    if (isAlias(node)) return open.has(targets.get(node)) ? node : undefined;
    if (isPair(node)) return find(node.key) ?? find(node.value);
    if (!isCollection(node)) return undefined;
    open.add(node);
    for (const item of node.items) {
      const found = find(item);
      if (found !== undefined) return found;
    }
    open.delete(node);
    return undefined;
  };
  return find(contents);
}
