import { NetctlError } from '../errors.js';
import type { Workload, WorkloadPlace, WorkloadPort } from '../workloads.js';
import type { ApiContainer, ApiContainerDetails } from './api.js';
import type { EngineClient } from './client.js';
import { inspect } from './containers.js';
import { readList } from './read.js';

/** What of a container no list has, and what does not change while it has its id. */
type Made = Pick<Workload, 'image' | 'env' | 'exposed'>;

const UNREAD: Made = { image: '', env: {}, exposed: [] };

const NOT_ASKED = 'the engine did not answer for others, and was not asked';

const AT_ONCE = 4;

/** Milliseconds. An engine has all of this in its memory; a container that hangs keeps no other one waiting for long. */
const INSPECT_TIMEOUT = 5000;

/**
 * Reads the containers that run, paused ones too: one call for all, and one more for each that was not there the last time.
 * What is remembered is about those alone that are there. One that the engine cannot tell of is `unread`, and asked about
 * again the next time.
 */
export function workloadReader(client: EngineClient): (signal?: AbortSignal) => Promise<readonly Workload[]> {
  let remembered: ReadonlyMap<string, Made> = new Map();
  let failed = new Map<string, string>();
  return async (signal) => {
    const listed = await readList<ApiContainer>(client, '/containers/json', signal);
    const ids = new Set(listed.map(({ Id = '' }) => Id));
    const known = new Map([...remembered].filter(([id]) => ids.has(id)));
    const strangers = listed.flatMap(({ Id = '' }) => (known.has(Id) ? [] : [Id]));
    // What failed before comes last, where it keeps nobody waiting.
    failed = new Map([...failed].filter(([id]) => ids.has(id)));
    const queue = [...strangers.filter((id) => !failed.has(id)), ...failed.keys()];
    remembered = known;
    const worker = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        try {
          const details = await inspect(client, id, signal, { timeout: INSPECT_TIMEOUT });
          // One that has gone since is no workload.
          if (details !== undefined) known.set(id, toMade(details));
          failed.delete(id);
        } catch (error) {
          if (!isOfTheContainer(error)) throw error;
          // Behind those that failed longer ago.
          failed.delete(id);
          failed.set(id, error.message);
          // So that a read has an end however many of them hang.
          if (error.code === 'ENGINE_TIMEOUT') return;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return listed.flatMap((container): readonly Workload[] => {
      const { Id = '' } = container;
      const made = known.get(Id);
      if (made !== undefined) return [toWorkload(container, made)];
      const why = failed.get(Id) ?? (queue.includes(Id) ? NOT_ASKED : undefined);
      return why === undefined ? [] : [{ ...toWorkload(container, UNREAD), unread: why }];
    });
  };
}

/** The engine is there, and fails at this one. */
function isOfTheContainer(error: unknown): error is NetctlError {
  return error instanceof NetctlError && (error.code === 'ENGINE_ERROR' || error.code === 'ENGINE_TIMEOUT');
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
