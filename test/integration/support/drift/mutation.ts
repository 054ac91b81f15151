import type { Change } from '../../../../packages/core/src/plan/change.js';
import type { Feature, TableDriver } from '../../../support/table/features.js';
import type { TestedKind } from '../kernel.js';
import type { NetworkBody, RawNetwork } from './network-body.js';

/** One field changed by hand, and what the plan has to say of it. */
export interface Mutation {
  readonly label: string;
  readonly change: (body: NetworkBody) => void;
  /** The one change that the plan names, from what was made by hand; undefined where it is no drift, as `reason` says. */
  readonly says: ((made: RawNetwork) => Change) | undefined;
  readonly reason?: string;
  /** The first engine on which it can be had, and the first on which it cannot. */
  readonly since?: string;
  readonly until?: string;
}

/** A network of the spec, and the ways in which it is made again by hand. */
export interface DriftNetwork {
  readonly key: string;
  readonly spec: object;
  readonly since?: string;
  /** What the kernel has to have. */
  readonly kinds?: readonly TestedKind[];
  readonly shows?: readonly Shown[];
  readonly mutations: readonly Mutation[];
}

/** A cell of the support table, and the first engine of which it is shown. */
export type Shown = { [D in TableDriver]: readonly [D, Feature<D>, since?: string] }[TableDriver];

type Kind = 'fewer' | 'different' | 'more';
type Entries = Record<string, string>;

/** A field that is a mapping: where it is in the request, and what the plan calls it. */
export interface Mapping {
  readonly name: string;
  readonly of: (body: NetworkBody) => Entries;
}

export const options: Mapping = { name: 'driver_opts', of: (body) => body.Options };
export const labels: Mapping = { name: 'labels', of: (body) => body.Labels };
export const ipamOptions: Mapping = { name: 'ipam.options', of: (body) => body.IPAM.Options };
export const auxAddresses: Mapping = {
  name: 'aux_addresses',
  of: (body) => (poolOf(body).AuxiliaryAddresses ??= {}),
};

/** The first pool of a request. */
export function poolOf({ IPAM }: NetworkBody, index = 0): NetworkBody['IPAM']['Config'][number] {
  const pool = IPAM.Config[index];
  if (pool === undefined) throw new Error(`it has no pool ${String(index)}`);
  return pool;
}

export function mutation(
  kind: Kind,
  field: string,
  change: Mutation['change'],
  says: Omit<Change, 'field'> | ((made: RawNetwork) => Omit<Change, 'field'>),
  more: Pick<Mutation, 'since' | 'until'> = {},
): Mutation {
  const values = typeof says === 'function' ? says : () => says;
  const label = [kind, field, ...(typeof says === 'function' ? [] : [says.from ?? []])].flat().join(' ');
  return { label, change, says: (made) => ({ field, ...values(made) }), ...more };
}

/** A flag that is the other way round by hand. */
export function flag(
  key: 'Internal' | 'Attachable' | 'Ingress' | 'EnableIPv4' | 'EnableIPv6',
  field: string,
  wanted: boolean,
  more: Pick<Mutation, 'since' | 'until'> = {},
): Mutation {
  const change: Mutation['change'] = (body) => (body[key] = !wanted);
  return mutation('different', field, change, { from: String(!wanted), to: String(wanted) }, more);
}

export function fewer(mapping: Mapping, key: string, value: string): Mutation {
  return mutation('fewer', `${mapping.name}.${key}`, (body) => Reflect.deleteProperty(mapping.of(body), key), {
    to: value,
  });
}

export function different(mapping: Mapping, key: string, value: string, by: string, since?: string): Mutation {
  const change: Mutation['change'] = (body) => (mapping.of(body)[key] = by);
  const says = { from: by, to: value };
  return mutation('different', `${mapping.name}.${key}`, change, says, since === undefined ? {} : { since });
}

export function oneMore(mapping: Mapping, key: string, by: string): Mutation {
  return mutation('more', `${mapping.name}.${key}`, (body) => (mapping.of(body)[key] = by), { from: by });
}

/** One entry fewer, of another value, and another entry more. */
export function allThree(mapping: Mapping, key: string, value: string, by: string, extra = by): readonly Mutation[] {
  return [fewer(mapping, key, value), different(mapping, key, value, by), oneMore(mapping, `${key}-more`, extra)];
}

/** What somebody may do by hand, since any answer is what was asked for. */
export function noDrift(label: string, reason: string, change: Mutation['change']): Mutation {
  return { label: `${label}: no drift`, reason, change, says: undefined };
}
