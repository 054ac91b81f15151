import { canonicalAddress } from '../addresses/text.js';
import { isGoing } from '../endpoints.js';
import type { EndpointConfig, FoundContainer } from '../endpoints.js';
import type { HostFacts, HostName, Ref } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { attachmentsByContainer, INTERFACE_OPTION, macOf } from '../spec/containers.js';
import type { AttachmentFacts } from '../spec/containers.js';
import { LOCAL } from '../spec/hosts.js';
import { canonicalMac, stableMac } from '../spec/mac.js';
import { formatPath } from '../spec/path.js';
import type { ContainerSpec, Spec } from '../spec/schema.js';
import { list, quote } from '../spec/show.js';

/** A container that is there, and a network that it is to be on. */
export interface Attachment {
  /** Of the network. */
  readonly network: Ref;
  readonly container: FoundContainer;
  readonly path: string;
  /** What is asked for, without the mark. */
  readonly config: EndpointConfig;
}

export interface ResolvedContainers {
  readonly attachments: readonly Attachment[];
  readonly problems: readonly Problem[];
}

/** Whom the spec means among the containers that are there, and what each of them is to have on which network. */
export function resolveContainers(spec: Spec, { containers = [] }: HostFacts, host: HostName): ResolvedContainers {
  const present = containers.filter(({ state }) => !isGoing(state)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const attachments: Attachment[] = [];
  const problems: Problem[] = [];
  const all = attachmentsByContainer(spec);
  // By the id of the container, then by the network: what has a say in that.
  const taken = new Map<string, Map<string, string>>();
  const names = host === LOCAL ? [spec.name] : [spec.name, host];
  for (const [key, container] of Object.entries(spec.containers)) {
    // It is there for what it has of a network of the swarm.
    if (container.host !== undefined && container.host !== host) continue;
    const path = formatPath(['containers', key]);
    const meant = meantBy(key, container, present, path);
    problems.push(...meant.problems);
    const wishes = all.get(key) ?? [];
    if (meant.containers.length > 1) problems.push(...wishes.flatMap((wish) => ofOneAlone(wish, meant.containers)));
    for (const found of meant.containers) {
      const places = taken.get(found.id) ?? new Map<string, string>();
      taken.set(found.id, places);
      for (const wish of wishes) {
        const at = wish.path();
        const other = places.get(wish.network);
        if (other !== undefined) {
          const message = `this is the container ${found.name}, and ${other} says what it has on ${wish.network} already`;
          problems.push(problem('error', 'CONTAINER_TWICE', at, message, 'Remove one of the two.'));
          continue;
        }
        places.set(wish.network, at);
        attachments.push({
          network: `network:${wish.network}`,
          container: found,
          path: at,
          config: configOf(wish, wishes, found, names),
        });
      }
    }
  }
  return { attachments, problems };
}

/** By its name, its id, the beginning of its id, or a label. */
function meantBy(
  key: string,
  { select }: ContainerSpec,
  present: readonly FoundContainer[],
  path: string,
): { readonly containers: readonly FoundContainer[]; readonly problems: readonly Problem[] } {
  if (select !== undefined) {
    const { label } = select;
    const at = label.indexOf('=');
    const [name, value] = at < 0 ? [label, undefined] : [label.slice(0, at), label.slice(at + 1)];
    const containers = present.filter(
      ({ labels }) => Object.hasOwn(labels, name) && (value === undefined || labels[name] === value),
    );
    const message = `no container has the label ${label} yet`;
    const missing = problem('note', 'CONTAINER_MISSING', path, message, 'It is put on its networks by the next apply.');
    return { containers, problems: containers.length === 0 ? [missing] : [] };
  }
  const named = present.find(({ name, id }) => name === key || id === key);
  const begun = /^[0-9a-f]+$/.test(key) ? present.filter(({ id }) => id.startsWith(key)) : [];
  const containers = named === undefined ? begun : [named];
  if (containers.length === 1) return { containers, problems: [] };
  if (containers.length > 1) {
    const message = `${quote(key)} is the beginning of several ids: ${list(containers.map(({ name }) => name))}`;
    return { containers: [], problems: [problem('error', 'CONTAINER_AMBIGUOUS', path, message, 'Write the name.')] };
  }
  const message = `there is no container ${key} yet`;
  const hint = 'It is put on its networks by the next apply.';
  return { containers, problems: [problem('note', 'CONTAINER_MISSING', path, message, hint)] };
}

/** What two containers cannot both have. */
function ofOneAlone({ spec, path }: AttachmentFacts, containers: readonly FoundContainer[]): readonly Problem[] {
  const keys = (['ipv4_address', 'ipv6_address', 'link_local_ips', 'mac_address', 'mac'] as const).filter(
    (key) => spec[key] !== undefined && spec[key] !== 'stable',
  );
  return keys.map((key) => {
    const message = `the label selects ${String(containers.length)} containers (${list(containers.map(({ name }) => name))}), and only one can have it`;
    return problem('error', 'STATIC_FOR_SEVERAL', path(key), message, 'Name the container, or leave it out.');
  });
}

function configOf(
  wish: AttachmentFacts,
  wishes: readonly AttachmentFacts[],
  container: FoundContainer,
  /** What tells its stable MAC from that of its namesake elsewhere. */
  names: readonly string[],
): EndpointConfig {
  const { spec, network } = wish;
  const { ipv4_address: ipv4, ipv6_address: ipv6, aliases = [], link_local_ips: linkLocal = [] } = spec;
  const driverOpts = driverOptsOf(spec);
  const wanted = macOf(spec);
  const mac = wanted === 'stable' ? stableMac(...names, network, container.name) : wanted && canonicalMac(wanted);
  const gwPriority = priorityOf(wish, wishes);
  return {
    ...(ipv4 === undefined ? {} : { ipv4: canonicalAddress(ipv4) }),
    ...(ipv6 === undefined ? {} : { ipv6: canonicalAddress(ipv6) }),
    ...(linkLocal.length === 0 ? {} : { linkLocal: linkLocal.map(canonicalAddress) }),
    ...(aliases.length === 0 ? {} : { aliases: [...new Set(aliases)] }),
    ...(driverOpts === undefined ? {} : { driverOpts }),
    ...(mac === undefined ? {} : { mac }),
    ...(gwPriority === undefined || gwPriority === 0 ? {} : { gwPriority }),
  };
}

function driverOptsOf({
  driver_opts: options = {},
  interface_name: name,
}: AttachmentFacts['spec']): EndpointConfig['driverOpts'] | undefined {
  if (name !== undefined) return { ...options, [INTERFACE_OPTION]: name };
  return Object.keys(options).length === 0 ? undefined : options;
}

/** `default_route` is a priority above, or below, those of the container's other networks. */
export function priorityOf({ spec }: AttachmentFacts, wishes: readonly AttachmentFacts[]): number | undefined {
  if (spec.default_route === undefined) return spec.gw_priority;
  const others = [0, ...wishes.flatMap((other) => other.spec.gw_priority ?? [])];
  return spec.default_route ? Math.max(...others) + 1 : Math.min(...others) - 1;
}
