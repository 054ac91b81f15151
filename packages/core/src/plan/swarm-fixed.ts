import { canonicalPrefix } from '../addresses/text.js';
import type { HostFacts, HostName } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { formatPath } from '../spec/path.js';
import type { SwarmSpec } from '../spec/swarm-schema.js';

/** What was settled when the swarm was made, or when the host joined, and is otherwise than the spec says. */
export function fixedDiffers(
  spec: SwarmSpec,
  { engine: { swarm } }: HostFacts,
  { advertise }: { readonly advertise?: string },
  host: HostName,
): readonly Problem[] {
  const fixed = (key: string, has: string, wanted: string, since: string, cure: string): Problem =>
    problem(
      'error',
      'SWARM_FIXED',
      formatPath(['swarm', key]),
      `it is ${has} since ${since}, and cannot be changed to ${wanted}`,
      cure,
    );
  const made = 'the swarm was made';
  const anew = 'Write what it is, or make the swarm anew (`netctl destroy`, where netctl made it).';
  const { data_path_port: port, address_pool: pools, subnet_size: size } = spec;
  const problems: Problem[] = [];
  // Managers alone know it, and one of them is enough to tell.
  if (swarm.manager) {
    if (port !== undefined && swarm.dataPathPort !== undefined && port !== swarm.dataPathPort) {
      problems.push(fixed('data_path_port', String(swarm.dataPathPort), String(port), made, anew));
    }
    const want = pools?.map(canonicalPrefix).join(', ');
    const has = swarm.addressPools?.join(', ');
    if (want !== undefined && has !== undefined && want !== has) {
      problems.push(fixed('address_pool', has, want, made, anew));
    }
    if (size !== undefined && swarm.subnetSize !== undefined && size !== swarm.subnetSize) {
      problems.push(fixed('subnet_size', `/${String(swarm.subnetSize)}`, `/${String(size)}`, made, anew));
    }
  }
  const address = swarm.nodeAddress;
  // A swarm of one speaks to nobody, and says 0.0.0.0 where its address changes.
  if (spec.advertise === undefined || advertise === undefined || address === undefined) return problems;
  if (address === advertise || address === '0.0.0.0') return problems;
  const cure = `Let ${host} leave and join again, or write ${address}.`;
  return [...problems, fixed('advertise', address, advertise, `${host} joined`, cure)];
}
