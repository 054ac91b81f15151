import { contains, parseAddress, parsePrefix } from '../addresses/prefix.js';
import type { HostFacts, Step } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { CheckInput } from './check-input.js';

interface NewRoute {
  readonly destination: string;
  readonly by: string;
  readonly step: Step;
}

/** Who is logged in by ssh stays so: no new route of a shim or a bridge is a closer one to where he is. */
export function clientChecks({ facts, steps, wanted }: CheckInput): readonly Problem[] {
  const { clients = [] } = facts.links ?? {};
  if (clients.length === 0) return [];
  const paths = new Map([...wanted.links, ...wanted.networks].map(({ ref, path }) => [ref, path]));
  const routes = steps.flatMap(newRoutes);
  return clients.flatMap((client) => {
    const thief = routes.find((route) => isCloser(route, client, facts));
    if (thief === undefined) return [];
    const message = `the route to ${thief.destination} by ${thief.by} would take over the way to ${client}, from where you are logged in by ssh`;
    const cure = 'Choose addresses without it, or run netctl from elsewhere: another host, or a console.';
    return [problem('error', 'COVERS_SSH_CLIENT', paths.get(thief.step.ref) ?? '', message, cure)];
  });
}

function newRoutes(step: Step): readonly NewRoute[] {
  if (step.op === 'link.add') {
    return step.props.routes.map(({ destination }) => ({ destination, by: step.props.name, step }));
  }
  if (step.op === 'link.set') {
    return (step.change.addRoutes ?? []).map(({ destination }) => ({ destination, by: step.name, step }));
  }
  // Other drivers give the host no address, and so no route.
  if (step.op !== 'network.create' || step.props.driver !== 'bridge' || step.props.configOnly === true) return [];
  const subnets = step.props.ipam.config.flatMap(({ subnet }) => subnet ?? []);
  return subnets.map((destination) => ({ destination, by: `the bridge of ${step.name}`, step }));
}

/** Longer than all that lead to the client now: the longest prefix is the one that counts. */
function isCloser({ destination }: NewRoute, client: string, { links }: HostFacts): boolean {
  const length = lengthTowards(destination, client);
  if (length === undefined) return false;
  return (links?.routes ?? []).every((route) => (lengthTowards(route.destination, client) ?? -1) < length);
}

/** The length of a prefix that has the address; undefined for one that has not. */
function lengthTowards(destination: string, address: string): number | undefined {
  const [prefix, parsed] = [parsePrefix(destination)?.prefix, parseAddress(address)];
  if (prefix === undefined || parsed === undefined) return undefined;
  return prefix.family === parsed.family && contains(prefix, parsed) ? prefix.length : undefined;
}
