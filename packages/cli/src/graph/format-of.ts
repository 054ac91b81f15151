import { extname } from 'node:path';

import { NetctlError } from '@netctl/core';

import { GRAPH_FORMATS } from './formats.js';
import type { GraphFormat } from './formats.js';

const BY_ENDING: Readonly<Record<string, GraphFormat>> = {
  '.svg': 'svg',
  '.html': 'html',
  '.htm': 'html',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.dot': 'dot',
  '.gv': 'dot',
};

/**
 * The format that the name of a file says; SVG where it has no ending.
 * @throws NetctlError USAGE for an ending that says none: a PNG in name alone opens nowhere
 */
export function formatOf(file: string | undefined): GraphFormat {
  const ending = extname(file ?? '').toLowerCase();
  if (ending === '') return 'svg';
  const format = BY_ENDING[ending];
  if (format !== undefined) return format;
  throw new NetctlError('USAGE', `The name of ${file ?? ''} says no format that graph draws`, {
    hint: `Say --format, which takes ${GRAPH_FORMATS.join(', ')}, or name a file that ends in ${Object.keys(BY_ENDING).join(', ')}.`,
  });
}
