import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut } from '../../../packages/cli/src/graph/lay-out.js';
import { isSameContainer, pageItems } from '../../../packages/cli/src/graph/page-item.js';
import { drawTopology, formatSvg } from '../../../packages/cli/src/graph/svg.js';
import { topologyOf } from '../../../packages/core/src/graph/build.js';
import { formatDot } from '../../../packages/core/src/graph/dot.js';
import { everythingOf } from '../../../packages/core/src/graph/topology.js';
import type { Topology } from '../../../packages/core/src/graph/topology.js';
import { homeTopology } from '../../support/graph/home.js';
import { hostileTopology } from '../../support/graph/hostile.js';
import { largeSpec } from '../../support/graph/large.js';
import { loadText } from '../../support/memory/run.js';

/** Where the items are, by the left upper corner of the first shape of each, from the left and from above. */
function placesIn(svg: string): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const items = svg.matchAll(
    /data-item="([a-z0-9_]+)">(?:<title>[^<]*<\/title>)?\s*<(?:path|polygon)[^>]* (?:d|points)="M?(-?[\d.]+),(-?[\d.]+)/g,
  );
  return new Map([...items].map(([, id = '', x, y]) => [id, { x: Number(x), y: Number(y) }]));
}

const drawnIn = (svg: string): ReadonlySet<string> =>
  new Set([...svg.matchAll(/data-item="([a-z0-9_]+)"/g)].map(([, id = '']) => id));

test('all of a topology is drawn, and nothing that is not', async () => {
  const topology = await homeTopology();
  const svg = await formatSvg(topology);
  expect([...drawnIn(svg)].sort()).toEqual(
    everythingOf(topology)
      .map(({ id }) => id)
      .sort(),
  );
  expect(svg).toContain('<title>media: bridge, 10.88.0.0/24 (drifted: subnet 10.88.0.0/24 → 10.21.0.0/24)</title>');
  expect(svg).toContain('>proved: 0 of 1, 1 failed<');
  // Nothing to follow, and nothing to fetch.
  expect(svg).not.toMatch(/<a |xlink:href|<image|url\(|@import/);
});

test('a network is to the right of its link, that of what it is on, and that of the host', async () => {
  const places = placesIn(await drawTopology(await homeTopology(), { legend: false }));
  const row = ['h1', 'h1_l1', 'h1_l2', 'h1_n2'].map((id) => places.get(id)?.x ?? NaN);
  expect(row).toEqual([...row].sort((a, b) => a - b));
  const networks = ['h1_n1', 'h1_n2', 'h1_n3', 'h1_n4', 'h1_n5'].map((id) => places.get(id)?.x ?? NaN);
  expect(Math.min(...networks)).toBeGreaterThan(places.get('h1_l2')?.x ?? NaN);
});

test('a container is the same on another network of its host and in the swarm, and not on another host', async () => {
  const items = pageItems(await homeTopology());
  const [web, app, ...more] = items.filter(({ name, kind }) => name === 'traefik' && kind === 'container');
  if (web === undefined || app === undefined) throw new Error('traefik is not on two networks');
  expect(more).toEqual([]);
  expect(isSameContainer(web, app)).toBe(true);
  expect(isSameContainer(web, { ...app, host: 'node02' })).toBe(false);
});

describe('five hosts with forty networks and two hundred containers each', () => {
  const topology = topologyOf(loadText(largeSpec(5, 40, 200)));

  test('have about the shape of a screen, every container of its own, and the hosts in the order of reading', async () => {
    const svg = await drawTopology(topology, { legend: false });
    expect(drawnIn(svg).size).toBe(5 + 5 * 21 + 5 * 40 + 5 * 200);
    const [, width, height] = /viewBox="0\.00 0\.00 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
    expect(Number(width) / Number(height)).toBeGreaterThan(1);
    expect(Number(width) / Number(height)).toBeLessThan(2.5);
    const places = placesIn(svg);
    const hosts = ['h1', 'h2', 'h3', 'h4', 'h5'].map((id) => places.get(id) ?? { x: NaN, y: NaN });
    const read = [...hosts].sort((a, b) => (Math.abs(a.y - b.y) > 200 ? a.y - b.y : a.x - b.x));
    expect(hosts).toEqual(read);
  });
});

test('a network with more containers than fit says how many more there are', async () => {
  const topology = topologyOf(loadText(largeSpec(1, 1, 90)));
  const svg = await drawTopology(topology, { legend: false });
  expect(svg).toContain('… and 55 more');
  expect([...drawnIn(svg)].filter((id) => id.includes('_c'))).toHaveLength(35);
});

describe('names of any kind', () => {
  /** The words of a drawing, as its reader sees them. */
  const wordsIn = (svg: string): string =>
    [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)]
      .map(([, text = '']) => text)
      .join('\n')
      .replace(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)))
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'")
      .replace(/&amp;/g, '&');

  test('are words in the drawing, and nothing else', async () => {
    const svg = await formatSvg(hostileTopology());
    const words = wordsIn(svg);
    for (const name of [
      '</script><script>document.title="owned"</script>',
      '--> <!-- ]]>',
      '\\N \\G \\" \\',
      '&amp; &#60; &bogus;',
    ]) {
      expect(words).toContain(name);
    }
    expect(words).toContain('line\\nbreak\\ttab\\u0000nul\\u001b[31m');
    expect(svg.match(/<(?:script|img)/g)).toBeNull();
    expect(drawnIn(svg)).toEqual(new Set(everythingOf(hostileTopology()).map(({ id }) => id)));
  });

  test('are never refused by Graphviz', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { minLength: 1, maxLength: 3 }),
        async (names) => {
          const topology: Topology = hostileTopology(names);
          const svg = await drawTopology(topology, { legend: true });
          expect(drawnIn(svg).size).toBe(everythingOf(topology).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a graph that is none is told of', async () => {
    await expect(layOut('digraph { a -> ')).rejects.toThrow(/Graphviz refused the graph: .*syntax error/);
    expect(formatDot(hostileTopology())).not.toContain('<script');
  });
});
