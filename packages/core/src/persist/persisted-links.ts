import { NetctlError } from '../errors.js';
import { parentMissing } from '../kinds/parent-checks.js';
import type { LinkFacts, LinkProps } from '../links.js';
import { linkNamed } from '../lookup.js';
import { linkAlias } from '../marks.js';
import type { HostName, LinkResource, Ref } from '../model.js';
import { located } from '../plan/plan.js';
import { withoutEngine } from '../plan/links-only.js';
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
 * What a spec wants of the links of a host, decided once and for all; pure. `host` is for a spec that names hosts.
 * @throws NetctlError USAGE without a host where there are several, REFUSED where there is nothing to keep, or something
 * against it
 */
export function persistedLinks(loaded: LoadedSpec, facts: LinkFacts, named?: HostName): PersistedLinks {
  const host = hostOf(loaded, named);
  const spec = specOn(loaded.spec, host);
  const stack = spec.name;
  const seen = withoutEngine(facts);
  const { links, problems } = resolve(spec, host, seen);
  const made = new Set(links.map(({ props }) => props.name));
  const below = links.filter(({ props }) => !made.has(props.parent));
  const missing = below.filter(({ props }) => linkNamed(seen, props.parent) === undefined);
  const against = [
    ...problems.filter(({ severity }) => severity === 'error'),
    // A shim has its MAC from the link below, so that has to be seen once.
    ...missing.map(({ path, props }) => parentMissing(path, props.parent, seen)),
  ];
  if (against.length > 0) {
    const found = against.map((one) => located(one, loaded, host));
    throw new NetctlError('REFUSED', 'Nothing was written: these links cannot be made', { problems: found });
  }
  if (links.length === 0) {
    throw new NetctlError('REFUSED', `The spec of ${stack} asks for no VLAN link and no shim: nothing would be lost`, {
      hint: 'Docker keeps its networks over a reboot by itself.',
    });
  }
  return {
    stack,
    links: lowestFirst(links).map(({ role, ref, props }) => ({ role, ref, props, alias: linkAlias({ stack, ref }) })),
    parents: [...new Set(below.map(({ props }) => props.parent))].sort(),
    spec: storedSpec(spec, host, seen, links),
  };
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
