import type { HostFacts, Step } from '../model.js';
import { describeEndpoint, describeWish } from '../plan/describe.js';
import { endpointRef } from '../plan/moves.js';
import type { Problem } from '../problem.js';
import { resolveContainers } from '../resolve/containers.js';
import type { Spec } from '../spec/schema.js';
import type { StatusItem } from './status.js';

/** The containers of the spec on their networks, and those that are to leave one. */
export function attachmentItems(
  spec: Spec,
  host: string,
  facts: HostFacts,
  steps: readonly Step[],
  errors: readonly Problem[],
): readonly StatusItem[] {
  const nothing = { host, holders: [], addresses: [] };
  const wanted = resolveContainers(spec, facts, host).attachments.map(
    ({ network, container, path, config }): StatusItem => {
      const ref = endpointRef(network, container);
      const mine = steps.filter((step) => step.ref === ref);
      const against = errors.find((error) => error.path === path || error.path.startsWith(`${path}.`));
      const [first] = mine;
      const key = network.replace(/^network:/, '');
      return {
        ...nothing,
        ref,
        name: container.name,
        state:
          against !== undefined
            ? 'blocked'
            : first === undefined
              ? 'ok'
              : first.op === 'endpoint.attach'
                ? 'missing'
                : 'drifted',
        ...(against !== undefined ? { why: against.message } : first === undefined ? {} : { why: first.why }),
        description: `on ${describeWish(key, config)}`,
      };
    },
  );
  const leaving = steps.flatMap((step): readonly StatusItem[] => {
    if (step.op !== 'endpoint.detach') return [];
    const { ref, why, endpoint } = step;
    return [
      { ...nothing, ref, name: endpoint.name, state: 'unwanted', why, description: `on ${describeEndpoint(step)}` },
    ];
  });
  return [...wanted, ...leaving];
}
