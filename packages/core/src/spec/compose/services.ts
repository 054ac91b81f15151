import type { Segment } from '../path.js';
import { list, quote, show } from '../show.js';
import { suggest } from '../suggest.js';
import type { Mark } from '../text/marks.js';
import { isMapping } from '../mapping.js';
import type { ProjectNetworks } from './networks.js';
import { entriesOf, mappingOf, partAt } from './part.js';
import type { Part } from './part.js';
import type { Report } from './report.js';

/** What the services of a project have on the networks that netctl makes, in the form of service-schema.ts. */
export function readServices(project: Part, networks: ProjectNetworks, report: Report): Part | undefined {
  const services = partAt(project, 'services');
  if (services === undefined) return undefined;
  if (!isMapping(services.value)) {
    const message = `This must be a mapping of names to services, and is ${show(services.value)}.`;
    report('error', 'WRONG_TYPE', ['services'], message, 'Write "name:" lines below it.');
    return undefined;
  }
  return mappingOf(
    entriesOf(services).flatMap(([key, service]): readonly (readonly [string, Part])[] => {
      if (isMapping(service.value)) return [[key, readService(key, service, networks, report)]];
      const message = `The service ${quote(key)} must be a mapping, and is ${show(service.value)}.`;
      report('error', 'WRONG_TYPE', ['services', key], message, 'Write "key: value" lines below it.');
      return [];
    }),
    services.mark,
  );
}

function readService(key: string, service: Part, networks: ProjectNetworks, report: Report): Part {
  const places = placesOf(key, service, networks, report);
  const plain = (value: unknown, of: string): Part => ({ value, mark: service.mark.children?.get(of) ?? service.mark });
  const own = places.filter(([network]) => networks.names.has(network));
  const mac = partAt(service, 'mac_address');
  const ports = partAt(service, 'ports')?.value;
  const profiles = partAt(service, 'profiles')?.value;
  const part = (of: string): Mark => partAt(service, of)?.mark ?? service.mark;
  return mappingOf(
    [
      ['networks', mappingOf(own, part('networks'))],
      ['elsewhere', plain(own.length < places.length, 'networks')],
      // What is taken over from another service may be in a file that is not one of the project.
      ['partial', plain(partAt(service, 'extends') !== undefined, 'extends')],
      ['ports', plain(Array.isArray(ports) && ports.length > 0, 'ports')],
      ['copies', plain(copiesOf(service), 'scale')],
      ['profiles', plain(Array.isArray(profiles) ? profiles.filter((one) => typeof one === 'string') : [], 'profiles')],
      ...(mac === undefined || mac.value === null ? [] : [['mac_address', mac] as const]),
    ],
    service.mark,
  );
}

/** The networks that a service is on; of those that are not the project's to name, `network_mode` can say one. */
function placesOf(
  key: string,
  service: Part,
  { keys, names, isKnown }: ProjectNetworks,
  report: Report,
): readonly (readonly [string, Part])[] {
  const nothing = (at: Part): Part => ({ value: null, mark: { ...at.mark, scalar: false } });
  const written = partAt(service, 'networks');
  if (written !== undefined && written.value !== null && !isMapping(written.value)) {
    const message = `networks of the service ${quote(key)} must be a mapping or a list of names, and is ${show(written.value)}.`;
    report('error', 'WRONG_TYPE', ['services', key, 'networks'], message, 'Write a list: [one, two].');
    return [];
  }
  const entries = entriesOf(written);
  for (const [network] of entries) {
    if (!isKnown || keys.has(network) || network === 'default') continue;
    const at: readonly Segment[] = ['services', key, 'networks', network];
    const meant = suggest(network, [...keys]);
    const known = keys.size === 0 ? 'The file has no networks.' : `The networks here are ${list([...keys])}.`;
    const message = `The service ${quote(key)} is on the network ${quote(network)}, which the file does not have.`;
    report('error', 'UNKNOWN_NETWORK', at, message, meant === undefined ? known : `Did you mean ${meant}?`);
  }
  const mode = partAt(service, 'network_mode');
  if (mode !== undefined) {
    const named = [...names].find(([, name]) => name === mode.value)?.[0];
    return named === undefined ? entries : [...entries, [named, nothing(mode)]];
  }
  // Compose puts a service that says nothing on the network `default` (compose-go, loader/normalize.go).
  if (entries.length > 0 || partAt(service, 'provider') !== undefined) return entries;
  return [['default', nothing(service)]];
}

/** How many containers Compose makes of it. */
function copiesOf(service: Part): number {
  const deploy = partAt(service, 'deploy');
  const written =
    partAt(service, 'scale')?.value ?? (deploy === undefined ? undefined : partAt(deploy, 'replicas')?.value);
  const copies = Number(written ?? 1);
  return Number.isSafeInteger(copies) && copies >= 0 ? copies : 1;
}
