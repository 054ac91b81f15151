import { NetctlError } from '../errors.js';
import type { HostName } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { priorityOf } from '../resolve/containers.js';
import { attachmentsOf, macOf } from '../spec/containers.js';
import type { AttachmentFacts } from '../spec/containers.js';
import { pathOn, specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { canonicalMac } from '../spec/mac.js';
import { formatPath } from '../spec/path.js';
import type { ContainerSpec, Spec } from '../spec/schema.js';
import { list, quote } from '../spec/show.js';

/** A service's place on a network, in Compose's words. */
export interface ComposePlace {
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly aliases?: readonly string[];
  readonly link_local_ips?: readonly string[];
  readonly mac_address?: string;
  readonly driver_opts?: Readonly<Record<string, string>>;
  readonly gw_priority?: number;
  readonly interface_name?: string;
}

/** What a Compose file says to use the networks of a stack, as plain data; each `$` is doubled, as Compose reads it. */
export interface ComposeUse {
  readonly services?: Readonly<Record<string, { readonly networks: Readonly<Record<string, ComposePlace>> }>>;
  readonly networks: Readonly<Record<string, { readonly external: true; readonly name?: string }>>;
}

const SERVICE_LABEL = 'com.docker.compose.service=';
/** What Compose takes for the name of a service (compose-spec.json). */
const SERVICE = /^[a-zA-Z0-9._-]+$/;

/** What the text for Compose is to contain. */
export interface ComposeUseOptions {
  /** What the spec says of containers too. */
  readonly services: boolean;
  /** The host that the project runs on, where the spec names hosts. */
  readonly host?: HostName;
}

/**
 * How a Compose project uses the networks of a stack: all that containers can be on, and with `services` what the spec says
 * of containers too. Throws NetctlError REFUSED with everything that Compose has no words for, and USAGE for a host that the
 * spec does not have.
 */
export function composeUse({ spec: whole, locate }: LoadedSpec, { services, host }: ComposeUseOptions): ComposeUse {
  const spec = viewOf(whole, host);
  const problems = [...networkProblems(spec), ...(services ? serviceProblems(spec) : [])];
  if (problems.length > 0) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    throw new NetctlError('REFUSED', `This cannot be said in a Compose file: ${count}`, {
      problems: problems.map((one) => {
        const path = host === undefined ? one.path : pathOn(whole, host, one.path);
        return { ...one, path, ...locate(path) };
      }),
    });
  }
  const networks = usable(spec).map(([key, { name = key }]) => {
    return [key, { external: true, ...(name === key ? {} : { name }) }] as const;
  });
  const named = Object.entries(spec.containers).map(([key, container]) => {
    const wishes = attachmentsOf({ containers: { [key]: container } });
    const places = wishes.map((wish) => [wish.network, placeOf(wish, wishes)] as const);
    return [serviceOf(key, container) ?? key, { networks: Object.fromEntries(places) }] as const;
  });
  return escaped({
    ...(services && named.length > 0 ? { services: Object.fromEntries(named) } : {}),
    networks: Object.fromEntries(networks),
  });
}

/** A Compose project runs on one host. */
function viewOf(spec: Spec, host: HostName | undefined): Spec {
  const hosts = Object.keys(spec.hosts);
  if (hosts.length === 0 && host === undefined) return spec;
  if (host !== undefined && hosts.includes(host)) return specOn(spec, host);
  const named = host === undefined ? 'The spec is for several hosts' : `The spec has no host ${quote(host)}`;
  throw new NetctlError('USAGE', `${named}, and a Compose project runs on one`, {
    hint: hosts.length === 0 ? 'Leave out --on.' : `Name it with --on: ${list(hosts)}.`,
  });
}

/** Nobody can be on a configuration, or on the routing mesh of a swarm. */
function usable({ networks }: Spec): readonly (readonly [string, Spec['networks'][string]])[] {
  return Object.entries(networks).filter(([, one]) => one.config_only !== true && one.ingress !== true);
}

function serviceOf(key: string, { select }: ContainerSpec): string | undefined {
  if (select === undefined) return key;
  const { label } = select;
  return label.startsWith(SERVICE_LABEL) ? label.slice(SERVICE_LABEL.length) : undefined;
}

function placeOf(wish: AttachmentFacts, wishes: readonly AttachmentFacts[]): ComposePlace {
  const { aliases = [], link_local_ips: linkLocal = [], driver_opts: options = {}, ...spec } = wish.spec;
  const mac = canonicalMac(macOf(wish.spec) ?? '');
  const priority = priorityOf(wish, wishes) ?? 0;
  return {
    ...(spec.ipv4_address === undefined ? {} : { ipv4_address: spec.ipv4_address }),
    ...(spec.ipv6_address === undefined ? {} : { ipv6_address: spec.ipv6_address }),
    ...(aliases.length === 0 ? {} : { aliases: [...new Set(aliases)] }),
    ...(linkLocal.length === 0 ? {} : { link_local_ips: [...new Set(linkLocal)] }),
    ...(mac === undefined ? {} : { mac_address: mac }),
    ...(Object.keys(options).length === 0 ? {} : { driver_opts: options }),
    ...(priority === 0 ? {} : { gw_priority: priority }),
    ...(spec.interface_name === undefined ? {} : { interface_name: spec.interface_name }),
  };
}

function networkProblems(spec: Spec): readonly Problem[] {
  return usable(spec)
    .filter(([key]) => isExtension(key))
    .map(([key, { name = key }]) => {
      const hint = `Give the network another key, and write name: ${name} at it.`;
      return unsaid(formatPath(['networks', key]), extension(key), hint);
    });
}

function serviceProblems(spec: Spec): readonly Problem[] {
  const taken = new Map<string, string>();
  return Object.entries(spec.containers).flatMap(([key, container]): readonly Problem[] => {
    const path = formatPath(['containers', key]);
    const service = serviceOf(key, container);
    if (service === undefined) {
      const message = `The label ${quote(container.select?.label ?? '')} does not name a service of Compose.`;
      return [unsaid(path, message, `Write select: { label: ${SERVICE_LABEL}NAME }.`)];
    }
    const other = taken.get(service);
    taken.set(service, path);
    const problems = attachmentsOf({ containers: { [key]: container } }).flatMap(placeProblems);
    if (other !== undefined) {
      const message = `This is the service ${quote(service)}, and so is ${other}.`;
      problems.push(unsaid(path, message, 'Make one entry of the two.'));
    }
    if (!SERVICE.test(service)) {
      const message = `${quote(service)} cannot be the name of a service of Compose.`;
      problems.push(unsaid(path, message, 'Use letters, digits, "_", "." and "-".'));
    } else if (isExtension(service)) {
      problems.push(unsaid(path, extension(service), 'Choose the service by another name.'));
    }
    return problems;
  });
}

function placeProblems({ spec, path }: AttachmentFacts): Problem[] {
  const problems = Object.keys(spec.driver_opts ?? {})
    .filter(isExtension)
    .map((key) => unsaid(path('driver_opts', key), extension(key), 'Leave it out.'));
  if (macOf(spec) === 'stable') {
    const message = 'A stable MAC follows from the name of the container, which is for Compose to choose.';
    problems.push(unsaid(path(spec.mac === undefined ? 'mac_address' : 'mac'), message, 'Write the address.'));
  }
  return problems;
}

/** Compose leaves out whatever has such a key, where its own schema says that it is a name too (compose-go 2.9). */
function isExtension(key: string): boolean {
  return key.startsWith('x-');
}

function extension(key: string): string {
  return `Compose takes ${quote(key)} for an extension, and leaves it out.`;
}

function unsaid(path: string, message: string, hint: string): Problem {
  return problem('error', 'NOT_IN_COMPOSE', path, message, hint);
}

/** Compose puts variables into values, and not into keys. */
function escaped<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$') as T;
  if (Array.isArray(value)) return value.map((one: unknown) => escaped(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escaped(one as unknown)])) as T;
}
