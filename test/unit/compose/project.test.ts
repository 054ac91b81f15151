import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../packages/core/src/plan/format.js';
import { briefly, loadProject, saidOf } from './helpers.js';

const SERVICE = 'services: { web: { image: x, networks: [lan] } }\n';
const NET = 'driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27';
const network = (body: string): string => `${SERVICE}networks: { lan: { ${body} } }\n`;
const own = (body: string, beside = ''): string => network(`external: true${beside}, x-netctl: { ${body} }`);

describe('x-netctl where it cannot be, or not so', () => {
  test.each<[string, ...string[]]>([
    [network('x-netctl: {}'), 'NOT_EXTERNAL networks.lan.x-netctl a.yaml:2:20'],
    [network('external: false, x-netctl: {}'), 'NOT_EXTERNAL networks.lan.x-netctl a.yaml:2:37'],
    [network('external: true, x-netctl: [a]'), 'WRONG_TYPE networks.lan.x-netctl a.yaml:2:36'],
    [network('external: true, x-netctl: yes'), 'WRONG_TYPE networks.lan.x-netctl a.yaml:2:46'],
    [network('external: true, driver: bridge, x-netctl: {}'), 'EXTERNAL_WITH_KEYS networks.lan.driver a.yaml:2:36'],
    [network('external: true, x-netcti: {}'), 'UNKNOWN_KEY networks.lan.x-netcti a.yaml:2:36'],
    [`${own(NET)}x-netclt: {}\n`, 'UNKNOWN_KEY x-netclt a.yaml:3:1'],
    [own('name: z'), 'SAID_TWICE networks.lan.x-netctl.name a.yaml:2:54'],
    [own('external: true'), 'SAID_TWICE networks.lan.x-netctl.external a.yaml:2:58'],
    [own('subnett: 10.0.0.0/24'), 'UNKNOWN_KEY networks.lan.subnett a.yaml:2:48'],
    [own('subnet: 10.0.0.1/24'), 'HOST_BITS networks.lan.subnet a.yaml:2:56'],
    [own('driver: macvlan'), 'PARENT_REQUIRED networks.lan a.yaml:2:13'],
    [own('x-mine: { any: 1 }, labels: { x-kept: "" }')],
  ])('%s', (text, ...expected) => expect(briefly(saidOf(text))).toEqual(expected));

  test.each<[string, ...string[]]>([
    ['other: { external: true, name: real, x-netctl: {} }', 'DUPLICATE_NAME networks.other.name a.yaml:4:34'],
    ['other: { external: true, name: real }', 'DUPLICATE_NAME networks.other.name a.yaml:4:34'],
    ['other: { name: real }', 'DUPLICATE_NAME networks.other.name a.yaml:4:18'],
    ['real: { external: true }', 'DUPLICATE_NAME networks.real a.yaml:4:3'],
  ])('one name of two networks: %s', (line, ...expected) => {
    const text = `${SERVICE.replace('[lan]', '[lan, default]')}networks:\n  lan: { external: true, name: real, x-netctl: {} }\n  ${line}\n`;
    const errors = saidOf(text).filter(({ code }) => code !== 'NETWORK_UNUSED');
    expect(briefly(errors)).toEqual(expected);
  });
});

describe('x-netctl at the top', () => {
  test('has the keys of the top of a spec', () => {
    const more = 'x-netctl: { vlans: { v7: { parent: eth1, id: 7 } }, avoid: [10.8.0.0/16], ignore: [NO_IP_RANGE] }';
    const { spec, problems } = loadProject(
      `${own('driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1')}${more}\n`,
    );
    expect(problems).toEqual([]);
    expect(spec).toMatchObject({ name: 'home', vlans: { v7: { id: 7 } }, avoid: ['10.8.0.0/16'] });
  });

  test.each<[string, ...string[]]>([
    ['x-netctl: { name: z }', 'UNKNOWN_KEY x-netctl.name a.yaml:3:13'],
    ['x-netctl: { networks: {} }', 'UNKNOWN_KEY x-netctl.networks a.yaml:3:13'],
    ['x-netctl: { vlan: {} }', 'UNKNOWN_KEY vlan a.yaml:3:13'],
    ['x-netctl: { ignore: [NO_SUCH] }', 'UNKNOWN_CODE ignore[0] a.yaml:3:22'],
    ['x-netctl: { avoid: [*no] }', 'UNKNOWN_ALIAS x-netctl.avoid[0] a.yaml:3:21'],
    ['x-netctl: [a]', 'WRONG_TYPE x-netctl a.yaml:3:1'],
    ['x-netctl:'],
    ['x-netctl: { vlans: }'],
  ])('%s', (line, ...expected) => expect(briefly(saidOf(`${own(NET)}${line}\n`))).toEqual(expected));
});

describe('networks that are left to Compose', () => {
  const left = (networks: string): readonly string[] =>
    saidOf(`services: {}\nnetworks: { ${networks} }\nx-netctl: { ignore: [NETWORK_UNUSED, IGNORED_NOTHING] }`).map(
      ({ code, severity, message }) => `${code} ${severity} ${message}`,
    );
  test.each([
    ['lan: { external: true, x-netctl: {} }', undefined],
    ['lan: { external: true, x-netctl: {} }, app:', 'The network app is left to Compose.'],
    ['app: { driver: x, ipam: 7 }, db: { external: true }', 'The networks app and db are left to Compose.'],
    ['', 'The file has no network for netctl to make.'],
    ['a: , b: , c: , d: , e: , f: , g: ', 'The networks a, b, c, d, e and 2 more are left to Compose.'],
  ])('%s', (networks, said) => {
    expect(left(networks)).toEqual(said === undefined ? [] : [`LEFT_TO_COMPOSE note ${said}`]);
  });
});

describe('several files', () => {
  const first = own(NET);
  test('each problem, and each place, names its file', () => {
    const loaded = loadProject(first, 'networks:\n  lan:\n    x-netctl: { reserve: { nas: 192.168.1.5 } }\n  app:\n');
    const { problems, locate, file } = loaded;
    expect(file).toBe('a.yaml and b.yaml');
    expect(briefly(problems)).toEqual(['LEFT_TO_COMPOSE networks a.yaml:2:1']);
    const places = ['networks.lan', 'networks.lan.reserve.nas', 'networks.lan.reserve', 'services.web', 'avoid'];
    expect(places.map((path) => locate(path))).toEqual([
      { file: 'a.yaml', line: 2, column: 13 },
      { file: 'b.yaml', line: 3, column: 33 },
      { file: 'b.yaml', line: 3, column: 17 },
      { file: 'a.yaml', line: 1, column: 13 },
      { file: 'a.yaml', line: 1, column: 1 },
    ]);
  });

  test('a problem of a value is in the file whose value counts', () => {
    const over = 'networks: { lan: { x-netctl: { gateway: 192.168.2.1 } } }';
    const [found] = saidOf(first, over);
    expect(found && formatProblem(found, 'z.yaml').split('\n')[0]).toMatch(
      /^error: b\.yaml:1:41: networks\.lan\.gateway.* \[OUTSIDE_SUBNET\]$/,
    );
  });

  test('all that is wrong is said, file by file', () => {
    expect(briefly(saidOf('services: [\n', 'networks: {\n', '\tx: 1'))).toEqual([
      'YAML_SYNTAX  a.yaml:2:1',
      'YAML_SYNTAX  b.yaml:2:1',
      'YAML_SYNTAX  c.yaml:1:1',
    ]);
    expect(
      briefly(saidOf(`${own('mode: x')}b: 1\n`, 'c: 1\nnetworks: { lan: { x-netctl: { vlan: y } } }')).map((line) =>
        line.replace(/ \S* /, ' '),
      ),
    ).toEqual([
      'KEY_NOT_FOR_DRIVER a.yaml:2:54',
      'UNKNOWN_KEY a.yaml:3:1',
      'UNKNOWN_KEY b.yaml:1:1',
      'INVALID_VALUE b.yaml:2:38',
    ]);
  });

  test('specs are not files of a project', () => {
    expect(briefly(saidOf('name: a\nnetworks: {}\n', 'name: b\n'))).toEqual(['SEVERAL_SPECS  a.yaml:1:1']);
  });
});

describe('the name of the stack', () => {
  const named = (name: string): readonly string[] => saidOf(`name: ${name}\n${own(NET)}`).map(({ message }) => message);
  test('has room for 63 letters', () => {
    expect(named('x'.repeat(63))).toEqual([]);
    expect(named('x'.repeat(64))).toEqual([
      'The project name, from name, has 64 letters; as the name of a stack it has room for 63.',
    ]);
  });

  test('is said to be missing, when there is nothing to make it from', () => {
    expect(named('')).toEqual(['name must be text, and is empty.']);
  });
});

test('a file of anchors that stand for too much is refused at once', () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `  l${String(i + 1)}: &l${String(i + 1)} [${`*l${String(i)},`.repeat(9)}]`,
  );
  const text = `${own(NET)}x-laugh:\n  l0: &l0 [a]\n${levels.join('\n')}\n`;
  expect(saidOf(text)).toEqual([]);
  expect(saidOf(`${text}x-netctl: { avoid: *l12 }\n`).map(({ code }) => code)).toContain('TOO_MANY_ALIASES');
});
