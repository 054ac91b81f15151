import { NetctlError } from '../errors.js';
import type { Adoption, FoundNetwork, Owner, StepArgs } from '../model.js';
import { ADOPTED_PREFIX } from '../own-names.js';
import type { ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { LABEL_ADOPTS, ownerLabels, readAsked, readOwner } from './labels.js';
import { memoryBody } from './memory-network.js';
import { makeNamed, networksOf } from './unique-name.js';

/**
 * The mark of a network that netctl did not make. Labels cannot be changed, so they are on a network beside it. Making
 * that is the whole adoption; its name, of which there can be one, keeps two stacks from adopting one network.
 */
function markName(networkId: string): string {
  return `${ADOPTED_PREFIX}${networkId.slice(0, 12)}`;
}

/** What a network is the mark of; undefined for any other. */
export function toAdoption({ Id = '', Name, ConfigOnly, Labels }: ApiNetwork): Adoption | undefined {
  const labels = Labels ?? {};
  const networkId = labels[LABEL_ADOPTS];
  const owner = readOwner(labels);
  if (ConfigOnly !== true || networkId === undefined || owner === undefined) return undefined;
  if (Name !== markName(networkId)) return undefined;
  const asked = readAsked(labels);
  return { id: Id, networkId, owner, ...(asked === undefined ? {} : { asked }) };
}

/** A network with what its mark says, if there is one; its own labels are those of its maker. */
export function withMark(found: FoundNetwork, adoptions: readonly Adoption[]): FoundNetwork {
  const mark = adoptions.find(({ networkId }) => networkId === found.id);
  if (mark === undefined) return found;
  const { id, name, props, holders } = found;
  const { owner, asked } = mark;
  return { id, name, props, owner, adopted: true, ...(asked === undefined ? {} : { asked }), holders };
}

/**
 * Makes the mark of a network; one that is there already and says the same is no error.
 * @throws NetctlError CHANGED_MEANWHILE when another netctl was quicker
 */
export async function adoptNetwork(
  client: EngineClient,
  apiVersion: string,
  { name, id, asked }: StepArgs['network.adopt'],
  owner: Owner,
  signal?: AbortSignal,
): Promise<void> {
  const mark = markName(id);
  try {
    const labels = { ...ownerLabels(owner, asked), [LABEL_ADOPTS]: id };
    await makeNamed(client, apiVersion, mark, memoryBody(mark, labels), signal);
  } catch (error) {
    if (!(error instanceof NetctlError) || error.code !== 'ENGINE_ERROR') throw error;
    const [there] = (await networksOf(client, mark, signal)).flatMap((network) => toAdoption(network) ?? []);
    if (there === undefined) throw error;
    if (there.owner.stack === owner.stack && there.owner.ref === owner.ref) return;
    throw new NetctlError(
      'CHANGED_MEANWHILE',
      `The stack ${there.owner.stack} has adopted the network ${name} meanwhile`,
      {
        hint: 'Run the same command again, to see what that means.',
        cause: error,
      },
    );
  }
}
