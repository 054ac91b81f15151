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

export function attachmentsOf(spec: Pick<Spec, 'containers'>): readonly AttachmentFacts[] {
  return Object.entries(spec.containers).flatMap(([key, container]) =>
    Object.entries(container.networks).map(([network, attachment]) => ({
      key,
      container,
      network,
      spec: attachment,
      path: (...segments) => formatPath(['containers', key, 'networks', network, ...segments]),
    })),
  );
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

/** The static addresses of all containers on a network. */
export function staticsOn(spec: Pick<Spec, 'containers'>, network: string): readonly NamedAddress[] {
  return attachmentsOf(spec).flatMap((one) => (one.network === network ? staticsOf(one) : []));
}

/** The MAC that is asked for, by whichever of its two keys. */
export function macOf({ mac, mac_address }: AttachmentSpec): string | undefined {
  return mac ?? mac_address;
}
