import { NetctlError } from '../errors.js';
import type { HostFacts } from '../model.js';
import { isOfSwarm } from '../spec/hosts.js';
import type { Spec } from '../spec/schema.js';

/**
 * A swarm that has lost too many of its managers answers nothing, so what a stack has there can be neither seen nor changed.
 * What is local to the host goes on: a stack that has nothing of the swarm needs no leader.
 * @throws NetctlError ENGINE_ERROR
 */
export function refuseLeaderless(facts: HostFacts, { name, networks, swarm }: Spec): void {
  const { networks: found, swarmOwner } = facts;
  const isWanted = swarm !== undefined || Object.values(networks).some(isOfSwarm);
  const isThere = found.some(({ owner, props }) => props.scope === 'swarm' && owner?.stack === name);
  if (isWanted || isThere || swarmOwner?.stack === name) refuseWithoutLeader(facts);
}

/**
 * For those who have to know all that is there.
 * @throws NetctlError ENGINE_ERROR
 */
export function refuseWithoutLeader({ engine: { swarm } }: HostFacts): void {
  if (swarm.leaderless !== true) return;
  const message = 'The swarm that this engine is a manager of has no leader, and answers nothing';
  throw new NetctlError('ENGINE_ERROR', swarm.error === undefined ? message : `${message}: ${swarm.error}`, {
    hint: 'Bring more than half of its managers back. If they are gone for good: docker swarm init --force-new-cluster makes this one the only manager.',
  });
}
