/** A Compose project: its files, the ones that are named with -f (else those that are found), and variables. */
export interface Project {
  readonly files: Readonly<Record<string, string>>;
  readonly named?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The folder that Compose is called in, below that of the files. */
  readonly from?: string;
}

const LAN = 'driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27';
export const on = (...networks: readonly string[]): string =>
  `services: { web: { image: x, networks: [${networks.join(', ')}] } }\n`;
const lan = (more = '', beside = ''): string =>
  `networks: { lan: { external: true${beside}, x-netctl: { ${LAN}${more} } } }\n`;
const one = (text: string): Project => ({ files: { 'compose.yaml': text } });
/** Two files, the second over the first. */
const two = (first: string, second: string): Project => ({
  files: { 'a.yaml': first, 'b.yaml': second },
  named: ['a.yaml', 'b.yaml'],
});
const FIRST = on('lan') + lan(', reserve: { nas: 192.168.1.5, tv: 192.168.1.6 }, isolated_from: [], labels: [a=1]');
const over = (own: string): Project => two(FIRST, `networks: { lan: { x-netctl: { ${own} } } }`);

/** Projects that Compose takes, and that netctl has to understand as Compose does. */
export const PROJECTS: Readonly<Record<string, Project>> = {
  'one network': one(on('lan') + lan()),
  'nothing below x-netctl': one(
    `${on('a', 'b')}networks: { a: { external: true, x-netctl: {} }, b: { external: true, x-netctl: } }`,
  ),
  'a name of its own': one(on('lan') + lan('', ', name: home-lan')),
  'external in the old form': one(`${on('lan')}networks: { lan: { external: { name: old }, x-netctl: {} } }`),
  'external in the old form, empty': one(`${on('lan')}networks: { lan: { external: {}, x-netctl: {} } }`),
  'external as text of YAML 1.1': one(`${on('lan')}networks: { lan: { external: yes, x-netctl: {} } }`),
  'external from a variable': {
    ...one(`${on('lan')}networks: { lan: { external: "\${E}", x-netctl: {} } }`),
    env: { E: 'on' },
  },
  'networks of Compose beside': one(
    `${on('lan', 'app')}networks: { lan: { external: true, x-netctl: { ${LAN} } }, app: { driver: "\${D:-bridge}" } }`,
  ),
  'a default network': one(
    `services: { web: { image: x } }\nnetworks: { default: { external: true, name: lan, x-netctl: {} } }`,
  ),
  'tags of no meaning': one(
    `x-a: !mine { a: 1 }\n${on('lan')}networks: !mine { lan: { external: true, x-netctl: {} } }`,
  ),

  'name:': one(`name: home\n${on('lan')}${lan()}`),
  'name: is brought into its form': one(`name: "_My Home-1"\n${on('lan')}${lan()}`),
  'name: from a variable': { ...one(`name: "\${N:-none}-x"\n${on('lan')}${lan()}`), env: { N: 'Some' } },
  'name: of the last file': two(`name: a\n${FIRST}`, 'name: b\n'),
  'name: of the last file that has one': two(`name: a\n${FIRST}`, 'name: ""\n'),
  'COMPOSE_PROJECT_NAME over name:': {
    ...one(`name: home\n${on('lan')}${lan()}`),
    env: { COMPOSE_PROJECT_NAME: 'given' },
  },
  'COMPOSE_PROJECT_NAME of .env': {
    files: { 'compose.yaml': on('lan') + lan(), '.env': 'COMPOSE_PROJECT_NAME=dotenv' },
  },
  'COMPOSE_PROJECT_NAME that is empty': {
    ...one(`name: home\n${on('lan')}${lan()}`),
    env: { COMPOSE_PROJECT_NAME: '' },
  },
  'the project name as a variable': one(`name: Home\n${on('lan')}${lan('', ', name: "${COMPOSE_PROJECT_NAME}-lan"')}`),
  'the folder': { files: { 'My Site.d/compose.yaml': on('lan') + lan() }, from: 'My Site.d' },

  'variables in x-netctl, in values alone': {
    files: {
      'compose.yaml': `${on('lan')}networks: { lan: { external: true, x-netctl: { labels: { "$A": "$A", b: "\${B:-b}", c: "\${C-c}", d: "\${D:+d}", e: "$$E", f: "\${F:?}", g: "\${G:-\${A}}" } } } }`,
      '.env': 'A=dotenv\nC=\nD=d\nF=f\n',
    },
    env: { A: 'environment' },
  },
  '.env beside the first file': {
    files: {
      'sub/a.yaml': FIRST,
      'b.yaml': 'networks: { lan: { x-netctl: { reserve: { x: "$A" } } } }',
      'sub/.env': 'A=192.168.1.7',
      '.env': 'A=192.168.1.8',
    },
    named: ['sub/a.yaml', 'b.yaml'],
  },
  'a variable that is missing where netctl does not look': one(
    `services: { web: { image: x, networks: [lan], environment: { A: "\${NOWHERE}" } } }\n${lan()}`,
  ),

  'an anchor in an x- block': one(
    `x-lan: &lan { ${LAN} }\n${on('lan')}networks: { lan: { external: true, x-netctl: *lan } }`,
  ),
  'a merge key': one(
    `x-lan: &lan { ${LAN} }\n${on('lan')}networks: { lan: { external: true, x-netctl: { <<: *lan, gateway: 192.168.1.2 } } }`,
  ),
  'a list of merge keys: the first counts': one(
    `x-a: &a { subnet: 10.0.0.0/24 }\nx-b: &b { subnet: 10.1.0.0/24, gateway: 10.0.0.9 }\n${on('lan')}networks: { lan: { external: true, x-netctl: { <<: [*a, *b] } } }`,
  ),
  'a merge key for the network': one(
    `x-lan: &lan { external: true, x-netctl: { ${LAN} } }\n${on('lan')}networks: { lan: { <<: *lan, name: z } }`,
  ),
  'a merge key for all networks': one(
    `x-all: &all { lan: { external: true, x-netctl: {} } }\n${on('lan')}networks: { <<: *all }`,
  ),
  'anchors of a service': one(
    `services: { a: { image: x, networks: { lan: &p { ipv4_address: 192.168.1.20 } } }, b: { image: x, networks: { lan: { <<: *p, ipv4_address: 192.168.1.21 } } } }\n${lan()}`,
  ),

  'a value over another': over('gateway: 192.168.1.2'),
  'a mapping into another': over('reserve: { tv: 192.168.1.7, pc: 192.168.1.8 }'),
  'a list after another': over('labels: [a=2, b=1]'),
  'pools after pools': two(
    `${on('n')}networks: { n: { external: true, x-netctl: { ipam: { config: [{ subnet: 10.0.0.0/24 }] } } } }`,
    'networks: { n: { x-netctl: { ipam: { config: [{ subnet: "fd00::/64" }] }, enable_ipv6: true } } }',
  ),
  'null over a value': over('gateway: null, reserve:'),
  'null over a network': two(FIRST, 'networks: { lan: }'),
  'null over all networks': two(FIRST, 'networks:\nservices: { web: { image: y } }'),
  '!reset of a value': over('gateway: !reset null, reserve: { nas: !reset }'),
  '!override of a mapping': over('reserve: !override { pc: 192.168.1.8 }'),
  '!override of a list': over('labels: !override [b=1]'),
  'no tag inside an !override': over(
    'labels: !override [b=1], reserve: !override { pc: 192.168.1.8, x: !reset 192.168.1.9 }',
  ),
  '!override of x-netctl': two(FIRST, 'networks: { lan: { x-netctl: !override { driver: bridge } } }'),
  '!reset of the name': two(
    FIRST.replace('external: true', 'external: true, name: z'),
    'networks: { lan: { name: !reset null } }',
  ),
  '!reset of x-netctl': two(FIRST, 'networks: { lan: { x-netctl: !reset null } }'),
  '!reset of a network': two(
    `${on('lan', 'b')}networks: { lan: { external: true, x-netctl: {} }, b: { external: true, x-netctl: {} } }`,
    'networks: { lan: !reset null }\nservices: { web: { networks: !override [b] } }',
  ),
  'external false over true': two(
    `${on('lan')}networks: { lan: { external: true } }`,
    'networks: { lan: { external: false } }',
  ),
  'a list of networks over a mapping of them': two(
    `services: { web: { image: x, networks: { lan: { ipv4_address: 192.168.1.20 } } } }\n${lan()}`,
    'services: { web: { networks: [lan] } }',
  ),
  'an address over another': two(
    `services: { web: { image: x, networks: { lan: { ipv4_address: 192.168.1.20 } } } }\n${lan()}`,
    'services: { web: { networks: { lan: { ipv4_address: 192.168.1.21 } } } }',
  ),
  'three files': {
    files: {
      a: FIRST,
      b: 'networks: { lan: { x-netctl: { gateway: 192.168.1.3, labels: [b=1] } } }',
      c: 'networks: { lan: { x-netctl: { gateway: 192.168.1.4, labels: [c=1] } } }',
    },
    named: ['a', 'b', 'c'],
  },
};
