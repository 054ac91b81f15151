import { createHash } from 'node:crypto';

import { escapeXml, GROUND, STATE_COLORS, STATE_WORDS, TOPOLOGY_STATES } from '@netctl/core';
import type { Shade, Topology, TopologyState } from '@netctl/core';

import { inventory } from './inventory.js';
import { pageItems } from './page-item.js';
import type { PageItem } from './page-item.js';
import { DARK_DRAWING, drawTopology, FONTS } from './svg.js';

/** The script and the style of the page, which the build makes of packages/cli/page. */
declare const NETCTL_GRAPH_SCRIPT: string;
declare const NETCTL_GRAPH_STYLE: string;

/** A topology as one file that asks nobody for anything: a page with the drawing, a search, details and a list; `mark` goes into a comment. */
export async function formatHtml(topology: Topology, mark: string): Promise<string> {
  const items = pageItems(topology);
  const style = `${colors()}${NETCTL_GRAPH_STYLE}`;
  const title = escapeXml(topology.stack);
  return `<!doctype html>
<!-- ${mark} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style, NETCTL_GRAPH_SCRIPT)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – netctl graph</title>
<style>${style}</style>
</head>
<body>
<header>
<div class="title"><h1>${title}</h1><p>${counts(items)}</p></div>
<form id="search" role="search">
<label class="unseen" for="query">Search</label>
<input id="query" type="search" placeholder="Search names, addresses, labels" autocomplete="off" spellcheck="false" aria-describedby="found">
<output id="found" for="query" aria-live="polite"></output>
<button type="button" id="previous" aria-label="Previous result" disabled>↑</button>
<button type="submit" id="next" aria-label="Next result" disabled>↓</button>
</form>
<div class="tools">
<button type="button" id="smaller" aria-label="Zoom out">−</button>
<button type="button" id="larger" aria-label="Zoom in">+</button>
<button type="button" id="fit">Fit</button>
<button type="button" id="as-list" aria-pressed="false">List</button>
</div>
</header>
<main>
<section id="drawing" aria-label="Drawing">
${await drawTopology(topology, { legend: false })}</section>
<section id="list" aria-label="List">
${inventory(topology)}</section>
<aside id="details" aria-label="Details" tabindex="-1" hidden></aside>
</main>
<footer>
<div id="legend" role="group" aria-label="Legend: press a state to see it alone">
${TOPOLOGY_STATES.map((state) => legendEntry(state, items)).join('')}</div>
<ul class="lines" aria-label="Lines"><li><i class="on"></i>is on</li><li><i class="door"></i>door of the host</li><li><i class="apart"></i>isolated</li></ul>
<p class="keys"><kbd>/</kbd> search <kbd>↑</kbd><kbd>↓</kbd><kbd>←</kbd><kbd>→</kbd> move <kbd>Enter</kbd> details <kbd>Esc</kbd> close</p>
</footer>
<script type="application/json" id="items">${data(items)}</script>
<script>${NETCTL_GRAPH_SCRIPT}</script>
</body>
</html>
`;
}

/** Nothing but what is in the page itself, by its hash. */
function policy(style: string, script: string): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
}

/** JSON in which no element can begin or end, whatever a container is called. */
function data(items: readonly PageItem[]): string {
  return JSON.stringify(items).replace(/[<>&\u2028\u2029]/g, (letter) => {
    return `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

/** The colours by name, for the page, and in the dark by value, for the drawing. Paper is light. */
function colors(): string {
  const all: readonly (readonly [string, Shade])[] = [
    ...Object.entries(GROUND),
    ...Object.entries(STATE_COLORS).flatMap(([state, { strong, tint }]) => [
      [`${state}-strong`, strong] as const,
      [`${state}-tint`, tint] as const,
    ]),
  ];
  const of = (ground: keyof Shade): string => all.map(([name, shade]) => `--${name}:${shade[ground]}`).join(';');
  const states = TOPOLOGY_STATES.map(
    (state) => `.is-${state}{--strong:var(--${state}-strong);--tint:var(--${state}-tint)}`,
  );
  return `:root{--fonts:${FONTS};${of('light')}}@media screen and (prefers-color-scheme:dark){:root{${of('dark')}}${DARK_DRAWING}}${states.join('')}`;
}

/** `2 hosts · 5 networks · 9 containers` */
function counts(items: readonly PageItem[]): string {
  return (['host', 'network', 'container'] as const)
    .map((kind) => {
      const count = items.filter((item) => item.kind === kind).length;
      return `${String(count)} ${kind}${count === 1 ? '' : 's'}`;
    })
    .join(' · ');
}

function legendEntry(state: TopologyState, items: readonly PageItem[]): string {
  const count = items.filter((item) => item.state === state).length;
  if (count === 0) return '';
  const { sign, word } = STATE_WORDS[state];
  return `<button type="button" class="state is-${state}" data-state="${state}" aria-pressed="false"><b aria-hidden="true">${sign}</b> ${word} <span>${String(count)}</span></button>\n`;
}
