import { formatDot, formatMermaid } from '@netctl/core';
import type { Topology } from '@netctl/core';

import type { GraphFormat } from './formats.js';

/** What every drawing has in its first lines, so that it is known again. */
export const MARK = 'drawn by netctl graph';

/** A topology as the text of a file. What lays it out is loaded only where it is needed. */
export async function draw(topology: Topology, format: GraphFormat): Promise<string> {
  switch (format) {
    case 'dot':
      return `// ${MARK}\n${formatDot(topology)}`;
    case 'mermaid':
      return `%% ${MARK}\n${formatMermaid(topology)}`;
    case 'svg':
      return `<!-- ${MARK} -->\n${await (await import('./svg.js')).formatSvg(topology)}`;
    case 'html':
      return (await import('./html.js')).formatHtml(topology, MARK);
  }
}
