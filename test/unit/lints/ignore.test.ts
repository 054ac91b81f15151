import { describe, expect, test } from 'vitest';
import { FIRM } from '../../../packages/core/src/codes.js';
import { brief, problemsOf } from '../spec/helpers.js';

const LAN = 'networks: { lan: { driver: macvlan, parent: eth0, subnet: 10.0.0.0/24, ip_range: 10.0.0.64/26 } }';
const NO_GATEWAY = 'NO_GATEWAY networks.lan 2:13';

describe('ignore:', () => {
  test.each<[string, ...string[]]>([
    ['ignore: []', NO_GATEWAY],
    ['ignore:', NO_GATEWAY],
    ['ignore: [NO_GATEWAY]'],
    ['ignore: [NO_GATEWAY, NO_GATEWAY]'],
    ['ignore: ["NO_GATEWAY"]'],
    ['ignore: [WIFI_PARENT]', NO_GATEWAY],
    ['ignore: [NO_GATEWAY, NO_SUBNET]', 'IGNORED_NOTHING ignore[1] 3:22'],
    ['ignore: [NO_GATEWAY, NO_SUBNET, IGNORED_NOTHING]'],
    ['ignore: [no_gateway]', NO_GATEWAY, 'UNKNOWN_CODE ignore[0] 3:10'],
    ['ignore: [NO_GATEWAY, SUBNET_OVERLAP]', 'NOT_IGNORABLE ignore[1] 3:22'],
    [
      'ignore: [NO_GATEWAY, NOT_IGNORABLE, UNKNOWN_CODE]',
      'NOT_IGNORABLE ignore[1] 3:22',
      'NOT_IGNORABLE ignore[2] 3:37',
    ],
    ['ignore: [NO_GATEWAY, ENGINE_TOO_OLD]', 'NOT_IGNORABLE ignore[1] 3:22'],
    ['ignore: [toString, __proto__]', NO_GATEWAY, 'UNKNOWN_CODE ignore[0] 3:10', 'UNKNOWN_CODE ignore[1] 3:20'],
    ['ignore: NO_GATEWAY', NO_GATEWAY, 'WRONG_TYPE ignore 3:9'],
    ['ignore: [7]', NO_GATEWAY, 'WRONG_TYPE ignore[0] 3:10'],
    // What is wrong elsewhere does not bring back what was left out.
    ['ignore: [NO_GATEWAY]\nvlan: {}', 'UNKNOWN_KEY vlan 4:1'],
  ])('%s', (line, ...expected) => {
    expect(brief(problemsOf(`name: a\n${LAN}\n${line}\n`))).toEqual(expected);
  });

  test('comes from a variable like any other value', () => {
    expect(brief(problemsOf(`name: a\n${LAN}\nignore: ["\${CODE}"]\n`, { CODE: 'NO_GATEWAY' }))).toEqual([]);
  });

  test('tells why a code cannot be ignored, what was probably meant, and what can be', () => {
    const [typo, firm, odd] = problemsOf(`name: a\nignore: [NO_GATWAY, SYNTAX, YAML_SYNTAX]\n`);
    expect(typo).toMatchObject({
      message: '"NO_GATWAY" is not the code of a problem.',
      hint: 'Did you mean NO_GATEWAY?',
    });
    expect(firm?.hint).toMatch(/^The codes that can be ignored are NO_SUBNET, .* and IGNORED_NOTHING\.$/);
    const [reason] = Object.keys(FIRM);
    expect(odd?.message).toBe(`"YAML_SYNTAX" cannot be ignored: ${reason ?? ''}.`);
  });

  test('an error that may be ignored makes no spec invalid', () => {
    const spec = (more: string): string =>
      `name: a\nnetworks: { web: { driver_opts: { macvlan_mode: x } } }\n${more}\n`;
    expect(brief(problemsOf(spec('')))).toEqual(['OPTION_OF_OTHER_DRIVER networks.web.driver_opts.macvlan_mode 2:49']);
    expect(problemsOf(spec('ignore: [OPTION_OF_OTHER_DRIVER]'))).toEqual([]);
  });
});
