import { NetctlError } from '../errors.js';
import type { Owner } from '../model.js';
import { SWARM_MARK_NAME } from '../own-names.js';
import type { ApiInfo, ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { LABEL_REF, LABEL_STACK, readOwner } from './labels.js';
import { memoryBody } from './memory-network.js';
import { read } from './read.js';
import { makeNamed, networksOf } from './unique-name.js';

/** That netctl took this engine into a swarm, and for which stack: nothing of a swarm can tell who joined it. */
export function toSwarmMark({ Name, ConfigOnly, Labels }: ApiNetwork): Owner | undefined {
  return Name === SWARM_MARK_NAME && ConfigOnly === true ? readOwner(Labels ?? {}) : undefined;
}

/** Before the engine joins, so that whatever happens then is known to be ours. */
export async function markSwarm(client: EngineClient, apiVersion: string, { stack, ref }: Owner): Promise<void> {
  try {
    const labels = { [LABEL_STACK]: stack, [LABEL_REF]: ref };
    await makeNamed(client, apiVersion, SWARM_MARK_NAME, memoryBody(SWARM_MARK_NAME, labels));
  } catch (error) {
    const [there] = await networksOf(client, SWARM_MARK_NAME);
    const owner = there === undefined ? undefined : toSwarmMark(there);
    if (owner?.stack === stack) return;
    if (there === undefined) throw error;
    throw new NetctlError(
      'CHANGED_MEANWHILE',
      owner === undefined
        ? `A network ${SWARM_MARK_NAME} is there that netctl did not make`
        : `The stack ${owner.stack} has taken this engine into a swarm, or is about to`,
      { hint: `Look at \`docker network inspect ${SWARM_MARK_NAME}\`, and at which stack the host belongs to.` },
    );
  }
}

/** Where the engine is in no swarm. */
export async function unmarkOutside(client: EngineClient): Promise<void> {
  const { Swarm } = await read<ApiInfo>(client, '/info');
  if ((Swarm?.LocalNodeState ?? 'inactive') === 'inactive') await unmarkSwarm(client);
}

/** Last, when the engine has left. */
export async function unmarkSwarm(client: EngineClient): Promise<void> {
  for (const { Id = '' } of await networksOf(client, SWARM_MARK_NAME)) await client.call('DELETE', `/networks/${Id}`);
}
