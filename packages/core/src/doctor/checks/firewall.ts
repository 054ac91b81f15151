import type { DoctorFacts, HostFacts } from '../facts.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import { linksOfEngine } from '../place.js';
import { forwardChain, hasDocker, jumpsToDocker } from '../rules.js';
import { frontEnds } from './front-ends.js';
import type { Check } from './check.js';

/** The rules of Docker, what is forwarded beside them, and who else writes rules. */
export const firewall: Check = (facts) => {
  const host = seenOf(facts.host);
  if (host === undefined) return [notLooked('firewall', 'why' in facts.host ? facts.host.why : '')];
  const ends = frontEnds(facts, host);
  if (!('seen' in host.rules)) {
    const { why, cure } = host.rules;
    return [...ends, notLooked('firewall', why, cure === undefined ? [] : [cure])];
  }
  const found = [...ends, ...nftables(facts)];
  if (seenOf(facts.engine) !== undefined && linksOfEngine(facts) === undefined) {
    return [...found, notLooked('firewall', 'the rules of the engine cannot be seen from here')];
  }
  found.push(...rules(facts, host, host.rules.seen));
  return found.length > 0
    ? found
    : [inOrder('firewall', `FORWARD is ${forwardChain(host.rules.seen).policy ?? 'ACCEPT'}`)];
};

function usesNftables({ engine }: DoctorFacts): boolean {
  return seenOf(engine)?.firewall?.startsWith('nftables') === true;
}

function nftables(facts: DoctorFacts): readonly Finding[] {
  const view = seenOf(facts.engine);
  if (view === undefined || !usesNftables(facts) || view.engine.swarm.state === 'inactive') return [];
  return [
    finding('NFTABLES_SWARM', {
      evidence: [`docker info: Firewall Backend ${view.firewall ?? ''}, Swarm ${view.engine.swarm.state}`],
      cause: 'The nftables backend of engine 29 has no rules for overlays and the routing mesh.',
      cure: ['Write "firewall-backend": "iptables" in /etc/docker/daemon.json, then: systemctl restart docker'],
    }),
  ];
}

function rules(facts: DoctorFacts, host: HostFacts, saved: string): readonly Finding[] {
  const [chain, legacy] = [forwardChain(saved), forwardChain(host.legacyRules)];
  const bridges = (seenOf(facts.engine)?.networks ?? []).filter(({ props }) => props.driver === 'bridge');
  const found: Finding[] = [];
  if (hasDocker(chain) && hasDocker(legacy)) {
    found.push(
      finding('RULES_TWICE', {
        evidence: ['iptables-nft-save and iptables-legacy-save both have a chain DOCKER'],
        cause:
          'The alternative of iptables was changed while the engine ran; packets pass both, and the older rules are never removed.',
        cure: [
          'update-alternatives --display iptables',
          'systemctl reboot   # the kernel forgets both, and the engine writes one',
        ],
      }),
    );
  }
  if (bridges.length > 0 && !usesNftables(facts) && !jumpsToDocker(chain) && !jumpsToDocker(legacy)) {
    const there = hasDocker(chain) || hasDocker(legacy);
    found.push(
      finding('RULES_GONE', {
        evidence: [
          `FORWARD jumps to ${[...chain.jumps, ...legacy.jumps].join(', ') || 'nothing'}; the chain DOCKER is ${there ? 'there' : 'not there'}`,
        ],
        cause:
          'Somebody flushed or reloaded the firewall after the engine started, or the engine was told to write none ("iptables": false).',
        cure: ['systemctl restart docker'],
      }),
    );
  } else if (chain.policy === 'DROP' || legacy.policy === 'DROP') {
    // The rule has to be beside the policy; packets pass both kinds.
    const program = chain.policy === 'DROP' ? 'iptables' : 'iptables-legacy';
    found.push(
      finding('FORWARD_DROP', {
        evidence: [`${program}: -P FORWARD DROP`],
        cause:
          'The engine sets this when it switches forwarding on, and only its own networks pass: not those of a VPN, of virtual machines, or of a bridge made by hand.',
        cure: [`${program} -I DOCKER-USER -i IN -o OUT -j ACCEPT   # for each way that is meant`],
      }),
    );
  }
  return found;
}
