import { parseAddress } from '../addresses/prefix.js';
import type { AttachmentSpec } from './container-schema.js';
import type { NamedAddress } from './facts.js';
import { formatPath } from './path.js';
import type { Segment } from './path.js';
import type { ContainerSpec, Spec } from './schema.js';

/** The endpoint option by which an engine from 28 on is told the name of the interface in the container. */
export const INTERFACE_OPTION = 'com.docker.network.endpoint.ifname';

/** The endpoint option that says which stack made an attachment; every engine keeps it. */
export const STACK_OPTION = 'io.netctl.stack';

/** A container's wish to be on one network, as it is written. */
export interface AttachmentFacts {
  /** Of the container in the file. */
  readonly key: string;
  readonly container: ContainerSpec;
  /** Of the network in the file. */
  readonly network: string;
  readonly spec: AttachmentSpec;
  /** The place of a key of it, for problems. */
  readonly path: (...segments: readonly Segment[]) => string;
}

/** Every rule looks at all of them, and there may be thousands. */
const known = new WeakMap<Spec['containers'], readonly AttachmentFacts[]>();

export function attachmentsOf({ containers }: Pick<Spec, 'containers'>): readonly AttachmentFacts[] {
  const before = known.get(containers);
  if (before !== undefined) return before;
  const all = Object.entries(containers).flatMap(([key, container]) =>
    Object.entries(container.networks).map(([network, attachment]) => ({
      key,
      container,
      network,
      spec: attachment,
      path: (...segments: readonly Segment[]) => formatPath(['containers', key, 'networks', network, ...segments]),
    })),
  );
  known.set(containers, all);
  return all;
}

/** The static addresses of one attachment that can be read. */
export function staticsOf({ key, spec, path }: AttachmentFacts): readonly NamedAddress[] {
  return ([4, 6] as const).flatMap((family) => {
    const field = `ipv${family}_address` as const;
    const text = spec[field];
    const address = text === undefined ? undefined : parseAddress(text);
    return address?.family === family ? [{ name: key, path: path(field), address }] : [];
  });
}

/** What containers want of each network, by its key in the file. */
export function attachmentsByNetwork(spec: Pick<Spec, 'containers'>): ReadonlyMap<string, readonly AttachmentFacts[]> {
  const result = new Map<string, AttachmentFacts[]>();
  for (const one of attachmentsOf(spec)) {
    const known = result.get(one.network);
    if (known === undefined) result.set(one.network, [one]);
    else known.push(one);
  }
  return result;
}

/** The MAC that is asked for, by whichever of its two keys. */
export function macOf({ mac, mac_address }: AttachmentSpec): string | undefined {
  return mac ?? mac_address;
}
