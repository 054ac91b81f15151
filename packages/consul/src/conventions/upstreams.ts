import type { UpstreamRegistration } from '../registration.js';
import { quote } from './report.js';
import type { Report } from './report.js';
import type { Variable } from './variables.js';

/**
 * `name:port[:datacenter]`, separated by commas, as Consul on Kubernetes writes upstreams: where the service finds another
 * at its own loopback. What is wrong is left out: of two alike the agent takes both, and its servers refuse the sidecar.
 */
export function upstreamsOf({ written, value }: Variable, report: Report): readonly UpstreamRegistration[] {
  const bound = new Set<number>();
  const named = new Set<string>();
  return value.split(',').flatMap((text) => {
    if (text.trim() === '') return [];
    const upstream = parse(text.trim());
    const name = `${upstream?.DestinationName ?? ''}:${upstream?.Datacenter ?? ''}`;
    const fault =
      upstream === undefined
        ? 'is no upstream'
        : bound.has(upstream.LocalBindPort)
          ? 'has a port that another upstream has'
          : named.has(name)
            ? 'is there twice'
            : undefined;
    if (upstream !== undefined && fault === undefined) {
      bound.add(upstream.LocalBindPort);
      named.add(name);
      return [upstream];
    }
    const hint = 'Write name:port or name:port:datacenter, separated by commas, each port once.';
    report('SERVICE_CONNECT_INVALID', `${written}: ${quote(text.trim())} ${fault ?? ''}, and is left out.`, hint);
    return [];
  });
}

function parse(text: string): UpstreamRegistration | undefined {
  const [, name, digits, datacenter] = /^([A-Za-z0-9_.-]+):([1-9]\d{0,4})(?::([A-Za-z0-9_-]+))?$/.exec(text) ?? [];
  const port = Number(digits);
  if (name === undefined || port > 65_535) return undefined;
  return {
    DestinationName: name,
    LocalBindPort: port,
    ...(datacenter === undefined ? {} : { Datacenter: datacenter }),
  };
}
