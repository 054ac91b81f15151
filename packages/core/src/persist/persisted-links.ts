import { NetctlError } from '../errors.js';
import type { LinkFacts, LinkProps } from '../links.js';
import { linkAlias } from '../marks.js';
import type { HostFacts, HostName, LinkResource, Ref } from '../model.js';
import { NO_NET_ADMIN } from '../plan/link-checks.js';
import { makeLinksPlan, withoutEngine } from '../plan/links-only.js';
import type { Problem } from '../problem.js';
import { resolve } from '../resolve/resolve.js';
import { hostsOf, specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { list } from '../spec/show.js';
import { storedSpec } from './stored-spec.js';

/** A link that is to be there after a reboot, with the mark by which netctl knows it for its own. */
export interface PersistedLink {
  readonly role: LinkResource['role'];
  readonly ref: Ref;
  /** With every address, route and MAC decided. */
  readonly props: LinkProps;
  readonly alias: string;
}

/** What is to be made of a host's links when it boots. */
export interface PersistedLinks {
  readonly stack: string;
  /** In an order in which they can be made. */
  readonly links: readonly PersistedLink[];
  /** The links below them, which are others', and have to be there first. */
  readonly parents: readonly string[];
  /** A spec of these links alone, which needs no variables, no engine and no other file. */
  readonly spec: string;
}

/**
 * What a spec wants of the links of a host, decided once and for all; pure. `named` is for a spec that names hosts, `mayBeNone`
 * for who keeps something else too.
 * @throws NetctlError USAGE without a host where there are several, REFUSED where there is nothing to keep, or something
 * against it
 */
export function persistedLinks(
  loaded: LoadedSpec,
  facts: LinkFacts,
  named?: HostName,
  mayBeNone = false,
): PersistedLinks {
  const host = hostOf(loaded, named);
  const spec = specOn(loaded.spec, host);
  const stack = spec.name;
  const seen = withoutEngine(facts);
  const { links } = resolve(spec, host, seen);
  const problems = against(loaded, host, seen);
  if (problems.length > 0) {
    throw new NetctlError('REFUSED', 'Nothing was written: these links cannot be made', { problems });
  }
  if (links.length === 0 && !mayBeNone) {
    throw new NetctlError('REFUSED', `The spec of ${stack} asks for no VLAN link and no shim: nothing would be lost`, {
      hint: 'Docker keeps its networks over a reboot by itself.',
    });
  }
  return {
    stack,
    links: lowestFirst(links).map(({ role, ref, props }) => ({ role, ref, props, alias: linkAlias({ stack, ref }) })),
    parents: parentsBelow(links),
    spec: storedSpec(spec, host, seen, links),
  };
}

/** What an apply meets now and a boot does not: another kernel may be booted, and whoever is on a link is not there yet. */
const ONLY_NOW: readonly string[] = ['LINK_IN_USE', 'KERNEL_LACKS', 'PARENT_DOWN', NO_NET_ADMIN];

/** What an apply would refuse, since nobody is asked at boot: a shim over the router would cut the host off then. */
function against(loaded: LoadedSpec, host: HostName, facts: HostFacts): readonly Problem[] {
  const { problems } = makeLinksPlan(loaded, host, facts);
  return problems.filter(({ severity, code }) => severity === 'error' && !ONLY_NOW.includes(code));
}

function parentsBelow(links: readonly LinkResource[]): readonly string[] {
  const made = new Set(links.map(({ props }) => props.name));
  return [...new Set(links.flatMap(({ props }) => (made.has(props.parent) ? [] : [props.parent])))].sort();
}

function hostOf({ spec, file }: LoadedSpec, named: HostName | undefined): HostName {
  const hosts = hostsOf(spec);
  if (named !== undefined && !Object.hasOwn(spec.hosts, named)) {
    throw new NetctlError('USAGE', `${file} has no host ${named}`, { hint: `It has ${list(hosts)}.` });
  }
  const host = named ?? hosts[0];
  if (host === undefined || (named === undefined && hosts.length > 1)) {
    throw new NetctlError('USAGE', `${file} is for several hosts, and each keeps its own links`, {
      hint: `Run it on each of them, and say which one that is: --on ${hosts[0] ?? ''}`,
    });
  }
  return host;
}

function lowestFirst(links: readonly LinkResource[]): readonly LinkResource[] {
  const rest = [...links];
  const result: LinkResource[] = [];
  while (rest.length > 0) {
    // A spec in which VLANs stand on one another in a circle is invalid.
    const at = rest.findIndex(({ props }) => !rest.some((other) => other.props.name === props.parent));
    result.push(...rest.splice(Math.max(at, 0), 1));
  }
  return result;
}
