import { moreThanFits } from './dot-card.js';
import type { Topology, TopologyHost, TopologyNetwork } from './topology.js';

/*
 * What Graphviz is told of where things go: how many networks are one below the other, and how many hosts side by side, so
 * that the whole has about the shape of a screen. Sizes are those that its cards have, more or less, in points.
 */

/** Width by height. */
const SCREEN = 1.6;
const LINKS_WIDTH = 420;
const NETWORK_WIDTH = 270;

/** In how many columns the networks of a host stand: more than a screen holds go beside one another. */
export function networkColumns(networks: readonly TopologyNetwork[]): number {
  const height = networks.reduce((sum, network) => sum + heightOf(network), 0);
  return nearest(Math.ceil(networks.length / 4), (columns) => {
    return (LINKS_WIDTH + columns * NETWORK_WIDTH) / (height / columns);
  });
}

/** In how many columns the hosts stand, with the networks of the swarm beside them. */
export function hostColumns({ hosts, swarm }: Topology): number {
  const sizes = hosts.map(sizeOf);
  const width = Math.max(0, ...sizes.map((size) => size.width));
  const height = sizes.reduce((sum, size) => sum + size.height, 0) / Math.max(1, sizes.length);
  return nearest(hosts.length + Math.min(1, swarm.length), (columns) => {
    return (columns * width) / (Math.ceil(hosts.length / columns) * height);
  });
}

/**
 * The order in which Graphviz has to have what it packs, so that it is read like words: it begins with the lowest row, and
 * the row that is not full is the highest.
 */
export function packingOrder<T>(items: readonly T[], columns: number): readonly T[] {
  const rest = items.length % columns;
  const rows = rest === 0 ? [] : [items.slice(0, rest)];
  for (let at = rest; at < items.length; at += columns) rows.push(items.slice(at, at + columns));
  return rows.reverse().flat();
}

function sizeOf({ networks }: TopologyHost): { readonly width: number; readonly height: number } {
  const columns = networkColumns(networks);
  const height = networks.reduce((sum, network) => sum + heightOf(network), 0);
  return { width: LINKS_WIDTH + columns * NETWORK_WIDTH, height: 60 + height / columns };
}

function heightOf({ subnets, members }: TopologyNetwork): number {
  const { columns, shown } = moreThanFits(members.length);
  return 50 + 17 * (subnets.length + Math.ceil(shown / columns));
}

/** The number from 1 to `most` by which the shape is nearest to that of a screen. */
function nearest(most: number, shape: (columns: number) => number): number {
  const off = (columns: number): number => Math.abs(Math.log(shape(columns) / SCREEN));
  let best = 1;
  for (let columns = 2; columns <= most; columns += 1) if (off(columns) < off(best)) best = columns;
  return best;
}
