import type { NetworkProps, Owner, Ref } from '../model.js';

/** The labels by which a Docker network is known to be ours, and what was asked when it was made. */
export const LABEL_STACK = 'io.netctl.stack';
export const LABEL_REF = 'io.netctl.ref';
export const LABEL_SPEC = 'io.netctl.spec';

const OURS: readonly string[] = [LABEL_STACK, LABEL_REF, LABEL_SPEC];

/** The marks of a network that is about to be made. */
export function ownerLabels(owner: Owner, asked: NetworkProps): Record<string, string> {
  return { [LABEL_STACK]: owner.stack, [LABEL_REF]: owner.ref, [LABEL_SPEC]: canonicalJson(asked) };
}

export function readOwner(labels: Readonly<Record<string, string>>): Owner | undefined {
  const stack = labels[LABEL_STACK];
  const ref = labels[LABEL_REF];
  return stack === undefined || ref === undefined || !isRef(ref) ? undefined : { stack, ref };
}

/** What was asked for once; undefined where the label is missing or is not what netctl writes. */
export function readAsked(labels: Readonly<Record<string, string>>): NetworkProps | undefined {
  const text = labels[LABEL_SPEC];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isNetworkProps(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The user's own labels. */
export function withoutMarks(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !OURS.includes(key)));
}

/** JSON with sorted keys, so that one thing has one text whoever wrote it. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function isRef(text: string): text is Ref {
  return text.startsWith('network:') || text.startsWith('link:');
}

function isNetworkProps(value: unknown): value is NetworkProps {
  if (!isRecord(value) || typeof value['driver'] !== 'string') return false;
  const ipam = value['ipam'];
  return isRecord(ipam) && Array.isArray(ipam['config']) && isRecord(value['options']) && isRecord(value['labels']);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
