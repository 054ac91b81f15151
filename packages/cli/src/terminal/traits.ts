import type { GlobalOptions } from '../options.js';

/** What can be shown where a command writes. */
export interface Traits {
  readonly terminal: boolean;
  readonly color: boolean;
  /** Characters beyond ASCII. A file or a pipe takes them as they are. */
  readonly unicode: boolean;
  /** A line can be written over: progress can be shown. */
  readonly live: boolean;
  /** Lines that have become too long are broken when the terminal is made narrower, and the cursor moves down with them. */
  readonly reflows: boolean;
}

/**
 * Decided by the environment, as other programs do: `NO_COLOR` (no-color.org) before `FORCE_COLOR`, `TERM=dumb`, the locale,
 * and `CI`, whose logs keep every line that is written over.
 */
export function traitsOf(terminal: boolean, options: GlobalOptions, env: NodeJS.ProcessEnv): Traits {
  const term = env['TERM'] ?? '';
  const dumb = term === '' || term === 'dumb';
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  const quiet = options.json === true || options.quiet === true;
  return {
    terminal,
    color: options.color !== false && colorOf(env, terminal && !dumb),
    // The Linux console has room for 512 characters, and not those of every font.
    unicode: !terminal || (!dumb && term !== 'linux' && /utf-?8/i.test(locale ?? '')),
    live: terminal && !dumb && !quiet && !isSet(env['CI']),
    reflows: env['XTERM_VERSION'] === undefined && env['STY'] === undefined,
  };
}

function colorOf(env: NodeJS.ProcessEnv, otherwise: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  const forced = env['FORCE_COLOR'];
  return forced === undefined || forced === '' ? otherwise : isSet(forced);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
