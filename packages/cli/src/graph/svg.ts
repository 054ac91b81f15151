import { escapeXml, everythingOf, formatDot, SHADES, summaryOf } from '@netctl/core';
import type { Topology } from '@netctl/core';

import { layOut } from './lay-out.js';

/** What there is on any desktop; all of it is narrower than the letters that the layout was measured by. */
export const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

/** The dark colours in place of the light ones, by the values that the drawing has them by. */
export const DARK_DRAWING = SHADES.map(
  ({ light, dark }) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`,
).join('');

/** A topology as an SVG file of its own, with a legend, which follows light and dark where its viewer does. */
export async function formatSvg(topology: Topology): Promise<string> {
  const style = `text{font-family:${FONTS}}@media screen and (prefers-color-scheme:dark){${DARK_DRAWING}}`;
  const drawing = await drawTopology(topology, { legend: true });
  return drawing.replace(
    /(<svg[^>]*>)/,
    `$1\n<title>${escapeXml(`netctl: ${topology.stack}`)}</title>\n<style>${style}</style>`,
  );
}

/**
 * A topology as an `<svg>` element. What is drawn has `data-item` with its id in the topology, also each cell of a member,
 * and a title that tells what it is.
 */
export async function drawTopology(topology: Topology, options: { readonly legend: boolean }): Promise<string> {
  const items = new Map(everythingOf(topology).map((item) => [item.id, item]));
  const titleOf = (id: string): string => {
    const item = items.get(id);
    return item === undefined ? '' : `<title>${escapeXml(summaryOf(item))}</title>`;
  };
  const drawn = await layOut(formatDot(topology, options));
  return (
    drawn
      // All before the element: a declaration, a document type and who made it.
      .replace(/^[\s\S]*?(?=<svg)/, '')
      .replace(/<!--[\s\S]*?-->\n?/g, '')
      .replace(/ font-family="[^"]*"/g, '')
      .replace(/<title>[^<]*<\/title>\n?/g, '')
      .replace(/<g id="([a-z0-9_]+)" class="node ([^"]*)">/g, (_all, id: string, classes: string) => {
        return `<g class="item ${classes}" data-item="${id}">${titleOf(id)}`;
      })
      // A cell that is something of its own comes as a link, as all that Graphviz gives an id.
      .replace(/<g id="a_([a-z0-9_]+)"><a [^>]*>([\s\S]*?)<\/a>\n<\/g>/g, (_all, id: string, content: string) => {
        const state = items.get(id)?.state ?? 'other';
        return `<g class="item member ${state}" data-item="${id}">${titleOf(id)}${content}</g>`;
      })
      .replace(/<g id="[a-z0-9_]+" class="/g, '<g class="')
  );
}
