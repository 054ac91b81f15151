import { writeSync } from 'node:fs';
import { join } from 'node:path';

import { loadScript } from './code-cache.js';

declare const NETCTL_VERSION: string;
/** The file beside this one that has all the rest. */
declare const NETCTL_SCRIPT: string;

/** What these compile serves all that ask an engine. */
const TYPICAL: readonly (string | undefined)[] = ['plan', 'apply', 'status'];

/** Answers for the version, or loads the rest and starts it. */
export function launch(argv: readonly string[]): void {
  if (saysVersion(argv)) return;
  const typical = TYPICAL.includes(argv[0]) && !argv.includes('--help') && !argv.includes('-h');
  const { start } = loadScript(join(__dirname, NETCTL_SCRIPT), typical) as typeof import('./start.js');
  void start(argv);
}

/** The version alone, for which nothing has to be loaded. What cannot be written is for the rest to tell of. */
function saysVersion([option, ...more]: readonly string[]): boolean {
  if (more.length > 0 || (option !== '--version' && option !== '-V')) return false;
  try {
    writeSync(1, `${NETCTL_VERSION}\n`);
    return true;
  } catch {
    return false;
  }
}
