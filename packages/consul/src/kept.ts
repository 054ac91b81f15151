import type { Live, LiveService } from './live.js';
import { isOwn } from './marks.js';
import type { ServiceOwner } from './marks.js';
import { canBeOf } from './service-id.js';

/** A place of a container of which nothing more is known: what is registered of it there stays as it is. */
export interface KeptPlace {
  readonly container: string;
  /** The network's real name. */
  readonly network: string;
  readonly address: string;
}

/** The ids of the owner's entries at these places, with their sidecars. */
export function keptIds(places: readonly KeptPlace[], { services }: Live, owner: ServiceOwner): ReadonlySet<string> {
  const own = [...services.values()].filter((one) => isOwn(one, owner));
  const isKept = ({ ID: id, Address: at }: LiveService): boolean =>
    places.some((place) => place.address === at && canBeOf(id, { ...owner, ...place }));
  const ids = new Set(own.filter(isKept).map(({ ID: id }) => id));
  return new Set(own.filter((one) => ids.has(one.ID) || ids.has(one.Destination)).map(({ ID: id }) => id));
}
