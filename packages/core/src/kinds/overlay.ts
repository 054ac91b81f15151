import { problem } from '../problem.js';
import { isEncrypted, MTU_OPTION } from '../spec/options.js';
import type { NetworkKind } from './kind.js';
import { swarmOverlap } from './overlap.js';
import { dataPathMtu, underlayMtu } from './mtu.js';
import { overlayFits } from './overlay-mtu.js';

export const overlay: NetworkKind = {
  driver: 'overlay',
  scope: 'swarm',
  // The swarm's allocator gives each subnet its VNI.
  filledIn: ['com.docker.network.driver.overlay.vxlanid_list'],
  sharesSubnets: false,
  // A swarm drops auxiliary addresses without a word.
  reserves: false,
  defaults: { [MTU_OPTION]: '0' },
  options: (spec) => ({
    // The engine looks at the presence of the option alone: "false" would encrypt too.
    ...(spec.encrypted === true ? { encrypted: '' } : {}),
    ...(typeof spec.mtu === 'number' ? { [MTU_OPTION]: String(underlayMtu(spec.mtu, isEncrypted(spec))) } : {}),
  }),
  derivedOptions: (spec, facts) => {
    const mtu = spec.mtu === 'auto' ? dataPathMtu(facts) : undefined;
    return mtu === undefined ? {} : { [MTU_OPTION]: String(mtu) };
  },
  check: (network, context) => {
    const { state, manager } = context.facts.engine.swarm;
    if (network.asked.configOnly === true) return [];
    if (manager) return [...overlayFits(network, context.facts), ...swarmOverlap(network, context)];
    return [
      problem(
        'error',
        'NOT_A_MANAGER',
        network.path,
        state === 'active'
          ? 'this host is a worker of its swarm, and only a manager can make overlay networks'
          : 'an overlay network needs a swarm, and this host is in none',
        state === 'active' ? 'Run netctl on a manager.' : 'Run `docker swarm init` first.',
      ),
    ];
  },
};
