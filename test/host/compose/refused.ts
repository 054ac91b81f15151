import { on } from './projects.js';
import type { Project } from './projects.js';

const one = (text: string): Project => ({ files: { 'compose.yaml': text } });
const two = (first: string, second: string): Project => ({
  files: { 'a.yaml': first, 'b.yaml': second },
  named: ['a.yaml', 'b.yaml'],
});
const LAN = `${on('lan')}networks: { lan: { external: true, x-netctl: { labels: [a] } } }\n`;

/** Projects that Compose refuses, and what netctl says of each: `CODE path file:line:column`. */
export const REFUSED: Readonly<Record<string, readonly [Project, ...string[]]>> = {
  'an unknown key at the top': [one(`${LAN}netwroks: {}\n`), 'UNKNOWN_KEY netwroks compose.yaml:3:1'],
  tabs: [one('services:\n\tweb: { image: x }\n'), 'YAML_SYNTAX  compose.yaml:2:1'],
  'tabs in the second file': [two(LAN, 'networks:\n\tlan: {}\n'), 'YAML_SYNTAX  b.yaml:2:1'],
  'networks: null': [one('services: { web: { image: x } }\nnetworks: null\n'), 'WRONG_TYPE networks compose.yaml:2:11'],
  'a list of networks': [one(`${on('lan')}networks: [lan]\n`), 'WRONG_TYPE networks compose.yaml:2:1'],
  'a network that is text': [one(`${on('lan')}networks: { lan: x }\n`), 'WRONG_TYPE networks.lan compose.yaml:2:18'],
  'a list of services': [one('services: [web]\n'), 'WRONG_TYPE services compose.yaml:1:1'],
  'services: null': [one('services:\nnetworks: {}\n'), 'WRONG_TYPE services compose.yaml:1:1'],
  'a service of nothing': [one('services: { web: }\n'), 'WRONG_TYPE services.web compose.yaml:1:13'],
  'a service whose key is a number': [
    one('services: { 1: { image: x } }\n'),
    'NON_STRING_KEY services compose.yaml:1:13',
  ],
  'networks of a service that are text': [
    one(`services: { web: { image: x, networks: lan } }\n`),
    'WRONG_TYPE services.web.networks compose.yaml:1:40',
  ],
  'an unknown network': [
    one(`${on('lna')}networks: { lan: {} }\n`),
    'UNKNOWN_NETWORK services.web.networks.lna compose.yaml:1:41',
  ],
  'an address that is a number': [
    one(
      'services: { web: { image: x, networks: { lan: { ipv4_address: 12 } } } }\nnetworks: { lan: { external: true, x-netctl: { subnet: 10.0.0.0/24 } } }\n',
    ),
    'WRONG_TYPE services.web.networks.lan.ipv4_address compose.yaml:1:63',
  ],
  'external: 1': [
    one(`${on('lan')}networks: { lan: { external: 1, x-netctl: {} } }\n`),
    'WRONG_TYPE networks.lan.external compose.yaml:2:30',
  ],
  'external: null': [
    one(`${on('lan')}networks: { lan: { external: , x-netctl: {} } }\n`),
    'NOT_EXTERNAL networks.lan.x-netctl compose.yaml:2:32',
  ],
  'two names of one network': [
    one(`${on('lan')}networks: { lan: { external: { name: a }, name: b, x-netctl: {} } }\n`),
    'SAID_TWICE networks.lan.external.name compose.yaml:2:38',
  ],
  'a name that is a number': [
    one(`${on('lan')}networks: { lan: { external: true, name: 12, x-netctl: {} } }\n`),
    'WRONG_TYPE networks.lan.name compose.yaml:2:42',
  ],
  'recursion in a mapping': [one(`${LAN}x-a: &a { b: { c: *a } }\n`), 'RECURSIVE_ALIAS  compose.yaml:3:19'],
  'recursion in a list': [one(`${LAN}x-a: &a [*a]\n`), 'RECURSIVE_ALIAS  compose.yaml:3:10'],
  'an alias of nothing': [
    one(`${on('lan')}networks: { lan: { external: true, x-netctl: *no } }\n`),
    'UNKNOWN_ALIAS networks.lan.x-netctl compose.yaml:2:46',
  ],
  'a key twice': [one(`${LAN}services: {}\n`), 'DUPLICATE_KEY services compose.yaml:3:1'],
  nothing: [one('# nothing\n'), 'EMPTY_FILE  compose.yaml:1:1'],
  'a variable that is required': [
    one(`${on('lan')}networks: { lan: { external: true, x-netctl: { mode: "\${M:?say it}" } } }\n`),
    'MISSING_VARIABLE networks.lan.x-netctl.mode compose.yaml:2:54',
  ],
  'a variable without an end': [
    one(`${on('lan')}networks: { lan: { external: true, x-netctl: { mode: "\${M" } } }\n`),
    'INVALID_INTERPOLATION networks.lan.x-netctl.mode compose.yaml:2:54',
  ],
  'text over a mapping': [
    two(LAN, 'networks: { lan: { x-netctl: x } }\n'),
    'CANNOT_MERGE networks.lan.x-netctl b.yaml:1:20',
  ],
  'a mapping over a list': [
    two(LAN, 'networks: { lan: { x-netctl: { labels: { a: b } } } }\n'),
    'CANNOT_MERGE networks.lan.x-netctl.labels b.yaml:1:32',
  ],
  'a list over all networks': [two(LAN, 'networks: [lan]\n'), 'CANNOT_MERGE networks b.yaml:1:1'],
  'name: 12': [one(`name: 12\n${LAN}`), 'WRONG_TYPE name compose.yaml:1:7'],
  'name: null': [one(`name:\n${LAN}`), 'WRONG_TYPE name compose.yaml:1:1'],
  'a name of which nothing is left': [one(`name: "___"\n${LAN}`), 'INVALID_VALUE name compose.yaml:1:7'],
  'a COMPOSE_PROJECT_NAME that is none': [
    { ...one(LAN), env: { COMPOSE_PROJECT_NAME: 'Home' } },
    'INVALID_VALUE name compose.yaml:1:1',
  ],
  'include: in itself': [one(`include: [compose.yaml]\n${LAN}`), 'INCLUDE_UNREADABLE include[0] compose.yaml:1:11'],
  'include: in itself, after another file': [
    { files: { 'compose.yaml': `include: [{ path: [b.yaml, compose.yaml] }]\n${LAN}`, 'b.yaml': 'services: {}\n' } },
    'INCLUDE_UNREADABLE include[0] compose.yaml:1:11',
  ],
  'include: of a file that is not there': [
    one(`include: [none.yaml]\n${LAN}`),
    'INCLUDE_UNREADABLE include[0] compose.yaml:1:11',
  ],
  'include: that is text': [one(`include: a.yaml\n${LAN}`), 'WRONG_TYPE include compose.yaml:1:10'],
  'what is wrong in a file that is included': [
    { files: { 'compose.yaml': 'include: [b.yaml]\n', 'b.yaml': `${LAN}x: 1\n` } },
    'UNKNOWN_KEY x b.yaml:3:1',
  ],
};
