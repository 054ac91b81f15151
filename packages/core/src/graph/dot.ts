import { hostColumns, networkColumns, packingOrder } from './arrange.js';
import { legendCard, linkCard, networkCard, hostCard } from './dot-card.js';
import { GROUND, STATE_COLORS } from './palette.js';
import { everythingOf } from './topology.js';
import type { Topology, TopologyHost, TopologyState } from './topology.js';

/**
 * The widths of letters by which Graphviz measures: those of the widest font that a browser is likely to take instead, so
 * that no text is wider than its card.
 */
const FONT = 'Verdana';

/** Edges from every host to every network of the swarm say nothing any more where there are many. */
const FEW_NETWORKS = 24;

/**
 * A topology in the language of Graphviz, for `dot`. Hosts are laid out each for itself and packed side by side; what is
 * drawn has the ids of the topology, and the classes `host`, `link`, `network` and `member`, and that of its state.
 */
export function formatDot(topology: Topology, { legend = true }: { readonly legend?: boolean } = {}): string {
  const { hosts, swarm } = topology;
  const columns = hostColumns(topology);
  const few = everythingOf(topology).length <= 400 && swarm.length <= FEW_NETWORKS;
  const edges = few ? swarm.flatMap((one) => one.hosts.map((host) => edge(host, one.id, 'swarm', one.state, 4))) : [];
  // What hangs together is not packed.
  const inOrder = edges.length === 0 ? packingOrder(hosts, columns) : hosts;
  const lines = [
    'digraph netctl {',
    `  graph [rankdir=LR, compound=true, pack=28, packmode="array_uc${String(columns)}", nodesep=0.16, ranksep=0.55, pad=0.2,`,
    `    bgcolor="${GROUND.page.light}", fontname="${FONT}", fontsize=13, fontcolor="${GROUND.ink.light}"]`,
    `  node [shape=plain, fontname="${FONT}", fontsize=10, fontcolor="${GROUND.ink.light}"]`,
    `  edge [arrowhead=none, penwidth=1.2, color="${GROUND.line.light}", headport=w, tailport=e]`,
    ...(legend ? [`  graph [labelloc=b, labeljust=l, label=<${legendCard(topology)}>]`] : []),
    ...inOrder.flatMap(hostLines),
    ...swarm.map((network) => node(network, 'network', networkCard(network), 2)),
    ...edges,
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function hostLines(host: TopologyHost): readonly string[] {
  const { id, links, networks, isolations } = host;
  const columns = networkColumns(networks);
  const columnOf = (at: number): number => Math.floor((at * columns) / networks.length);
  // Beyond all links, whatever they are on.
  const first = links.length === 0 ? 1 : 3;
  return [
    `  subgraph cluster_${id} {`,
    `    graph [label="", id="${id}_ground", class="ground", style="rounded,filled", margin=14, fillcolor="${GROUND.host.light}", color="${GROUND.hostLine.light}"]`,
    node(host, 'host', hostCard(host)),
    ...links.map((link) => node(link, 'link', linkCard(link))),
    ...networks.map((network) => node(network, 'network', networkCard(network))),
    ...links.map((link) => edge(link.on ?? id, link.id, 'on', link.state)),
    ...networks.map((network, at) =>
      edge(network.on ?? id, network.id, 'on', network.state, columnOf(at) + (network.on === undefined ? first : 1)),
    ),
    ...links.flatMap(({ id: shim, into, state }) => into.map((network) => edge(shim, network, 'door', state))),
    ...isolations.map(({ from, to, proved }) => isolation(from, to, proved)),
    ...Array.from({ length: columns }, (_, column) => {
      const below = networks.flatMap((network, at) => (columnOf(at) === column ? [`"${network.id}"`] : []));
      return `    { rank=same; ${below.join('; ')} }`;
    }),
    '  }',
  ];
}

function node(
  { id, state }: { readonly id: string; readonly state: TopologyState },
  kind: string,
  card: string,
  indent = 4,
): string {
  return `${' '.repeat(indent)}"${id}" [id="${id}", class="${kind} ${state}", label=<${card}>]`;
}

function edge(from: string, to: string, kind: 'door' | 'on' | 'swarm', state: TopologyState, length = 1): string {
  const there = state === 'ok' || state === 'other' || state === 'drifted';
  const look = kind === 'door' ? 'style=dashed, arrowhead=vee, arrowsize=0.6' : there ? 'style=solid' : 'style=dotted';
  const color = state === 'ok' || state === 'other' ? GROUND.line.light : STATE_COLORS[state].strong.light;
  return `    "${from}" -> "${to}" [class="${kind}", ${look}, color="${color}", minlen=${String(length)}]`;
}

/** A line that stands aside of the layout: it says nothing of what is on what. */
function isolation(from: string, to: string, proved: string | undefined): string {
  const color = STATE_COLORS[proved === 'failed' ? 'blocked' : proved === 'passed' ? 'ok' : 'other'].strong.light;
  return `    "${from}" -> "${to}" [class="isolation", constraint=false, style=dashed, dir=both, arrowhead=tee, arrowtail=tee, headport=e, color="${color}"]`;
}
