import type { HostFacts, Step } from '../model.js';
import { lint } from '../problem.js';
import type { Problem } from '../problem.js';
import { makesOverlay } from './kernel-kinds.js';
import { hasSeveralNodes } from './swarm-nodes.js';

/** Where nobody chose another one when the swarm was made. */
const DATA_PATH_PORT = 4789;

/**
 * What a firewall between the nodes has to let through, told once where a plan makes a swarm or an overlay of several of
 * them: what it drops, no engine notices. Nobody can see from here whether there is one.
 */
export function swarmPorts(
  steps: readonly Step[],
  facts: HostFacts,
  pathOf: (step: Step) => string,
): readonly Problem[] {
  const overlays = steps.filter(makesOverlay);
  const first = overlays[0] ?? steps.find(({ op }) => op === 'swarm.init');
  if (first === undefined || !hasSeveralNodes(facts)) return [];
  const encrypted = overlays.some(({ props }) => props.options['encrypted'] !== undefined);
  const port = facts.engine.swarm.dataPathPort ?? DATA_PATH_PORT;
  const esp = encrypted ? ', and the IP protocol 50 (ESP)' : '';
  const message = `the nodes of the swarm speak to one another by 2377/tcp (to managers), 7946/tcp, 7946/udp and ${port}/udp${esp}`;
  const hint = 'Let them through wherever a firewall stands between the hosts; what it drops shows nowhere.';
  return [lint('SWARM_PORTS', first.op === 'swarm.init' ? 'swarm' : pathOf(first), message, hint)];
}
