/** What may be passed on inside a bundle: licences that ask for no more than their text. */
const PASSED_ON = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0'];

/** SPDX names, as package.json and package-lock.json have them. */
export const ALLOWED_LICENCES = {
  bundled: new Set(PASSED_ON),
  /** What only builds and tests netctl is not passed on. */
  tools: new Set([...PASSED_ON, 'MPL-2.0', 'Python-2.0', 'Unlicense']),
};

/** These say it in their LICENSE file alone, which was read: MIT. */
export const MIT_BY_THEIR_FILE: ReadonlySet<string> = new Set(['buildcheck', 'cpu-features', 'spawndamnit', 'ssh2']);
