import { isAtWork } from '../endpoints.js';
import type { Endpoint } from '../endpoints.js';
import { NetctlError } from '../errors.js';
import type { ApiContainer, ApiContainerDetails } from './api.js';
import type { CallOptions, EngineClient } from './client.js';
import { statusOf } from './map-endpoint.js';
import { read, readList } from './read.js';

/** What an engine gives a container that does not say how long it takes to end. */
const DEFAULT_STOP_SECONDS = 10;
const STOP_SLACK_SECONDS = 30;

/** A container, and undefined when it is gone. */
export async function inspect(
  client: EngineClient,
  id: string,
  signal?: AbortSignal,
  limit: Pick<CallOptions, 'timeout'> = {},
): Promise<ApiContainerDetails | undefined> {
  try {
    return await read<ApiContainerDetails>(client, `/containers/${id}/json`, signal, limit);
  } catch (error) {
    // Of the errors one alone says that it is gone, and the list says it of every engine alike.
    if (!(error instanceof NetctlError) || error.code !== 'ENGINE_ERROR') throw error;
    const query = { all: '1', filters: JSON.stringify({ id: [id] }) };
    const listed = await readList<ApiContainer>(client, '/containers/json', signal, query);
    if (listed.some(({ Id }) => Id === id)) throw error;
    return undefined;
  }
}

export async function disconnect(
  client: EngineClient,
  networkId: string,
  container: string,
  signal?: AbortSignal,
): Promise<void> {
  await client.call('POST', `/networks/${networkId}/disconnect`, { body: { Container: container }, signal });
}

/** Only one that is started again afterwards is stopped, and it may take its time for that. */
export async function stop(
  client: EngineClient,
  { container, name, state }: Endpoint,
  { Config }: ApiContainerDetails,
  signal?: AbortSignal,
): Promise<void> {
  if (!isAtWork(state)) {
    throw new NetctlError(
      'CHANGED_MEANWHILE',
      `Container ${name} is restarting, and was ${state} when this was planned`,
      {
        hint: 'Somebody started it; run the same command again.',
      },
    );
  }
  const grace = Config?.StopTimeout ?? DEFAULT_STOP_SECONDS;
  const timeout = (grace + STOP_SLACK_SECONDS) * 1000;
  await orAlready(client, 'stop', container, (now) => !isAtWork(now), { timeout, signal });
}

export async function start(client: EngineClient, { container }: Endpoint, signal?: AbortSignal): Promise<void> {
  await orAlready(client, 'start', container, isAtWork, { signal });
}

/** An engine answers 304 where there is nothing to do. */
async function orAlready(
  client: EngineClient,
  what: 'start' | 'stop',
  container: string,
  done: (state: string) => boolean,
  options: CallOptions,
): Promise<void> {
  try {
    await client.call('POST', `/containers/${container}/${what}`, options);
  } catch (error) {
    const now = await inspect(client, container, options.signal);
    if (now === undefined || done(statusOf(now))) return;
    throw error;
  }
}
