import type { Added, NetworkProps, Owner, Ref } from '../model.js';
import { isMapping } from '../spec/mapping.js';

/** No label of a user begins with this: the rules of the spec keep them off. */
export const PREFIX = 'io.netctl.';

/** The labels by which a Docker network is known to be ours, what was asked when it was made, and what was added. */
export const LABEL_STACK = `${PREFIX}stack`;
export const LABEL_REF = `${PREFIX}ref`;
export const LABEL_SPEC = `${PREFIX}spec`;
export const LABEL_ADDED = `${PREFIX}added`;
/** On the mark of an adopted network: that one's id. */
export const LABEL_ADOPTS = `${PREFIX}adopts`;

/** The marks of a network that is about to be made. */
export function ownerLabels(owner: Owner, asked: NetworkProps, added: Added = {}): Record<string, string> {
  const marks = { [LABEL_STACK]: owner.stack, [LABEL_REF]: owner.ref, [LABEL_SPEC]: canonicalJson(asked) };
  return Object.keys(added).length === 0 ? marks : { ...marks, [LABEL_ADDED]: canonicalJson(added) };
}

/** What a network is given beyond what was asked: by netctl (`props`), and by the engine on its own account. */
export function addedTo(asked: NetworkProps, props: NetworkProps, engineOptions: Added['options'] = {}): Added {
  const options = without({ ...engineOptions, ...props.options }, asked.options);
  const auxAddresses = without(auxOf(props), auxOf(asked));
  return {
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(Object.keys(auxAddresses).length === 0 ? {} : { auxAddresses }),
  };
}

function auxOf({ ipam }: NetworkProps): Record<string, string> {
  return Object.fromEntries(ipam.config.flatMap(({ auxAddresses }) => Object.entries(auxAddresses ?? {})));
}

type Entries = Readonly<Record<string, string>>;

/** The entries whose keys the others do not have. */
function without(entries: Entries, others: Entries): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !Object.hasOwn(others, key)));
}

export function readOwner(labels: Readonly<Record<string, string>>): Owner | undefined {
  const stack = labels[LABEL_STACK];
  const ref = labels[LABEL_REF];
  return stack === undefined || ref === undefined || !isRef(ref) ? undefined : { stack, ref };
}

/** What was asked for once; undefined where the label is missing or is not what netctl writes. */
export function readAsked(labels: Readonly<Record<string, string>>): NetworkProps | undefined {
  const value = parsed(labels[LABEL_SPEC]);
  return isNetworkProps(value) ? value : undefined;
}

/** What was added when it was made; nothing where the label is missing or is not what netctl writes. */
export function readAdded(labels: Readonly<Record<string, string>>): Added {
  const value = parsed(labels[LABEL_ADDED]);
  if (!isMapping(value)) return {};
  const { options, auxAddresses } = value;
  return {
    ...(isTextRecord(options) ? { options } : {}),
    ...(isTextRecord(auxAddresses) ? { auxAddresses } : {}),
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The user's own labels. Those of a newer netctl are marks too. */
export function withoutMarks(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith(PREFIX)));
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
  return text.startsWith('network:') || text.startsWith('link:') || text.startsWith('swarm:');
}

function isNetworkProps(value: unknown): value is NetworkProps {
  if (!isMapping(value) || typeof value['driver'] !== 'string') return false;
  const ipam = value['ipam'];
  return isMapping(ipam) && Array.isArray(ipam['config']) && isMapping(value['options']) && isMapping(value['labels']);
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return isMapping(value) && Object.values(value).every((one) => typeof one === 'string');
}
