import { isGoing } from '../endpoints.js';
import type { Place } from '../endpoints.js';
import { networkWithId } from '../lookup.js';
import type { FoundNetwork, HostFacts, Ref, StepOf } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { Attachment } from '../resolve/containers.js';
import { STACK_OPTION } from '../spec/containers.js';
import type { AttachmentInput } from './attachments.js';
import { endpointRef, linksBelow } from './moves.js';
import type { Draft } from './order.js';

/** The places that netctl gave to containers and that the spec no longer wants. */
export function unwantedPlaces(
  { facts, stack, attachments }: Omit<AttachmentInput, 'targets'>,
  targetsNow: () => AttachmentInput['targets'],
): readonly Place[] {
  const given = (facts.places ?? []).filter(({ endpoint }) => endpoint.config.driverOpts?.[STACK_OPTION] === stack);
  if (given.length === 0) return [];
  const targets = targetsNow();
  const wanted = new Set(
    attachments.map(({ container, network }) => `${targets.get(network)?.found?.id ?? ''} ${container.id}`),
  );
  return given.filter(({ networkId, endpoint }) => !wanted.has(`${networkId} ${endpoint.container}`));
}

/** The host as it is when these containers have left, whom nothing has to wait for. */
export function withoutPlaces(
  { facts, stack, attachments }: Omit<AttachmentInput, 'targets'>,
  leaving: readonly Place[],
): HostFacts {
  if (leaving.length === 0 && facts.parked === undefined) return facts;
  const places = new Set(leaving.map(({ networkId, endpoint }) => `${networkId} ${endpoint.container}`));
  const leaves = (networkId: string, container: string): boolean => places.has(`${networkId} ${container}`);
  const networks = facts.networks.map((found): FoundNetwork => {
    const { endpoints } = found;
    return {
      ...found,
      holders: found.holders.filter(({ id }) => !leaves(found.id, id)),
      ...(endpoints === undefined
        ? {}
        : { endpoints: endpoints.filter(({ container }) => !leaves(found.id, container)) }),
    };
  });
  // Whoever an earlier apply took off, and netctl had put there, only goes back where the spec still wants him.
  const parked = facts.parked?.filter(
    ({ network, endpoint }) =>
      endpoint.config.driverOpts?.[STACK_OPTION] !== stack ||
      attachments.some((one) => one.network === network && one.container.id === endpoint.container),
  );
  return { ...facts, networks, ...(parked === undefined ? {} : { parked }) };
}

/** Containers that netctl has put on a network leave it. */
export function detachments(
  leaving: readonly Place[],
  { facts, host }: Pick<AttachmentInput, 'facts' | 'host'>,
  refOf: (found: FoundNetwork) => Ref,
  why: string,
): readonly Draft[] {
  return leaving.flatMap(({ networkId, endpoint }) => {
    const found = networkWithId(facts, networkId);
    if (found === undefined) return [];
    const ref = refOf(found);
    const step: StepOf<'endpoint.detach'> = {
      op: 'endpoint.detach',
      host,
      ref: endpointRef(ref, endpoint),
      why,
      disruptive: true,
      network: found.name,
      networkId,
      endpoint,
    };
    return [{ step, after: [], before: [ref, ...linksBelow(found, facts)] }];
  });
}

/** Between two tries to start it no engine lets a container be connected or disconnected. */
export function restartingNow(name: string, path: string, what: string): Problem {
  return problem(
    'warning',
    'CONTAINER_RESTARTING',
    path,
    `the container ${name} ends and starts again all the time, and no engine lets such a one be ${what}`,
    'Mend it or stop it, and apply again.',
  );
}

/** Whether a container was made on a network. */
export function isHome(mode: string, name: string, found: Pick<FoundNetwork, 'id'> | undefined): boolean {
  if (mode === name || (mode === 'default' && name === 'bridge')) return true;
  return found !== undefined && /^[0-9a-f]{12,}$/.test(mode) && found.id.startsWith(mode);
}

/**
 * Whose places have to be read: those whom the spec names, and those who are where they were not made, as whoever netctl
 * has put somewhere is. It leaves no mark where a container was made, and nobody is put on the mesh of a swarm.
 */
export function containersToRead(attachments: readonly Attachment[], facts: HostFacts): readonly string[] {
  const modes = new Map((facts.containers ?? []).map(({ id, mode }) => [id, mode]));
  const guests = facts.networks
    .filter(({ props }) => props.ingress !== true)
    .flatMap((found) =>
      found.holders.flatMap(({ type, id, state }) => {
        const mode = modes.get(id);
        const guest = type === 'container' && !isGoing(state) && mode !== undefined && !isHome(mode, found.name, found);
        return guest ? [id] : [];
      }),
    );
  return [...new Set([...attachments.map(({ container }) => container.id), ...guests])];
}
