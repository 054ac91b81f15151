import { topologyOf } from '../graph/build.js';
import type { Proof } from '../graph/proof.js';
import type { Topology } from '../graph/topology.js';
import type { Problem } from '../problem.js';
import type { LoadedSpec } from '../spec/load.js';
import { lookAtAll } from './hosts.js';
import type { Targets } from './hosts.js';
import { statusOf } from './status.js';

/**
 * Looks at all hosts as `status` does, for a drawing of what is wanted and what is there; writes nothing. A host that cannot
 * be reached is drawn as it is wanted, and is among the problems (HOST_UNREACHABLE), unless none can.
 */
export async function observeTopology(
  loaded: LoadedSpec,
  targets: Targets,
  { proof, signal }: { readonly proof?: Proof; readonly signal?: AbortSignal } = {},
): Promise<{ readonly topology: Topology; readonly problems: readonly Problem[] }> {
  const { plan, observed } = await lookAtAll(loaded, targets, { partial: true }, signal);
  const seen = { observed, items: statusOf(loaded, observed, plan), problems: plan.problems };
  return { topology: topologyOf(loaded, { seen, ...(proof && { proof }) }), problems: plan.problems };
}
