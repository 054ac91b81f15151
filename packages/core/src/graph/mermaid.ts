import { printable } from '../printable.js';
import { STATE_COLORS } from './palette.js';
import { provedBy } from './proof.js';
import { STATE_WORDS, TOPOLOGY_STATES } from './topology.js';
import type { Drawn, Topology, TopologyHost, TopologyMember, TopologyNetwork } from './topology.js';

/** A network with more members than this has the rest in one line. */
const MOST_SHOWN = 16;

/** A topology as a flowchart of Mermaid, as GitHub and many others show it in a Markdown file. */
export function formatMermaid({ hosts, swarm }: Topology): string {
  const lines = [
    'flowchart LR',
    ...hosts.flatMap(hostLines),
    ...swarm.map((network) => `  ${networkNode(network)}`),
    ...swarm.flatMap(({ id, hosts: on }) => on.map((host) => `  ${host} --- ${id}`)),
    ...TOPOLOGY_STATES.map(classOf),
  ];
  return `${lines.join('\n')}\n`;
}

function hostLines(host: TopologyHost): readonly string[] {
  const { id, links, networks, isolations } = host;
  const solid = (from: string, to: string): string => `    ${from} --- ${to}`;
  return [
    `  subgraph ${id}_ground["${text(host.name)}"]`,
    '    direction LR',
    `    ${nodeOf(host, [bold(host.name), text(host.about), ...trouble(host)])}`,
    ...links.map((link) => `    ${nodeOf(link, [headOf(link), text(link.about), ...trouble(link)])}`),
    ...networks.map((network) => `    ${networkNode(network)}`),
    ...links.map((link) => solid(link.on ?? id, link.id)),
    ...networks.map((network) => solid(network.on ?? id, network.id)),
    ...links.flatMap(({ id: shim, into }) => into.map((network) => `    ${shim} -.-> ${network}`)),
    ...isolations.map(({ from, to }) => `    ${from} x-.-x ${to}`),
    '  end',
  ];
}

function networkNode(network: TopologyNetwork): string {
  const { driver, subnets, members, checks } = network;
  const shown = members.length > MOST_SHOWN ? members.slice(0, MOST_SHOWN - 1) : members;
  const proved = provedBy(checks);
  return nodeOf(network, [
    headOf(network),
    text(driver),
    ...subnets.map(({ subnet, ranges }) => text([subnet, ...ranges.map((range) => `range ${range}`)].join(' '))),
    ...(proved === undefined ? [] : [text(proved === 'passed' ? 'proved' : proved)]),
    ...trouble(network),
    ...shown.map(memberLine),
    ...(shown.length < members.length ? [text(`… and ${String(members.length - shown.length)} more`)] : []),
  ]);
}

function memberLine({ name, state, addresses, where }: TopologyMember): string {
  return text([`${STATE_WORDS[state].sign} ${name}`, ...(where === undefined ? [] : [where]), ...addresses].join('  '));
}

function headOf({ name, state }: Drawn): string {
  const { sign, word } = STATE_WORDS[state];
  return `${bold(name)} ${text(`${sign} ${word}`)}`;
}

function trouble({ why }: Drawn): readonly string[] {
  return why === undefined ? [] : [text(why)];
}

function nodeOf({ id, state }: Drawn, lines: readonly string[]): string {
  return `${id}["${lines.join('<br/>')}"]:::${state}`;
}

function classOf(state: Drawn['state']): string {
  const { strong, tint } = STATE_COLORS[state];
  const dashes = state === 'missing' || state === 'wanted' ? ',stroke-dasharray:4' : '';
  return `  classDef ${state} fill:${tint.light},stroke:${strong.light},color:${strong.light}${dashes}`;
}

function bold(words: string): string {
  return words === '' ? '' : `<b>${text(words)}</b>`;
}

/** Anybody's words: whatever could be a word of Mermaid, of Markdown or of HTML is written by its number. */
function text(words: string): string {
  return Array.from(printable(words), (letter) =>
    /[\p{L}\p{N} ./,]/u.test(letter) ? letter : `#${String(letter.codePointAt(0))};`,
  ).join('');
}
