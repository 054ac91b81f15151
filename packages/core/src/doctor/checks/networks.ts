import { bridgeOf } from '../../kinds/overlap.js';
import { linkNamed } from '../../lookup.js';
import type { LinkFacts } from '../../links.js';
import type { FoundNetwork } from '../../model.js';
import type { DoctorFacts } from '../facts.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import { linksOfEngine } from '../place.js';
import { shellWord } from '../shell-word.js';
import type { Check } from './check.js';

const RESTART = 'systemctl restart docker   # containers with a restart policy start again, others do not';

/** Networks that the engine lists, and that are not what it lists. */
export const networks: Check = (facts) => {
  const view = seenOf(facts.engine);
  if (view === undefined) return [notLooked('networks', 'the engine does not answer')];
  const local = view.networks.filter(({ props }) => props.configOnly !== true && props.scope === 'local');
  const links = linksOfEngine(facts);
  const found = [
    ...twice(view.networks),
    ...local.flatMap((network) => [
      ...parentOf(network, facts, links),
      ...(links === undefined || facts.passing.has(bridgeOf(network)) ? [] : bridge(network, links)),
    ]),
  ];
  if (found.length > 0) return found;
  const looked = links === undefined ? '; their links cannot be seen from here' : '';
  return [inOrder('networks', `${view.networks.length} networks${looked}`)];
};

function twice(all: readonly FoundNetwork[]): readonly Finding[] {
  const names = [...new Set(all.map(({ name }) => name).filter((name, at, list) => list.indexOf(name) !== at))];
  return names.map((name) =>
    finding('NAME_TWICE', {
      evidence: all.filter((one) => one.name === name).map(({ id }) => `${name} is ${id.slice(0, 12)}`),
      cause: 'Engines before 25 let two be made at the same moment; whoever names it is told that it is ambiguous.',
      cure: all
        .filter((one) => one.name === name && one.holders.length === 0)
        .map(({ id }) => `docker network rm ${id.slice(0, 12)}   # nobody is on it; leave one of them`),
    }),
  );
}

/**
 * The driver of a macvlan or ipvlan network whose parent was not there when the engine started has dropped it, and the
 * engine lists it for ever, also after the parent came back (seen with 20.10 and 28.5). The log alone tells then.
 */
function parentOf(
  { id, name, props }: FoundNetwork,
  facts: DoctorFacts,
  links: LinkFacts | undefined,
): readonly Finding[] {
  const parent = props.options['parent'] ?? '';
  if (props.driver !== 'macvlan' && props.driver !== 'ipvlan') return [];
  const line = seenOf(facts.host)?.log.find((text) => text.includes(id) && text.includes('from persistent state'));
  const isMissing = links !== undefined && linkNamed({ links }, parent) === undefined;
  const gone = parent !== '' && isMissing && !facts.passing.has(parent);
  const evidence = [
    ...(gone ? [`${props.driver} network ${name}: there is no link ${parent}`] : []),
    ...(line === undefined ? [] : [`the engine's log: ${/msg="([^"]*)"/.exec(line)?.[1] ?? line}`]),
  ];
  if (evidence.length === 0) return [];
  const cure = [
    ...(gone
      ? ["netctl apply   # where the spec makes it; netctl's links have to be there before docker.service starts"]
      : []),
    RESTART,
  ];
  if (line !== undefined) {
    const cause = `${parent} was not there when the engine started: its driver knows nothing of ${name}, and containers on it do not start ("network id … not found").`;
    return [finding('NETWORK_DROPPED', { evidence, cause, cure })];
  }
  const cause = `Containers on ${name} do not start, and when the engine starts without ${parent} its driver drops the network.`;
  return [finding('PARENT_GONE', { evidence, cause, cure })];
}

/** Something took the bridge, or its address: networkd, a restart of the network, a person. */
function bridge(network: FoundNetwork, links: LinkFacts): readonly Finding[] {
  const { name, props } = network;
  if (props.driver !== 'bridge') return [];
  const linkName = bridgeOf(network);
  const link = linkNamed({ links }, linkName);
  if (link === undefined) {
    return [
      finding('BRIDGE_GONE', {
        evidence: [`network ${name}: there is no link ${linkName}`],
        cause: 'Somebody deleted it: its containers reach nobody, and others do not start on it.',
        cure: [RESTART],
      }),
    ];
  }
  const gateway = props.ipam.config.find(({ gateway: address = ':' }) => !address.includes(':'));
  const bare = link.addresses.every(({ address }) => address.includes(':'));
  if (!bare || gateway?.gateway === undefined || hasNoAddress(props.options)) return [];
  const length = gateway.subnet?.split('/')[1] ?? '24';
  return [
    finding('BRIDGE_BARE', {
      evidence: [
        `${linkName} of network ${name} has no IPv4 address, and ${gateway.gateway} is the gateway of its containers`,
      ],
      cause: 'Somebody flushed it, as systemd-networkd does with a link that one of its files matches.',
      cure: [`ip address add ${gateway.gateway}/${length} dev ${shellWord(linkName)}`],
    }),
  ];
}

function hasNoAddress(options: Readonly<Record<string, string>>): boolean {
  const inhibit = options['com.docker.network.bridge.inhibit_ipv4'] ?? 'false';
  return /^(1|t|true)$/i.test(inhibit) || options['com.docker.network.bridge.gateway_mode_ipv4'] === 'isolated';
}
