import type { Workload, WorkloadPlace, WorkloadPort } from '../workloads.js';
import type { ApiContainer, ApiContainerDetails } from './api.js';
import type { EngineClient } from './client.js';
import { inspect } from './containers.js';
import { readList } from './read.js';

/** What of a container no list has, and what does not change while it has its id. */
type Made = Pick<Workload, 'image' | 'env' | 'exposed'>;

const AT_ONCE = 4;

/**
 * Reads the containers that run, paused ones too: one call for all, and one more for each that was not there the last time.
 * What is remembered is about those alone that are there.
 */
export function workloadReader(client: EngineClient): (signal?: AbortSignal) => Promise<readonly Workload[]> {
  let remembered: ReadonlyMap<string, Made> = new Map();
  return async (signal) => {
    const listed = await readList<ApiContainer>(client, '/containers/json', signal);
    const ids = new Set(listed.map(({ Id = '' }) => Id));
    const known = new Map([...remembered].filter(([id]) => ids.has(id)));
    const strangers = listed.flatMap(({ Id = '' }) => (known.has(Id) ? [] : [Id]));
    const worker = async (): Promise<void> => {
      for (let id = strangers.shift(); id !== undefined; id = strangers.shift()) {
        const details = await inspect(client, id, signal);
        // One that has gone since is no workload.
        if (details !== undefined) known.set(id, toMade(details));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    remembered = known;
    return listed.flatMap((container): readonly Workload[] => {
      const made = known.get(container.Id ?? '');
      return made === undefined ? [] : [toWorkload(container, made)];
    });
  };
}

function toMade({ Config }: ApiContainerDetails): Made {
  return {
    image: Config?.Image ?? '',
    env: Object.fromEntries((Config?.Env ?? []).map(splitVariable)),
    exposed: Object.keys(Config?.ExposedPorts ?? {})
      .flatMap(toPort)
      .sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1)),
  };
}

function splitVariable(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** `80/tcp` */
function toPort(text: string): readonly WorkloadPort[] {
  const [, port, protocol] = /^(\d+)\/(tcp|udp|sctp)$/.exec(text) ?? [];
  return isProtocol(protocol) ? [{ port: Number(port), protocol }] : [];
}

function isProtocol(text: string | undefined): text is WorkloadPort['protocol'] {
  return text === 'tcp' || text === 'udp' || text === 'sctp';
}

function toWorkload({ Id = '', Names, State, Labels, Ports, NetworkSettings }: ApiContainer, made: Made): Workload {
  return {
    id: Id,
    // Links of other containers are among the names, as /other/alias.
    name: (Names?.find((name) => name.lastIndexOf('/') === 0) ?? Id).replace(/^\//, ''),
    state: State ?? 'unknown',
    labels: Labels ?? {},
    ...made,
    published: (Ports ?? []).flatMap(({ IP = '', PrivatePort, PublicPort, Type }) =>
      PrivatePort === undefined || PublicPort === undefined || !isProtocol(Type)
        ? []
        : [{ port: PrivatePort, protocol: Type, hostPort: PublicPort, hostIp: IP }],
    ),
    places: Object.entries(NetworkSettings?.Networks ?? {}).map(([network, endpoint]): WorkloadPlace => {
      const { NetworkID = '', IPAddress = '', GlobalIPv6Address = '' } = endpoint ?? {};
      return {
        network,
        networkId: NetworkID,
        ...(IPAddress === '' ? {} : { ipv4: IPAddress }),
        ...(GlobalIPv6Address === '' ? {} : { ipv6: GlobalIPv6Address }),
      };
    }),
  };
}
