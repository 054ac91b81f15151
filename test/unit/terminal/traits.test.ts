import { expect, test } from 'vitest';
import type { GlobalOptions } from '../../../packages/cli/src/options.js';
import { traitsOf } from '../../../packages/cli/src/terminal/traits.js';

const xterm = { TERM: 'xterm-256color', LANG: 'en_GB.UTF-8' };
const at = (env: NodeJS.ProcessEnv, options: GlobalOptions = {}, terminal = true) => {
  const { color, unicode, live } = traitsOf(terminal, options, env);
  return [color, unicode, live];
};

test.each([
  ['a terminal', xterm, {}, [true, true, true]],
  ['an ASCII locale', { TERM: 'xterm', LANG: 'C' }, {}, [true, false, true]],
  ['no locale', { TERM: 'xterm' }, {}, [true, false, true]],
  ['LC_ALL before LANG', { ...xterm, LC_ALL: 'C' }, {}, [true, false, true]],
  ['an empty LC_ALL', { ...xterm, LC_ALL: '' }, {}, [true, true, true]],
  ['the Linux console', { ...xterm, TERM: 'linux' }, {}, [true, false, true]],
  ['a dumb terminal', { ...xterm, TERM: 'dumb' }, {}, [false, false, false]],
  ['no TERM', { LANG: 'C.UTF-8' }, {}, [false, false, false]],
  ['NO_COLOR', { ...xterm, NO_COLOR: '1' }, {}, [false, true, true]],
  ['an empty NO_COLOR', { ...xterm, NO_COLOR: '' }, {}, [true, true, true]],
  ['NO_COLOR and FORCE_COLOR', { ...xterm, NO_COLOR: '1', FORCE_COLOR: '1' }, {}, [false, true, true]],
  ['--no-color', { ...xterm, FORCE_COLOR: '1' }, { color: false }, [false, true, true]],
  ['FORCE_COLOR=0', { ...xterm, FORCE_COLOR: '0' }, {}, [false, true, true]],
  ['FORCE_COLOR on a dumb terminal', { TERM: 'dumb', FORCE_COLOR: '1' }, {}, [true, false, false]],
  ['CI', { ...xterm, CI: 'true' }, {}, [true, true, false]],
  ['CI=false', { ...xterm, CI: 'false' }, {}, [true, true, true]],
  ['--quiet', xterm, { quiet: true }, [true, true, false]],
  ['--json', xterm, { json: true }, [true, true, false]],
] as const)('%s', (_what, env, options, expected) => {
  expect(at(env, options)).toEqual(expected);
});

test('a pipe has all characters, and colours only by FORCE_COLOR', () => {
  expect(at({ TERM: 'dumb', LANG: 'C' }, {}, false)).toEqual([false, true, false]);
  expect(at({ ...xterm, FORCE_COLOR: '1' }, {}, false)).toEqual([true, true, false]);
});
