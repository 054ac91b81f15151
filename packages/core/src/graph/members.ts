import { canonicalAddress } from '../addresses/text.js';
import { addressesAsked } from '../endpoints.js';
import type { FoundNetwork, Holder, Ref } from '../model.js';
import { endpointRef } from '../plan/moves.js';
import { resolveContainers } from '../resolve/containers.js';
import type { Attachment } from '../resolve/containers.js';
import { attachmentsOf } from '../spec/containers.js';
import type { AttachmentFacts } from '../spec/containers.js';
import { detailsOf, unwantedOf, wantedState } from './host-view.js';
import type { HostView } from './host-view.js';
import { checksOfMember } from './proof.js';
import type { ProofCheck } from './proof.js';
import type { TopologyMember } from './topology.js';

/** A member that has no place in the drawing yet. */
export type Member = Omit<TopologyMember, 'id'> & { readonly container?: string };

/** Who is on a network, or is to be, as one host knows it, by name, with what of `checks` is about them. */
export function membersOf(
  view: HostView,
  ref: Ref,
  found: FoundNetwork | undefined,
  checks: readonly ProofCheck[],
): readonly Member[] {
  const { looked, spec, facts, host } = view;
  const holders = found?.holders ?? [];
  const attached = looked ? resolveContainers(spec, facts, host).attachments.filter((one) => one.network === ref) : [];
  const leaving = unwantedOf(view, 'endpoint').filter((item) => item.ref.startsWith(`endpoint:${keyOf(ref)}/`));
  const known = new Set(attached.map(({ container }) => container.id));
  const strangers = holders.filter(({ id }) => !known.has(id));
  const wanted = attached.map((one) =>
    attachedMember(
      view,
      one,
      holders.find(({ id }) => id === one.container.id),
    ),
  );
  const others = strangers.map((holder) => {
    const item = leaving.find(({ name }) => name === holder.name && holder.host === undefined);
    return holderMember(holder, item === undefined ? undefined : (item.why ?? 'the spec no longer has it'));
  });
  return [...wanted, ...others, ...absentMembers(view, ref, attached)]
    .map((member) => ({ ...member, checks: checksOfMember(checks, member.where ?? host, member.name) }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function keyOf(ref: Ref): string {
  return ref.replace(/^network:/, '');
}

function attachedMember(view: HostView, attachment: Attachment, holder: Holder | undefined): Member {
  const { container, config, network } = attachment;
  const has = [holder?.ipv4, holder?.ipv6].filter((address) => address !== undefined);
  const asked = addressesAsked(config);
  const addresses = has.length > 0 ? has : asked;
  return {
    container: container.id,
    name: container.name,
    ...wantedState(view, endpointRef(network, container)),
    addresses,
    run: container.state,
    about: [`container, ${container.state}`, ...addresses].join(', '),
    details: detailsOf([
      ['Address', has.join(', ')],
      ['Asked for', asked.join(', ')],
      ['MAC', config.mac],
      ['Aliases', config.aliases?.join(', ')],
      ['State', container.state],
      ['Id', container.id.slice(0, 12)],
    ]),
    checks: [],
  };
}

/** On the network, and not by the spec; `leaving`: by an earlier one. */
function holderMember({ id, name, type, state, ipv4, ipv6, host }: Holder, leaving: string | undefined): Member {
  const addresses = [ipv4, ipv6].filter((address) => address !== undefined);
  return {
    container: id,
    name,
    state: leaving === undefined ? 'other' : 'unwanted',
    ...(leaving === undefined ? {} : { why: leaving }),
    addresses,
    run: state,
    ...(host === undefined ? {} : { where: host }),
    about: [type === 'service' ? 'service' : `container, ${state}`, ...addresses].join(', '),
    details: detailsOf([
      ['Address', addresses.join(', ')],
      ['State', type === 'service' ? undefined : state],
      ['Host', host],
      ['Id', id.slice(0, 12)],
    ]),
    checks: [],
  };
}

/** Whom the spec wants on it, and who is not there yet. A service is Compose's to start, and told of where nobody has looked. */
function absentMembers(view: HostView, ref: Ref, attached: readonly Attachment[]): readonly Member[] {
  const { spec, host, looked } = view;
  return attachmentsOf(spec)
    .filter(
      ({ network, container, path }) =>
        network === keyOf(ref) &&
        (container === undefined
          ? !looked
          : (container.host ?? host) === host && attached.every((one) => one.path !== path())),
    )
    .map((one) => absentMember(one, looked));
}

function absentMember({ key, container, spec }: AttachmentFacts, looked: boolean): Member {
  const asked = { ipv4: spec.ipv4_address, ipv6: spec.ipv6_address };
  const addresses = [asked.ipv4, asked.ipv6].flatMap((address) =>
    address === undefined ? [] : [canonicalAddress(address)],
  );
  const label = container?.select?.label;
  const kind = container === undefined ? 'service' : 'container';
  return {
    name: key,
    state: looked ? 'missing' : 'wanted',
    ...(looked
      ? { why: label === undefined ? 'there is no such container yet' : 'no container has that label yet' }
      : {}),
    addresses,
    about: [label === undefined ? kind : `containers with the label ${label}`, ...addresses].join(', '),
    details: detailsOf([
      ['Label', label],
      ['Asked for', addresses.join(', ')],
      ['MAC', spec.mac ?? spec.mac_address],
      ['Aliases', spec.aliases?.join(', ')],
    ]),
    checks: [],
  };
}
