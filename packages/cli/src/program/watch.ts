import { Option } from 'commander';

import { duration, listenAddress } from '../options.js';
import { moveOptions, noProbeOption } from './apply-options.js';
import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addWatch: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'watch',
    text: 'stay, and heal what drifts from the spec',
    load: async () => (await import('../commands/watch.js')).watch,
    options: [
      new Option('--yes', 'do steps too that somebody could lose something by; they are told of and left otherwise'),
      new Option('--interval <time>', 'look at least this often, such as 30s (the default)').argParser(duration(1)),
      new Option('--metrics <address>', 'serve /metrics and /healthz, such as at 127.0.0.1:9479').argParser(
        listenAddress,
      ),
      noProbeOption(),
      ...moveOptions(),
    ],
    examples: [
      { line: 'netctl watch', does: 'heal what disrupts nobody, and tell of the rest' },
      { line: 'netctl watch --metrics 127.0.0.1:9479', does: 'with metrics for Prometheus' },
    ],
  });
};
