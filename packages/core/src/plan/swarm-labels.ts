import { PREFIX } from '../docker/labels.js';

/** On a node: the keys of the labels that netctl gave it. */
export const LABEL_KEYS = `${PREFIX}labels`;

/**
 * What makes the labels of a node those that are wanted; undefined where they are. Labels that somebody else gave it stay,
 * and those that netctl gave it and nobody wants go.
 */
export function labelChange(
  wanted: Readonly<Record<string, string>>,
  has: Readonly<Record<string, string>>,
):
  | { readonly set: Readonly<Record<string, string>>; readonly unset: readonly string[]; readonly why: string }
  | undefined {
  const before = (has[LABEL_KEYS] ?? '').split(',').filter((key) => key !== '');
  const keys = Object.keys(wanted).sort();
  const mark = keys.join(',');
  const other = keys.filter((key) => has[key] !== wanted[key]);
  const gone = before.filter((key) => !keys.includes(key) && has[key] !== undefined);
  if (other.length === 0 && gone.length === 0) return undefined;
  const set = Object.fromEntries(other.map((key) => [key, wanted[key] ?? '']));
  const why = [
    ...other.map((key) => `${key}: ${has[key] ?? 'nothing'} → ${wanted[key] ?? ''}`),
    ...gone.map((key) => `${key} goes`),
  ];
  return {
    set: mark === '' ? set : { ...set, [LABEL_KEYS]: mark },
    unset: [...gone, ...(mark === '' ? [LABEL_KEYS] : [])],
    why: `labels: ${why.join(', ')}`,
  };
}
