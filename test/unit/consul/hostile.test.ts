import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sketch, sketches } from './random.js';
import { said, wanted } from './workload.js';

const GOOD = { name: 'good', ports: [80], labels: { SERVICE_NAME: 'good', SERVICE_CHECK_HTTP: '/' } } as const;

/** What one variable of a container with port 80 comes to, and that it is nothing to its neighbour. */
function one(key: string, value: string, from: 'env' | 'labels' = 'labels') {
  const alone = wanted([GOOD]);
  const { services, problems } = wanted([{ ports: [80], [from]: { [key]: value } }, GOOD]);
  expect(services.filter(({ Name }) => Name === 'good')).toEqual(alone.services);
  const service = services.find(({ ID }) => ID.includes(':web:'));
  return { service, said: said({ problems }) };
}

describe('names', () => {
  test.each([
    'my_shop',
    'shop.example',
    'größe',
    'a b',
    'a/b',
    'x'.repeat(64),
    '../..',
    '$(reboot)',
    "a'b",
    '__proto__',
  ])('SERVICE_NAME=%s is registered, and told that DNS does not find it', (name) => {
    const result = one('SERVICE_NAME', name);
    expect(result.service?.Name).toBe(name);
    expect(result.said).toEqual([expect.stringMatching(/^SERVICE_NAME_INVALID Container web: SERVICE_NAME gives/)]);
  });

  test.each(['a\nb', '\u0000', '\u001b[2J', 'a\u0085', ' ', '\t'])('SERVICE_NAME=%j is not registered', (name) => {
    const result = one('SERVICE_NAME', name);
    expect(result.service).toBeUndefined();
    expect(result.said).toEqual([expect.stringMatching(/^SERVICE_NAME_INVALID .*it is not registered/)]);
    expect(result.said[0]).not.toMatch(/\p{Cc}/u);
  });

  test('the image may have one too', () => {
    const { services, problems } = wanted([{ image: 'my_shop', ports: [80] }]);
    expect(services.map(({ Name }) => Name)).toEqual(['my_shop']);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('The name of its image gives')]);
  });

  test.each(['shop', 'SHOP-1', 'x'.repeat(63), '404'])('%s is a good one', (name) => {
    expect(one('SERVICE_NAME', name)).toMatchObject({ service: { Name: name }, said: [] });
  });
});

describe('ports', () => {
  test.each([
    '0',
    '65536',
    '80abc',
    '-1',
    '+80',
    '080',
    '99999999999999999999',
    '8-',
    '90-80',
    '80-70000',
    '1e2',
    '8 0',
  ])('SERVICE_%s_NAME is told of, and is no name', (port) => {
    const result = one(`SERVICE_${port}_NAME`, 'other');
    expect(result.service).toMatchObject({ Name: 'nginx', Meta: {} });
    expect(result.said).toEqual([expect.stringMatching(/^SERVICE_PORT_INVALID Container web: /)]);
    expect(result.said[0]).toContain(`a port "${port}"`);
  });

  test('a bad port is told of once, however many ports and networks there are', () => {
    const { problems } = wanted([{ ports: [80, 81, '81/udp'], env: { SERVICE_0_NAME: 'x', SERVICE_CHECK_TCP: '1' } }]);
    expect(problems).toHaveLength(1);
  });
});

describe('very many ports', () => {
  const range = (count: number) => Array.from({ length: count }, (_, at) => `${10_000 + at}/udp` as const);
  const ports = (count: number, env: Readonly<Record<string, string>> = {}) => {
    const result = wanted([{ ports: [80, ...range(count)], env }, GOOD]);
    const mine = result.services.filter(({ Name }) => Name !== 'good');
    return { mine: mine.map(({ Port }) => Port), said: said(result) };
  };

  test('100 are services, and of 101 none is, which is told once', () => {
    expect(ports(99)).toMatchObject({ mine: { length: 100 }, said: [] });
    const { mine, said: told } = ports(100);
    expect(mine).toEqual([]);
    expect(told).toEqual([
      expect.stringMatching(/^SERVICE_PORT_INVALID Container web: It exposes 101 ports, more than/),
    ]);
  });

  test('those that have a name of their own are services all the same', () => {
    const env = { SERVICE_NAME: 'x', SERVICE_80_NAME: 'web', SERVICE_10005_UDP_NAME: 'rtp', SERVICE_9_NAME: 'more' };
    expect(ports(10_001, env)).toMatchObject({ mine: [9, 80, 10_005], said: { length: 1 } });
  });

  test.each(['SERVICE_IGNORE', 'SERVICE_10000-20000_IGNORE'])('%s leaves nothing to tell', (key) => {
    expect(ports(10_001, { [key]: '1' })).toEqual({ mine: key === 'SERVICE_IGNORE' ? [] : [80], said: [] });
  });
});

describe('metadata', () => {
  test.each([
    ['SERVICE_', 'x', /Consul takes only keys of letters/],
    ['SERVICE_A.B', 'x', /Consul takes only keys of letters/],
    ['SERVICE_GRÖSSE', 'x', /Consul takes only keys of letters/],
    [`SERVICE_${'k'.repeat(129)}`, 'x', /Consul takes only keys of letters/],
    ['SERVICE_CONSUL-X', 'x', /keys that begin with consul- are Consul’s/],
    ['SERVICE_NETCTL-STACK', 'other', /marks of netctl/],
    ['SERVICE_NOTE', 'ü'.repeat(257), /it has 514 bytes/],
  ])('%s is left out', (key, value, why) => {
    const result = one(key, value);
    expect(result.service?.Meta).toEqual({});
    expect(result.said).toEqual([expect.stringMatching(/^SERVICE_META_INVALID /)]);
    expect(result.said[0]).toMatch(why);
  });

  test.each([
    ['SERVICE___proto__', '__proto__'],
    ['SERVICE_CONSTRUCTOR', 'constructor'],
    ['SERVICE_toString', 'tostring'],
  ])('%s is a key like any other', (name, key) => {
    const result = one(name, 'x');
    expect(Object.entries(result.service?.Meta ?? {})).toEqual([[key, 'x']]);
    expect(Object.getPrototypeOf(result.service?.Meta)).toBe(Object.prototype);
    expect(result.said).toEqual([]);
  });

  test('there are 60 at the most', () => {
    const env = Object.fromEntries(Array.from({ length: 62 }, (_, at) => [`SERVICE_K${100 + at}`, 'x']));
    const { services, problems } = wanted([{ ports: [80], env }]);
    expect(Object.keys(services[0]?.Meta ?? {})).toHaveLength(60);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/62 variables.*"SERVICE_K160" and/)]);
  });
});

test.each(['NAME', 'TAGS', 'ID', 'IGNORE', 'CHECK_HTTP', 'CHECK_SCRIPT', 'REGION', 'CONNECT_UPSTREAMS'])(
  'a megabyte of SERVICE_%s is not read, and the message is short',
  (key) => {
    const result = one(`SERVICE_${key}`, 'x'.repeat(1024 * 1024));
    expect(result.service).toMatchObject({ Name: 'nginx', Tags: [], Meta: {} });
    expect(result.said).toEqual([expect.stringMatching(/^SERVICE_VALUE_INVALID .{1,200}$/)]);
  },
);

test('other variables are nobody’s', () => {
  const env = {
    SERVICE: 'a',
    service_name: 'b',
    SERVICES_NAME: 'c',
    'connect.sidecar_service': 'true',
    X_SERVICE_NAME: 'd',
  };
  const labels = { 'connect.other': 'x', Connect: 'y' };
  const { services, problems } = wanted([{ ports: [80], env, labels }]);
  expect(services).toMatchObject([{ Name: 'nginx', Meta: {} }]);
  expect(services[0]).not.toHaveProperty('Connect');
  expect(problems).toEqual([]);
});

test('tags that others may change are not offered', () => {
  expect(one('SERVICE_ENABLE_TAG_OVERRIDE', 'true').said).toEqual([expect.stringContaining('is not read')]);
  expect(one('SERVICE_ENABLE_TAG_OVERRIDE', 'false').said).toEqual([]);
});

describe('whatever the containers say', () => {
  test('there are services that Consul takes, each with an id of its own, and problems to read', () => {
    fc.assert(
      fc.property(sketches, (some) => {
        const { services, problems } = wanted(some);
        expect(new Set(services.map(({ ID }) => ID)).size).toBe(services.length);
        for (const { ID, Name, Port, Address, Meta, Checks = [] } of services) {
          expect(ID).toMatch(/^netctl:home:node01:app:[A-Za-z0-9_.:~-]+$/);
          expect(Name).not.toMatch(/^$|\p{Cc}/u);
          expect(Port >= 1 && Port <= 65_535).toBe(true);
          expect(Address).toBe('10.0.0.2');
          for (const [key, text] of Object.entries(Meta)) {
            expect(key).toMatch(/^(?!consul-|netctl)[a-z0-9_-]{1,128}$/);
            expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(512);
          }
          expect(Checks.length).toBeLessThan(2);
          for (const { HTTP = 'http://10.0.0.2:80/' } of Checks) expect(new URL(HTTP).hostname).toBe('10.0.0.2');
        }
        expect(new Set(problems.map((one) => JSON.stringify(one))).size).toBe(problems.length);
        for (const { message, hint = '' } of problems) {
          expect(message).toMatch(/^Container c\d: .*\.$/);
          expect(`${message} ${hint}`).not.toMatch(/undefined|NaN|\[object|\p{Cc}/u);
          expect(message.length).toBeLessThan(500);
        }
      }),
    );
  });

  test('the order of its variables is nothing to it', () => {
    const env = { SERVICE_65536_NAME: 'x', SERVICE_0_NAME: 'y', SERVICE_80abc_NAME: 'z' };
    const reversed = Object.fromEntries(Object.entries(env).reverse());
    expect(wanted([{ env: reversed }])).toEqual(wanted([{ env }]));
  });

  test('the order in which the engine lists them is nothing to it', () => {
    const shuffled = sketches.chain((some) =>
      fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
    );
    const turned = (texts: Readonly<Record<string, string>> = {}) =>
      Object.fromEntries(Object.entries(texts).reverse());
    fc.assert(
      fc.property(shuffled, ([some, other]) => {
        const others = other.map((one) => ({ ...one, env: turned(one.env), labels: turned(one.labels) }));
        expect(wanted(others)).toEqual(wanted(some));
      }),
    );
  });

  test('a container is nothing to one of another name', () => {
    fc.assert(
      fc.property(sketch, (bad) => {
        const { services, problems } = wanted([{ ...bad, name: 'bad', id: 'b'.repeat(64) }, GOOD]);
        expect(services.filter(({ ID }) => ID.includes(':good:'))).toEqual(wanted([GOOD]).services);
        expect(problems.filter(({ message }) => !message.startsWith('Container bad: '))).toEqual([]);
      }),
    );
  });
});
