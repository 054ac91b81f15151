import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import { shellWord } from '../shell-word.js';
import type { EngineView } from '../../docker/examine.js';
import type { Check } from './check.js';

/** What a network says of its containers, beside what containers say of their networks. */
export const endpoints: Check = ({ engine }) => {
  const view = seenOf(engine);
  if (view === undefined) return [notLooked('endpoints', 'the engine does not answer')];
  const found = [...orphans(view), ...halves(view)];
  const count = [...view.endpoints.values()].flat().length;
  return found.length > 0 ? found : [inOrder('endpoints', `${count} endpoints, each with its container`)];
};

/**
 * Containers have 64 digits; `ep-` stands for none at all. A swarm has sandboxes of its own (`ingress-sbox`, `lb-…`), whose
 * endpoints on docker_gwbridge are called `gateway_…`.
 */
const OF_CONTAINER = /^([0-9a-f]{64}|ep-[0-9a-f]+)$/;

function orphans({ networks, endpoints: listed, containers }: EngineView): readonly Finding[] {
  return networks.flatMap(({ id, name: network }) =>
    (listed.get(id) ?? [])
      .filter(
        ({ container, name }) =>
          OF_CONTAINER.test(container) && !name.startsWith('gateway_') && !containers.has(container),
      )
      .map(({ container, name, address }) =>
        finding('ENDPOINT_ORPHAN', {
          evidence: [
            `network ${network} has ${name} (${address}), and there is no container ${container.slice(0, 12)}`,
          ],
          cause:
            'The container went while the engine crashed or could not take it off: its address stays taken, and the network cannot be removed.',
          cure: [
            `docker network disconnect --force ${shellWord(network)} ${shellWord(name)}`,
            'systemctl restart docker   # if it is still there',
          ],
        }),
      ),
  );
}

/** The engine gave the container an address and failed after that: at a host port that was taken, as a rule. */
function halves({ networks, endpoints: listed, claims }: EngineView): readonly Finding[] {
  return claims.flatMap(({ container, name, networkId }) => {
    const on = listed.get(networkId);
    const network = networks.find(({ id }) => id === networkId);
    if (on === undefined || network === undefined || on.some((one) => one.container === container)) return [];
    return [
      finding('ENDPOINT_HALF', {
        evidence: [`${name} says it is on ${network.name}, and ${network.name} knows nothing of it`],
        cause:
          'A connect failed halfway, as it does where a host port of the container was taken: the container has no such interface, whatever its inspect says.',
        cure: [`docker restart ${shellWord(name)}   # nothing else cures it`],
      }),
    ];
  });
}
