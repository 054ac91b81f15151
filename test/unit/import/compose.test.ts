import { describe, expect, test } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { readCompose } from '../../../packages/core/src/import/compose-file.js';
import type { ComposeInput } from '../../../packages/core/src/import/compose-file.js';
import { importCompose } from '../../../packages/core/src/import/compose.js';
import { loadText } from '../../support/memory/run.js';

const read = (bytes: string, more: Partial<ComposeInput> = {}) =>
  readCompose({ bytes, file: 'compose.yaml', folder: 'Shop.1', env: {}, ...more });

/** Without the comments before the first line. */
const body = (text: string): string => text.replace(/^(#.*\n)*\n/, '');

const problems = (bytes: string, more: Partial<ComposeInput> = {}): readonly string[] => {
  try {
    read(bytes, more);
  } catch (error) {
    if (!(error instanceof NetctlError)) throw error;
    expect(error.code).toBe('SPEC_INVALID');
    return error.problems.map(({ line, column, code, message }) => `${line ?? 0}:${column ?? 0} ${code} ${message}`);
  }
  return [];
};

test('what a file includes is told of, and its tags are Compose’s', () => {
  const { spec, leftOut } = importCompose(
    read(
      'include: [b.yaml]\nservices: { a: { networks: [n] } }\nnetworks: { n: { labels: !override { a: b }, internal: !reset null } }\n',
      {
        folder: 'shop',
      },
    ),
  );
  expect(leftOut).toEqual([{ name: 'include', why: expect.stringContaining('file by file') as string }]);
  expect(spec).toContain('a: b');
  expect(spec).not.toContain('internal');
});

describe('the project', () => {
  // What docker compose config printed of the same.
  test.each([
    ['My App.1', 'myapp1'],
    ['__x', 'x'],
    ['Ünï', 'n'],
  ])('is named for the folder: %s is %s', (folder, project) => {
    expect(read('services: {}', { folder }).project).toBe(project);
  });

  test('by the environment before the file, and by the file before the folder', () => {
    const text = 'name: ${N:-From File}\nservices: {}\n';
    expect(read(text).project).toBe('fromfile');
    expect(read(text, { env: { N: 'x' } }).project).toBe('x');
    expect(read(text, { env: { COMPOSE_PROJECT_NAME: 'env' } }).project).toBe('env');
    expect(read(text, { env: { COMPOSE_PROJECT_NAME: '' } }).project).toBe('fromfile');
    expect(read(text, { dotenv: 'COMPOSE_PROJECT_NAME=dot\n' }).project).toBe('dot');
    expect(problems(text, { env: { COMPOSE_PROJECT_NAME: 'Env X' } })).toEqual([
      '1:7 INVALID_VALUE COMPOSE_PROJECT_NAME is "Env X", which Compose refuses as the name of a project.',
    ]);
    expect(problems('services: {}', { folder: '' })).toHaveLength(1);
  });
});

describe('the file', () => {
  test('tells which networks there are, and whether Compose makes one by itself', () => {
    const service = (keys: string): boolean => read(`services: { a: ${keys} }`).usesDefault;
    expect(
      ['{}', '{networks: {}}', '{networks: []}', '{networks: [default]}', '{networks: {default: {}}}'].map(service),
    ).toEqual(Array(5).fill(true));
    expect(['{networks: [x]}', '{networks: {x: {}}}', '{network_mode: host}', 'null', '[]'].map(service)).toEqual(
      Array(5).fill(false),
    );
    expect(read('services: {}\nnetworks: { a: }').networks).toEqual({ a: null });
    expect(
      read('x-net: &n { driver: bridge }\nservices: {}\nnetworks: { a: { <<: *n, x-netctl: 1 } }').networks,
    ).toEqual({
      a: { driver: 'bridge' },
    });
  });

  test.each([
    ['networks: null\n', ['1:11 WRONG_TYPE networks must be a mapping of names to networks, and is empty.']],
    [
      'services: {}\nnetworks: [a]\n',
      ['2:1 WRONG_TYPE networks must be a mapping of names to networks, and is a list.'],
    ],
    ['- a\n', ['1:1 WRONG_TYPE A Compose file is a mapping with services, and this file is a list.']],
    ['', ['1:1 WRONG_TYPE A Compose file is a mapping with services, and this file is empty.']],
    ['services: {}\nnetworks:\n\ta: {}\n', [expect.stringMatching(/^3:1 YAML_SYNTAX /)]],
    [
      'services: {}\nnetworks: { a: { driver: "${D:?no driver}" } }\n',
      [expect.stringMatching(/^2:\d+ MISSING_VARIABLE /)],
    ],
    ['services: {}\nnetworks: &n { a: *n }\n', [expect.stringMatching(/^2:\d+ RECURSIVE_ALIAS /)]],
  ])('is wrong where it says so: %j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('may be wrong elsewhere, which is for Compose to say', () => {
    expect(read('services: { a: { image: "${X:?}", ports: !reset [] } }\nnetworks: { n: {} }').networks).toEqual({
      n: {},
    });
  });

  test('may have a thousand services', () => {
    const services = Array.from(
      { length: 1000 },
      (_, index) => `  s${String(index)}: { networks: [n${String(index)}] }`,
    );
    const networks = Array.from({ length: 1000 }, (_, index) => `  n${String(index)}: {}`);
    const { spec, networks: count } = importCompose(
      read(`services:\n${services.join('\n')}\nnetworks:\n${networks.join('\n')}\n`),
    );
    expect(count).toBe(1000);
    expect(Object.keys(loadText(spec).spec.networks)).toHaveLength(1000);
  });
});

describe('the spec', () => {
  test('has what Compose would make, under the names that it would give', () => {
    const { spec, leftOut, stack } = importCompose(
      read(
        `
services: { a: {} }
networks:
  front:
  lan:
    name: home-lan
    driver: macvlan
    driver_opts: { parent: "\${PARENT}", macvlan_mode: bridge }
    ipam: { config: [{ subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, aux_addresses: { nas: 192.168.1.200, far: 192.168.1.9 } }] }
  six:
    internal: true
    attachable: true
    enable_ipv6: true
    driver_opts: { com.docker.network.driver.mtu: 1400, com.docker.network.bridge.enable_icc: "false" }
    ipam: { driver: default, config: [{ subnet: 10.5.0.0/24 }, { subnet: "fd00:5::/64" }], options: { a: b } }
    labels: [cost=5$$, bare]
  theirs: { external: true }
  old: { external: { name: x } }
`,
        { env: { PARENT: 'eth0' } },
      ),
    );
    expect(stack).toBe('shop1');
    expect(leftOut).toEqual(
      ['theirs', 'old'].map((name) => ({ name, why: 'it is external, so Compose does not make it' })),
    );
    expect(body(spec)).toMatchInlineSnapshot(`
      "name: shop1

      networks:
        front:
          name: shop1_front
          driver: bridge

        lan:
          name: home-lan
          driver: macvlan
          parent: eth0
          mode: bridge
          ipam:
            config:
              - subnet: 192.168.1.0/24
                gateway: 192.168.1.1
                ip_range: 192.168.1.192/27
                aux_addresses:
                  far: 192.168.1.9
          reserve:
            nas: 192.168.1.200

        six:
          name: shop1_six
          driver: bridge
          ipam:
            options:
              a: b
            config:
              - subnet: 10.5.0.0/24
              - subnet: fd00:5::/64
          enable_ipv6: true
          internal: true
          attachable: true
          mtu: 1400
          driver_opts:
            com.docker.network.bridge.enable_icc: "false"
          labels:
            cost: 5$$
            bare: ""

        # Compose makes it for the services that name no network.
        default:
          name: shop1_default
          driver: bridge

      # In the Compose file they have to be external then, so that Compose uses them and leaves them there:

      # networks:
      #   front: { name: shop1_front, external: true }
      #   lan: { name: home-lan, external: true }
      #   six: { name: shop1_six, external: true }
      #   default: { name: shop1_default, external: true }

      # Left out:
      # - theirs: it is external, so Compose does not make it.
      # - old: it is external, so Compose does not make it.
      "
    `);
    const { networks } = loadText(spec).spec;
    expect(Object.entries(networks).map(([key, { name = key }]) => name)).toEqual([
      'shop1_front',
      'home-lan',
      'shop1_six',
      'shop1_default',
    ]);
    expect(networks['six']?.labels).toEqual({ cost: '5$', bare: '' });
  });

  test('leaves out what netctl refuses, with the reason', () => {
    const { spec, leftOut } = importCompose(
      read(`
services: {}
networks:
  bad: { ipam: { config: [{ subnet: 10.0.0.5/24 }] } }
  one: { ipam: { config: [{ subnet: 10.1.0.0/24 }] } }
  two: { ipam: { config: [{ subnet: 10.1.0.0/16 }] } }
  range: { driver: macvlan, driver_opts: { parent: eth0 }, ipam: { config: [{ subnet: 192.168.1.0/24, ip_range: 192.168.1.100/28 }] } }
  list: [a]
  typo: { drivr: bridge }
`),
    );
    expect(Object.keys(loadText(spec).spec.networks)).toEqual(['one']);
    expect(leftOut.map(({ name, why }) => `${name}: ${why}`)).toEqual([
      expect.stringMatching(/^bad: "10\.0\.0\.5\/24" /),
      expect.stringMatching(/^shop1_two: 10\.1\.0\.0\/16 overlaps/),
      expect.stringMatching(/^range: "192\.168\.1\.100\/28" /),
      expect.stringMatching(/^list: .*mapping/),
      expect.stringMatching(/^typo: .*drivr/),
    ]);
  });

  test('is of the stack that is asked for, and of a valid one by default', () => {
    expect(importCompose({ project: 'p', networks: {}, usesDefault: false }, 'home').stack).toBe('home');
    const long = 'p'.repeat(80);
    const { spec } = importCompose({ project: long, networks: { a: null }, usesDefault: false });
    expect(loadText(spec).spec.name).toBe('p'.repeat(63));
  });
});
