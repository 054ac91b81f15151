import { Option } from 'commander';

import { GRAPH_FORMATS } from '../graph/formats.js';
import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addGraph: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'graph',
    text: 'draw hosts, links, networks and containers: what is wanted, and what is there',
    load: async () => (await import('../commands/graph.js')).graph,
    options: [
      new Option('--format <format>', 'by the name of the file, or else svg').choices(GRAPH_FORMATS),
      new Option('-o, --output <file>', 'write it to a file, which may be an earlier drawing'),
      new Option('--wanted', 'what the spec wants alone; no engine is asked'),
      new Option('--proof <file>', 'show what netctl verify --json has proved'),
    ],
    examples: [{ line: 'netctl graph -o home.html', does: 'a page to search and to click on, in one file' }],
  });
};
