import { NetctlError } from '../errors.js';
import { JOURNAL_NAME } from '../own-names.js';
import type { ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { LABEL_REF, LABEL_STACK, PREFIX } from './labels.js';
import { readList, unexpected } from './read.js';
import { claimName, keepsNamesUnique } from './unique-name.js';

/**
 * The engine's copy of the journal: a configuration network with the text in a label. No container can be on one, it
 * takes no addresses, and it survives `docker network prune` and a killed engine (measured on 20.10 to 28.5, with a
 * label of a megabyte). That its name is free once is the lock between machines.
 */
const LABEL_JOURNAL = `${PREFIX}journal`;

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

export function journalBody(stack: string, text: string): object {
  return {
    Name: JOURNAL_NAME,
    CheckDuplicate: true,
    // Engines before 20.10.2 want one, and none makes anything of it.
    Driver: 'bridge',
    ConfigOnly: true,
    Labels: { [LABEL_STACK]: stack, [LABEL_REF]: `network:${JOURNAL_NAME}`, [LABEL_JOURNAL]: text },
  };
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
    const { json } = await client.call('POST', '/networks/create', { body: journalBody(stack, text), signal });
    const id = (json as { Id?: string } | undefined)?.Id;
    if (id === undefined) throw unexpected(client, 'POST /networks/create');
    if (!keepsNamesUnique(apiVersion)) await claimName(client, JOURNAL_NAME, id, signal);
    return id;
  } catch (error) {
    // It was refused since there is one, or the answer was lost on the way: what is there now tells.
    const [there] = await journalsOf(client).catch(() => []);
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

/** Without a signal, as whatever has to be known after something went wrong. */
async function journalsOf(client: EngineClient): Promise<readonly ApiNetwork[]> {
  const query = { filters: JSON.stringify({ name: [JOURNAL_NAME] }) };
  const networks = await readList<ApiNetwork>(client, '/networks', undefined, query);
  return networks.filter(({ Name }) => Name === JOURNAL_NAME);
}

export async function dropJournal(client: EngineClient, id: string): Promise<void> {
  try {
    // Without a signal: what is over must not look unfinished.
    await client.call('DELETE', `/networks/${id}`);
  } catch (error) {
    const there = await journalsOf(client);
    if (there.some(({ Id }) => Id === id)) throw error;
  }
}
