import { NetctlError } from '../errors.js';
import { JOURNAL_NAME } from '../own-names.js';
import type { ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { LABEL_REF, LABEL_STACK, PREFIX } from './labels.js';
import { memoryBody } from './memory-network.js';
import { makeNamed, networksOf } from './unique-name.js';

/** The engine's copy of the journal. That its name is free once is the lock between machines. */
const LABEL_JOURNAL = `${PREFIX}journal`;

/** A copy of the journal in the engine: the id of the network that carries it, and its text. */
export interface EngineJournal {
  readonly id: string;
  readonly text: string;
}

export function isJournal(network: ApiNetwork): boolean {
  return network.Name === JOURNAL_NAME && network.ConfigOnly === true && textOf(network) !== undefined;
}

export function toJournal(network: ApiNetwork): EngineJournal {
  return { id: network.Id ?? '', text: textOf(network) ?? '' };
}

function textOf({ Labels }: ApiNetwork): string | undefined {
  return Labels?.[LABEL_JOURNAL];
}

/** The id of the copy; undefined when another netctl's is there. */
export async function keepJournal(
  client: EngineClient,
  apiVersion: string,
  stack: string,
  text: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const labels = { [LABEL_STACK]: stack, [LABEL_REF]: `network:${JOURNAL_NAME}`, [LABEL_JOURNAL]: text };
    return await makeNamed(client, apiVersion, JOURNAL_NAME, memoryBody(JOURNAL_NAME, labels), signal);
  } catch (error) {
    // It was refused since there is one, or the answer was lost on the way: what is there now tells, whatever was aborted.
    const [there] = await networksOf(client, JOURNAL_NAME).catch(() => []);
    if (there !== undefined && textOf(there) === text) return there.Id;
    if (there !== undefined && !isJournal(there)) throw taken(there);
    if (there !== undefined && error instanceof NetctlError && error.code === 'ENGINE_ERROR') return undefined;
    throw error;
  }
}

function taken({ Id = '' }: ApiNetwork): NetctlError {
  return new NetctlError(
    'REFUSED',
    `Nothing was changed: a network ${JOURNAL_NAME} is there that netctl did not make`,
    {
      hint: `netctl keeps its journal by that name; remove the network: docker network rm ${Id.slice(0, 12)}`,
    },
  );
}

export async function dropJournal(client: EngineClient, id: string): Promise<void> {
  try {
    // Without a signal: what is over must not look unfinished.
    await client.call('DELETE', `/networks/${id}`);
  } catch (error) {
    const there = await networksOf(client, JOURNAL_NAME);
    if (there.some(({ Id }) => Id === id)) throw error;
  }
}
