import type { Segment } from '../path.js';
import { isMapping } from '../mapping.js';
import { entriesOf, mappingOf } from './part.js';
import type { Part } from './part.js';

/** Where a later file has something that cannot go over what an earlier one has. */
export interface Clash {
  readonly path: readonly Segment[];
  readonly offset: number;
  readonly isList: boolean;
}

/**
 * What a later file makes of an earlier one, as Compose does it (compose-go, override/merge.go): mappings are merged
 * key by key, lists are appended, and of all else the later one counts; null leaves what is there.
 */
export function merged(base: Part, over: Part, clashes: Clash[], path: readonly Segment[] = []): Part {
  if (over.value === null || over.value === undefined) return base;
  if (isMapping(base.value)) {
    if (!isMapping(over.value)) return clash(base, over, clashes, path);
    const result = new Map(entriesOf(base));
    for (const [key, part] of entriesOf(over)) {
      const before = result.get(key);
      result.set(key, before === undefined ? part : merged(before, part, clashes, [...path, key]));
    }
    return mappingOf(result, base.mark);
  }
  if (!Array.isArray(base.value)) return over;
  if (!Array.isArray(over.value)) return clash(base, over, clashes, path);
  const length = base.value.length;
  const added = [...(over.mark.children ?? [])].map(([index, mark]) => [Number(index) + length, mark] as const);
  return {
    value: [...(base.value as unknown[]), ...(over.value as unknown[])],
    mark: { ...base.mark, children: new Map([...(base.mark.children ?? []), ...added]) },
  };
}

function clash(base: Part, { mark }: Part, clashes: Clash[], path: readonly Segment[]): Part {
  clashes.push({ path, offset: mark.key ?? mark.start, isList: Array.isArray(base.value) });
  return base;
}

/** Without what is at a path, for `!reset` and `!override`; Compose takes no items out of a list. */
export function without(part: Part, path: readonly Segment[]): Part {
  const [first, ...rest] = path;
  if (!isMapping(part.value) || typeof first !== 'string') return part;
  return mappingOf(
    entriesOf(part).flatMap(([key, inner]): readonly (readonly [string, Part])[] => {
      if (key !== first) return [[key, inner]];
      return rest.length === 0 ? [] : [[key, without(inner, rest)]];
    }),
    part.mark,
  );
}
