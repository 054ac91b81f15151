import { setTimeout as sleep } from 'node:timers/promises';

import { NetctlError } from '../errors.js';
import { compareVersions } from '../versions.js';
import type { ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { readOwner } from './labels.js';
import { readList, unexpected } from './read.js';

/** How long those that were made at the same moment may take to find out that they have to go: five seconds. */
const LOOKS = 100;
const BETWEEN_LOOKS_MS = 50;

/** From API 1.44 (engine 25.0) on an engine makes one network of a name, however many ask at once. */
export function keepsNamesUnique(apiVersion: string): boolean {
  return compareVersions(apiVersion, '1.44') >= 0;
}

/**
 * Makes a network, and sees to it that it is the only one of its name; its id.
 * @throws NetctlError as `claimName` does
 */
export async function makeNamed(
  client: EngineClient,
  apiVersion: string,
  name: string,
  body: object,
  signal?: AbortSignal,
): Promise<string> {
  const id = await postNetwork(client, body, signal);
  if (!keepsNamesUnique(apiVersion)) await claimName(client, name, id, signal);
  return id;
}

/** Makes a network whose name nobody else comes to; its id. */
export async function postNetwork(client: EngineClient, body: object, signal?: AbortSignal): Promise<string> {
  const { json } = await client.call('POST', '/networks/create', { body, signal });
  const id = (json as { Id?: string } | undefined)?.Id;
  if (id === undefined) throw unexpected(client, 'POST /networks/create');
  return id;
}

/**
 * Makes sure that a network just made is the only one of its name, on an engine that looks for the name before it makes
 * the network, and not while: twelve asked for at once are twelve. It returns only after a list in which the network is
 * alone. Of two, the one that the engine shows later lists the other, so two cannot both return. Where one is not
 * netctl's, ours goes; among netctl's the oldest stays and the others go, each removed by whoever made it. One that
 * stays all the same has seen nobody and returned already: then ours goes, however old.
 * @throws NetctlError ENGINE_ERROR when another has the name; the network just made is removed then
 */
export async function claimName(
  client: EngineClient,
  name: string,
  id: string,
  signal?: AbortSignal,
  mostLooks = LOOKS,
): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const namesakes = await networksOf(client, name, signal);
    const mine = namesakes.find(({ Id }) => Id === id);
    const others = namesakes.filter(({ Id }) => Id !== id);
    if (others.length === 0) return;
    const winner = others.find((other) => !isMarked(other) || isOlder(other, mine));
    if (winner !== undefined || looks === mostLooks) {
      throw await giveUp(client, name, id, winner ?? others[0]);
    }
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** The networks of exactly this name. */
export async function networksOf(
  client: EngineClient,
  name: string,
  signal?: AbortSignal,
): Promise<readonly ApiNetwork[]> {
  // The filter finds parts of names too.
  const query = { filters: JSON.stringify({ name: [name] }) };
  const networks = await readList<ApiNetwork>(client, '/networks', signal, query);
  return networks.filter(({ Name }) => Name === name);
}

function isMarked({ Labels }: ApiNetwork): boolean {
  return readOwner(Labels ?? {}) !== undefined;
}

/** Any order will do that is the same for everybody who looks. */
function isOlder(other: ApiNetwork, mine: ApiNetwork | undefined): boolean {
  const [theirs, ours] = [madeAt(other), madeAt(mine)];
  return theirs === ours ? (other.Id ?? '') < (mine?.Id ?? '') : theirs < ours;
}

function madeAt(network: ApiNetwork | undefined): number {
  return Date.parse(network?.Created ?? '') || 0;
}

/** What was just made is empty, and is addressed by its id: the name means two networks. */
async function giveUp(client: EngineClient, name: string, id: string, other?: ApiNetwork): Promise<NetctlError> {
  const message = `Another network named ${name} (${(other?.Id ?? '').slice(0, 12)}) was made at the same moment, and this engine does not keep names apart`;
  try {
    // Without the signal: half of this is worse than none.
    await client.call('DELETE', `/networks/${id}`);
  } catch (cause) {
    return new NetctlError('ENGINE_ERROR', `${message}; ours could not be removed again`, {
      hint: `Remove it by its id: docker network rm ${id}`,
      cause,
    });
  }
  return new NetctlError('ENGINE_ERROR', `${message}; ours is removed again`, {
    hint: 'Run the same command again to see whose it is; engine 25.0 and newer make one network of a name.',
  });
}
