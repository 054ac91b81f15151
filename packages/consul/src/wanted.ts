import type { Problem, Workload } from '@netctl/core';
import type { Report } from './conventions/report.js';
import type { KeptPlace } from './kept.js';
import type { ServiceRegistration } from './registration.js';
import { servicesOf } from './services.js';
import type { PlacedService } from './services.js';

export interface WantedInput {
  readonly stack: string;
  /** What tells this host from the others that may share its agent. */
  readonly host: string;
  /** The real names of the networks whose containers are services. */
  readonly networks: readonly string[];
  readonly workloads: readonly Workload[];
}

export interface ServiceOrigin {
  readonly container: string;
  readonly network: string;
}

export interface Wanted {
  /** No two have the same id. In an order that depends on nothing but what they are. */
  readonly services: readonly ServiceRegistration[];
  /** Which container each is of, and on which network, by their names; by the id of the service. */
  readonly origins: ReadonlyMap<string, ServiceOrigin>;
  /** Where containers are that the engine does not tell of. */
  readonly kept: readonly KeptPlace[];
  /** Each once, however many services it concerns; all are warnings. */
  readonly problems: readonly Problem[];
}

/**
 * The services that the running containers on these networks are: one for each exposed or declared port at each address,
 * with what the container says of them in Registrator's `SERVICE_*`. What is wrong in one is reported, and is nothing to
 * the others. Of two containers that ask for one id, the first by name has it.
 */
export function wantedServices(input: WantedInput): Wanted {
  const networks = new Set(input.networks);
  const services = new Map<string, PlacedService & { readonly of: Workload }>();
  const kept: KeptPlace[] = [];
  const problems = new Map<string, Problem>();
  for (const workload of [...input.workloads].sort(byName)) {
    if (workload.state !== 'running') continue;
    const report = reporter(workload, problems);
    if (workload.unread !== undefined) {
      const places = keptPlaces(workload, networks);
      if (places.length > 0) reportUnread(workload.unread, report);
      kept.push(...places);
      continue;
    }
    for (const placed of servicesOf(workload, { ...input, networks }, report)) {
      const { service } = placed;
      const holder = services.get(service.ID)?.of;
      if (holder === undefined) services.set(service.ID, { ...placed, of: workload });
      else
        reportTaken(
          service,
          holder.id === workload.id ? 'another of its services' : `container ${holder.name}`,
          report,
        );
    }
  }
  const all = [...services.values()];
  return {
    services: all.map(({ service }) => service),
    origins: new Map(all.map(({ service, network, of }) => [service.ID, { container: of.name, network }])),
    kept,
    problems: [...problems.values()],
  };
}

function keptPlaces({ name, places }: Workload, networks: ReadonlySet<string>): readonly KeptPlace[] {
  return places
    .filter(({ network }) => networks.has(network))
    .map(({ network, ipv4, ipv6 }) => ({ container: name, network, address: ipv4 ?? ipv6 ?? '' }));
}

function reportUnread(why: string, report: Report): void {
  const message = `What it says of its services cannot be read, and what Consul has of them stays as it is: ${why}.`;
  report('SERVICE_UNREAD', message, 'Look at the container (docker inspect) and at the engine (journalctl -u docker).');
}

function reportTaken({ ID }: ServiceRegistration, holder: string, report: Report): void {
  const message = `SERVICE_ID asks for the id ${ID}, which ${holder} has: this one is not registered.`;
  report('SERVICE_ID_TAKEN', message, 'Take SERVICE_ID away, or write SERVICE_<port>_ID with an id that no other has.');
}

/** Puts down what is said of a container, once. */
function reporter({ id, name }: Workload, problems: Map<string, Problem>): Report {
  return (code, message, hint) => {
    const problem: Problem = {
      code,
      severity: 'warning',
      path: 'discovery.consul',
      message: `Container ${name}: ${message}`,
      hint,
    };
    problems.set(JSON.stringify([id, code, message]), problem);
  };
}

/** Names are an engine's own; the ids are for lists that come from somewhere else. */
function byName(a: Workload, b: Workload): number {
  return compare(a.name, b.name) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
