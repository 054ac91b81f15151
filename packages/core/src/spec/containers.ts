import { parseAddress } from '../addresses/prefix.js';
import { groupBy } from '../group-by.js';
import { remembered } from '../remembered.js';
import type { AttachmentSpec } from './container-schema.js';
import type { NamedAddress } from './facts.js';
import { formatPath } from './path.js';
import type { Segment } from './path.js';
import type { ContainerSpec, Spec } from './schema.js';
import type { ServiceSpec } from './service-schema.js';

/** The endpoint option by which an engine from 28 on is told the name of the interface in the container. */
export const INTERFACE_OPTION = 'com.docker.network.endpoint.ifname';

/** The endpoint option that says which stack made an attachment; every engine keeps it. */
export const STACK_OPTION = 'io.netctl.stack';

/** The wish of a container, or of a service of a Compose file, to be on one network, as it is written. */
export interface AttachmentFacts {
  /** Of the container or service in the file. */
  readonly key: string;
  /** Undefined for a service, which Compose puts on its networks. */
  readonly container?: ContainerSpec;
  /** How many containers the wish is of. */
  readonly copies: number;
  /** Of a service: it is not there without one of these, where there are any. */
  readonly profiles: readonly string[];
  /** Of the network in the file. */
  readonly network: string;
  readonly spec: AttachmentSpec;
  /** The static addresses that can be read. */
  readonly statics: readonly NamedAddress[];
  /** The place of a key of it, for problems. */
  readonly path: (...segments: readonly Segment[]) => string;
}

/** The parts of a spec that want something of a network. */
type Guests = Pick<Spec, 'containers'> & Partial<Pick<Spec, 'services'>>;

/** Every rule looks at all of them, and there may be thousands. */
export const attachmentsOf = remembered((spec: Guests): readonly AttachmentFacts[] => {
  const ofContainers = Object.entries(spec.containers).flatMap(([key, container]) =>
    Object.entries(container.networks).map(([network, spec]): AttachmentFacts => {
      const path = (...segments: readonly Segment[]): string =>
        formatPath(['containers', key, 'networks', network, ...segments]);
      return { key, container, copies: 1, profiles: [], network, spec, statics: staticsOf(key, spec, path), path };
    }),
  );
  return [...ofContainers, ...Object.entries(spec.services ?? {}).flatMap(placesOfService)];
});

function placesOfService([key, service]: readonly [string, ServiceSpec]): readonly AttachmentFacts[] {
  const places = Object.entries(service.networks);
  return places.map(([network, place]) => {
    // A MAC of the whole service is for its one network; with several, the engine chooses which.
    const common = places.length === 1 && !service.elsewhere ? service.mac_address : undefined;
    const ownMac = place.mac_address !== undefined || common === undefined;
    const at = ['services', key];
    const path = (...segments: readonly Segment[]): string =>
      formatPath(
        segments[0] === 'mac_address' && !ownMac ? [...at, ...segments] : [...at, 'networks', network, ...segments],
      );
    const { copies, profiles } = service;
    const spec = ownMac ? place : { ...place, mac_address: common };
    return { key, copies, profiles, network, spec, statics: staticsOf(key, spec, path), path };
  });
}

/** Whether two services can be there at once: those of profiles that have none in common are mostly one or the other. */
export function canMeet(one: AttachmentFacts, other: AttachmentFacts): boolean {
  if (one.profiles.length === 0 || other.profiles.length === 0) return true;
  return one.profiles.some((profile) => other.profiles.includes(profile));
}

const FIELDS = [
  [4, 'ipv4_address'],
  [6, 'ipv6_address'],
] as const;

function staticsOf(name: string, spec: AttachmentSpec, path: AttachmentFacts['path']): readonly NamedAddress[] {
  return FIELDS.flatMap(([family, field]) => {
    const text = spec[field];
    const address = text === undefined ? undefined : parseAddress(text);
    return address?.family === family ? [{ name, path: path(field), address }] : [];
  });
}

/** What containers want of each network, by its key in the file. */
export const attachmentsByNetwork = remembered((spec: Guests) =>
  groupBy(attachmentsOf(spec), ({ network }) => [network]),
);

/** What each container of the spec wants, by its key in the file. */
export const attachmentsByContainer = remembered((spec: Guests) =>
  groupBy(attachmentsOf(spec), ({ key, container }) => (container === undefined ? [] : [key])),
);

/** The MAC that is asked for, by whichever of its two keys. */
export function macOf({ mac, mac_address }: AttachmentSpec): string | undefined {
  return mac ?? mac_address;
}
