import type { Workload, WorkloadPlace, WorkloadPort } from '@netctl/core';
import { checksOf } from './conventions/check.js';
import { connectOf } from './conventions/connect.js';
import { limited } from './conventions/limit.js';
import { metaOf } from './conventions/meta.js';
import { nameOf } from './conventions/name.js';
import { portsOf } from './conventions/ports.js';
import { quote } from './conventions/report.js';
import type { Report } from './conventions/report.js';
import { setting, settingsOf } from './conventions/settings.js';
import type { Settings } from './conventions/settings.js';
import { tagsOf } from './conventions/tags.js';
import { readVariables } from './conventions/variables.js';
import type { Variable } from './conventions/variables.js';
import { weightsOf } from './conventions/weights.js';
import type { ServiceRegistration } from './registration.js';
import { serviceId } from './service-id.js';

/** Where services are looked for, and as whose. */
export interface ServiceScope {
  readonly stack: string;
  readonly host: string;
  readonly networks: ReadonlySet<string>;
}

/** A service, and the network that its address is on. */
export interface PlacedService {
  readonly service: ServiceRegistration;
  readonly network: string;
}

/** The services of one container: for each of its places on these networks, each of its ports. */
export function servicesOf(workload: Workload, scope: ServiceScope, report: Report): readonly PlacedService[] {
  const places = workload.places.filter(({ network }) => scope.networks.has(network)).sort(byNetwork);
  if (places.length === 0) return [];
  const variables = readVariables(workload, report);
  const there = portsOf(workload, variables);
  reportNoPort(there, variables, report);
  const ports = limited(there, variables, report);
  const several = ports.length > 1;
  return ports.flatMap((port) => {
    const settings = settingsOf(variables, port);
    if (setting(settings, 'ignore') !== undefined) return [];
    const name = nameOf(workload, port.port, several, settings, report);
    if (name === undefined) return [];
    const asked = { workload, port, name, settings, scope, report };
    return places.flatMap((place) =>
      serviceAt(place, asked).map((service): PlacedService => ({ service, network: place.network })),
    );
  });
}

interface Asked {
  readonly workload: Workload;
  readonly port: WorkloadPort;
  readonly name: string;
  readonly settings: Settings;
  readonly scope: ServiceScope;
  readonly report: Report;
}

function serviceAt(place: WorkloadPlace, asked: Asked): readonly ServiceRegistration[] {
  const { workload, port, name, settings, scope, report } = asked;
  const address = place.ipv4 ?? place.ipv6;
  if (address === undefined || address === '') {
    // Consul would give out the address of its own node instead.
    const message = `It has no address on network ${quote(place.network)}, and is not registered there.`;
    report('SERVICE_NO_ADDRESS', message, 'Give the network a subnet, or start the container again.');
    return [];
  }
  const checks = checksOf(settings, { containerId: workload.id, address, port: port.port }, report);
  if (checks === undefined) return [];
  const id = setting(settings, 'id')?.value;
  const { stack, host } = scope;
  return [
    {
      ID: serviceId({
        ...{ stack, host, network: place.network, container: workload.name, port },
        ...(id === undefined ? {} : { asked: id }),
      }),
      Name: name,
      Tags: tagsOf(settings, port.protocol, report),
      Address: address,
      Port: port.port,
      ...taggedAddresses(place, port),
      Meta: metaOf(settings, report),
      ...weightsOf(settings, report),
      ...(checks.length === 0 ? {} : { Checks: checks }),
      ...connectOf(settings, report),
    },
  ];
}

function taggedAddresses({ ipv4, ipv6 }: WorkloadPlace, { port: Port }: WorkloadPort) {
  if (ipv4 === undefined || ipv6 === undefined) return {};
  return { TaggedAddresses: { lan_ipv4: { Address: ipv4, Port }, lan_ipv6: { Address: ipv6, Port } } };
}

/** Many containers have no port and are no service; one with a name asks to be. */
function reportNoPort(ports: readonly WorkloadPort[], variables: readonly Variable[], report: Report): void {
  if (ports.length > 0) return;
  const of = (wanted: string): Variable | undefined =>
    variables.findLast(({ key, value }) => key === wanted && value !== '');
  const named = of('name');
  if (named === undefined || of('ignore') !== undefined) return;
  const message = `${named.written} is set, but neither its image nor its maker says on which port it listens: it is not registered.`;
  report('SERVICE_NO_PORT', message, 'Expose the port, or set SERVICE_<port>_NAME, as SERVICE_8080_NAME.');
}

function byNetwork(a: WorkloadPlace, b: WorkloadPlace): number {
  if (a.network !== b.network) return a.network < b.network ? -1 : 1;
  return a.networkId < b.networkId ? -1 : 1;
}
