import { isAlias, isCollection, isPair } from 'yaml';
import type { Alias, Node } from 'yaml';

/**
 * What each alias of a document stands for: the last node before it that has its anchor. Found once, in the order of
 * the text, so that an anchor that is used again later does not change what came before.
 */
export function resolveAliases(root: Node): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const visit = (node: unknown): void => {
    if (isPair(node)) {
      visit(node.key);
      visit(node.value);
    } else if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    } else if (isCollection(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      node.items.forEach(visit);
    } else if (hasAnchor(node)) {
      anchors.set(node.anchor, node);
    }
  };
  visit(root);
  return targets;
}

function hasAnchor(node: unknown): node is Node & { anchor: string } {
  return typeof node === 'object' && node !== null && 'anchor' in node && typeof node.anchor === 'string';
}
