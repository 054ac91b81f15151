import type { PageItem } from '../src/graph/page-item.js';
import { element } from './element.js';

export type { PageItem } from '../src/graph/page-item.js';

/** What is drawn, and what is in what. */
export interface Items {
  readonly all: readonly PageItem[];
  readonly byId: ReadonlyMap<string, PageItem>;
  /** What is in an item, or in none. */
  inside(id: string | undefined): readonly PageItem[];
}

export function readItems(): Items {
  const all = JSON.parse(element('items').textContent) as readonly PageItem[];
  const inside = new Map<string | undefined, PageItem[]>();
  for (const item of all) {
    const group = inside.get(item.parent);
    if (group === undefined) inside.set(item.parent, [item]);
    else group.push(item);
  }
  return {
    all,
    byId: new Map(all.map((item) => [item.id, item])),
    inside: (id) => inside.get(id) ?? [],
  };
}
