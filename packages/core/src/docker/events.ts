import type { EngineClient } from './client.js';

/** What an engine tells of something that has happened on it. It is a reason to look, and no state to go by. */
export interface EngineEvent {
  /** `container`, `network`, `daemon`, `service`, `node`; `unknown` for what could not be read. */
  readonly type: string;
  /** Docker's word: `start`, `die`, `disconnect`, `health_status: healthy` … */
  readonly action: string;
  /** Of what it is about. Empty for a prune, which is about many. */
  readonly id: string;
  readonly name?: string;
  /** The id of the container that was connected or disconnected. */
  readonly container?: string;
}

/**
 * The engine sends these and no others. Health checks alone make three events at each run (`exec_create`, `exec_start`,
 * `exec_die`). A node and a service are told of by managers alone.
 */
const FILTERS = {
  type: ['container', 'network', 'daemon', 'service', 'node'],
  event: [
    ...['create', 'start', 'die', 'destroy', 'rename', 'pause', 'unpause', 'health_status'],
    ...['connect', 'disconnect', 'update', 'remove', 'prune', 'reload'],
  ],
};

/**
 * `GET /events`, for as long as the engine sends and the signal allows. Nothing is told of what happened before `onOpen`:
 * the engine keeps no more than the last 256.
 */
export async function readEvents(
  client: EngineClient,
  onEvent: (event: EngineEvent) => void,
  signal: AbortSignal,
  onOpen?: () => void,
): Promise<void> {
  const query = { filters: JSON.stringify(FILTERS) };
  await client.stream('/events', {
    query,
    signal,
    onLine: (line) => onEvent(toEvent(line)),
    ...(onOpen && { onOpen }),
  });
}

const UNKNOWN: EngineEvent = { type: 'unknown', action: 'unknown', id: '' };

/** Also what cannot be read is a reason to look. */
function toEvent(line: string | undefined): EngineEvent {
  if (line === undefined) return UNKNOWN;
  try {
    const { Type, Action, Actor } = JSON.parse(line) as ApiEvent;
    const { name, container } = Actor?.Attributes ?? {};
    return {
      type: text(Type) ?? 'unknown',
      action: text(Action) ?? 'unknown',
      id: text(Actor?.ID) ?? '',
      ...(text(name) === undefined ? {} : { name: text(name) }),
      ...(text(container) === undefined ? {} : { container: text(container) }),
    } as EngineEvent;
  } catch {
    return UNKNOWN;
  }
}

interface ApiEvent {
  readonly Type?: unknown;
  readonly Action?: unknown;
  readonly Actor?: { readonly ID?: unknown; readonly Attributes?: Readonly<Record<string, unknown>> | null } | null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
