import type { EngineBackend } from '../docker/backend.js';
import { NetctlError } from '../errors.js';
import type { StepArgs } from '../model.js';
import { pause } from '../pause.js';

/** The managers wait for 15 s until they call a node down. */
const DOWN_MS = 60_000;
const BETWEEN_LOOKS_MS = 500;

/**
 * Takes a node off the list whose host was in no swarm when it was looked at. An engine that is about to stop says that of
 * itself too, and one that is off the list when it comes back is lost to the swarm: so it is asked again once the managers
 * call it down.
 * @throws NetctlError CHANGED_MEANWHILE when it is a node, or cannot be asked
 */
export async function forgetFormer(
  { node, nodeId }: StepArgs['swarm.forget'],
  manager: EngineBackend,
  engine: EngineBackend,
): Promise<void> {
  const end = performance.now() + DOWN_MS;
  for (;;) {
    const { nodes = [] } = (await manager.observe()).engine.swarm;
    const found = nodes.find(({ id }) => id === nodeId);
    if (found === undefined) return;
    await refuseNode(node, nodeId, engine);
    if (found.state === 'down') break;
    if (performance.now() > end) throw isBack(node, `its node is ${found.state}`);
    await pause(BETWEEN_LOOKS_MS, undefined);
  }
  await manager.forgetNode(nodeId);
}

async function refuseNode(node: string, nodeId: string, engine: EngineBackend): Promise<void> {
  const now = await engine.observe().catch((error: unknown) => {
    throw isBack(node, 'it does not answer', error);
  });
  if (now.engine.swarm.nodeId === nodeId) throw isBack(node, 'it is that node');
}

function isBack(node: string, why: string, cause?: unknown): NetctlError {
  const hint = 'It was restarted, as it seems; run the same command again.';
  return new NetctlError('CHANGED_MEANWHILE', `${node} was in no swarm when this was planned, and now ${why}`, {
    hint,
    cause,
  });
}
