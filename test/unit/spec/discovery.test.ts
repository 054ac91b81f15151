import { describe, expect, test } from 'vitest';

import { formatProblem } from '../../../packages/core/src/plan/format.js';
import { briefly, loadProject, saidOf } from '../compose/helpers.js';
import { load, problemsOf } from './helpers.js';

const NETWORKS = `networks:
  app: { driver: overlay, attachable: true }
  lan: { external: true, name: home-lan }
  base: { config_only: true }
  mesh: { driver: overlay, ingress: true, name: mesh }
  world: { external: true, name: host }`;

function spec(discovery: string, more = ''): string {
  return `name: home\n${NETWORKS}\ndiscovery: ${discovery}\n${more}`;
}

function wrong(text: string): readonly string[] {
  return problemsOf(text).map(({ code, path, line }) => `${code} ${path} ${String(line)}`);
}

function hints(text: string): readonly (string | undefined)[] {
  return problemsOf(text).map(({ hint }) => hint);
}

const agent = (address: string): string => spec(`{ consul: { networks: [app], address: ${JSON.stringify(address)} } }`);

describe('discovery.consul', () => {
  test('is read as it is written', () => {
    const { spec: read } = load(spec('{ consul: { networks: [app, lan], address: "http://${AGENT}:8500" } }'), {
      AGENT: '10.0.0.5',
    });
    expect(read.discovery).toEqual({ consul: { networks: ['app', 'lan'], address: 'http://10.0.0.5:8500' } });
    expect(load('name: home\n').spec).not.toHaveProperty('discovery');
  });

  test('has times in seconds', () => {
    const { spec: read } = load(spec('{ consul: { networks: [app], ttl: 90s, deregister_after: 1h } }'));
    expect(read.discovery?.consul).toMatchObject({ ttl: 90, deregister_after: 3600 });
  });

  test.each([
    ['{ consul: { networks: [ap] } }', 'UNKNOWN_NETWORK discovery.consul.networks[0] 8'],
    ['{ consul: { networks: [app, home-lan] } }', 'UNKNOWN_NETWORK discovery.consul.networks[1] 8'],
    ['{ consul: { networks: [base] } }', 'NETWORK_TAKES_NOBODY discovery.consul.networks[0] 8'],
    ['{ consul: { networks: [mesh] } }', 'NETWORK_TAKES_NOBODY discovery.consul.networks[0] 8'],
    ['{ consul: { networks: [world] } }', 'NETWORK_TAKES_NOBODY discovery.consul.networks[0] 8'],
    ['{ consul: { networks: [app, lan, app] } }', 'SAID_TWICE discovery.consul.networks[2] 8'],
    ['{ consul: { networks: [] } }', 'INVALID_VALUE discovery.consul.networks 8'],
    ['{ consul: { networks: app } }', 'WRONG_TYPE discovery.consul.networks 8'],
    ['{ consul: { networks: [app], ttl: 9s } }', 'INVALID_VALUE discovery.consul.ttl 8'],
    ['{ consul: { networks: [app], ttl: 25h } }', 'INVALID_VALUE discovery.consul.ttl 8'],
    ['{ consul: { networks: [app], ttl: 60 } }', 'WRONG_TYPE discovery.consul.ttl 8'],
    ['{ consul: { networks: [app], ttl: 1d } }', 'INVALID_VALUE discovery.consul.ttl 8'],
    ['{ consul: { networks: [app], deregister_after: 59s } }', 'INVALID_VALUE discovery.consul.deregister_after 8'],
    ['{ consul: {} }', 'MISSING_KEY discovery.consul.networks 8'],
    ['{ consul: }', 'WRONG_TYPE discovery.consul 8'],
    ['{}', 'MISSING_KEY discovery.consul 8'],
    ['{ cnsul: {}, consul: { networks: [app] } }', 'UNKNOWN_KEY discovery.cnsul 8'],
    ['{ consul: { network: [lan], networks: [app] } }', 'UNKNOWN_KEY discovery.consul.network 8'],
    ['{ consul: { networks: [app], adress: "http://a" } }', 'UNKNOWN_KEY discovery.consul.adress 8'],
  ])('%s', (discovery, expected) => {
    expect(wrong(spec(discovery))).toEqual([expected]);
  });

  test('says what was probably meant', () => {
    expect(hints(spec('{ consul: { networks: [ap, home-lan, zzzz] } }'))).toEqual([
      'Did you mean app?',
      'Did you mean lan?',
      'The networks here are app, lan, base, mesh and world. One that netctl does not make is written with external: true.',
    ]);
    expect(hints(spec('{ consul: { network: [lan], networks: [app] } }'))).toEqual(['Did you mean networks?']);
    expect(hints('name: home\ndiscovry: {}\n')).toEqual(['Did you mean discovery?']);
  });

  test('does not say that a network is missing of which only a key is wrong', () => {
    expect(wrong(spec('{ consul: { networks: [app] } }').replace('attachable', 'atachable'))).toEqual([
      'UNKNOWN_KEY networks.app.atachable 3',
    ]);
  });

  test('may name a network that is not on every host', () => {
    const hosts = 'hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" } }';
    const text = `name: home\n${hosts}\nnetworks: { web: { hosts: [b] } }\ndiscovery: { consul: { networks: [web] } }\n`;
    expect(wrong(text)).toEqual([]);
  });
});

describe('the address of an agent', () => {
  test.each([
    'http://127.0.0.1:8500',
    'https://consul.lan:8501',
    'http://[::1]:8500',
    'unix:///run/consul.sock',
    'http://c/consul',
  ])('%s', (address) => expect(wrong(agent(address))).toEqual([]));

  test.each([
    ['127.0.0.1:8500', 'Write http://127.0.0.1:8500.'],
    ['consul', 'Write http://consul.'],
    ['tcp://127.0.0.1:8500', 'Write http://HOST:8500, https://HOST:8501 or unix:///PATH.'],
    ['http://', 'Write http://HOST:8500, https://HOST:8501 or unix:///PATH.'],
    ['http://a:99999', 'Write http://HOST:8500, https://HOST:8501 or unix:///PATH.'],
    ['unix://run', 'Write http://HOST:8500, https://HOST:8501 or unix:///PATH.'],
    ['http://a/#b', 'Write http://HOST:8500, https://HOST:8501 or unix:///PATH.'],
  ])('%s', (address, hint) => {
    expect(wrong(agent(address))).toEqual(['INVALID_VALUE discovery.consul.address 8']);
    expect(hints(agent(address))).toEqual([hint]);
  });

  test.each([
    'http://me:s3cret@consul:8500',
    'https://s3cret@consul',
    'http://consul:8500/?token=s3cret',
    'me:s3cret@consul',
  ])('is refused with credentials, which no message repeats: %s', (address) => {
    const found = problemsOf(agent(address));
    expect(found.map(({ code, hint }) => [code, hint])).toEqual([
      ['INVALID_VALUE', 'Write it without, and give the token as CONSUL_HTTP_TOKEN or CONSUL_HTTP_TOKEN_FILE.'],
    ]);
    expect(found.map((one) => formatProblem(one, 'netctl.yaml')).join()).not.toContain('s3cret');
  });
});

describe('hosts.X.consul', () => {
  const hosts = (consul: string, discovery = 'discovery: { consul: { networks: [web] } }'): string =>
    `name: home\nhosts: { a: { docker: "unix:///a", consul: ${consul} } }\nnetworks: { web: }\n${discovery}\n`;

  test('is an address, or a mapping with one', () => {
    const read = (consul: string): unknown => load(hosts(consul)).spec.hosts['a']?.consul;
    expect(read('"http://10.0.0.5:8500"')).toEqual({ address: 'http://10.0.0.5:8500' });
    expect(read('{ address: "http://10.0.0.5:8500" }')).toEqual({ address: 'http://10.0.0.5:8500' });
  });

  test.each([
    ['"10.0.0.5:8500"', 'INVALID_VALUE hosts.a.consul 2'],
    ['{ adress: "http://a" }', 'UNKNOWN_KEY hosts.a.consul.adress 2'],
    ['["http://a"]', 'WRONG_TYPE hosts.a.consul 2'],
  ])('%s', (consul, expected) => {
    expect(wrong(hosts(consul))).toContain(expected);
  });

  test('is of no use without discovery', () => {
    expect(wrong(hosts('"http://a"', ''))).toEqual(['MISSING_KEY hosts.a.consul 2']);
  });
});

describe('in a Compose file', () => {
  const file = (networks: string): string =>
    `services: { web: { image: x, networks: [app, other] } }\nnetworks:\n  app: { external: true, x-netctl: { subnet: auto } }\n  other: { external: true }\nx-netctl: { discovery: { consul: { networks: [${networks}] } }, ignore: [LEFT_TO_COMPOSE] }\n`;

  test('is under x-netctl, and names networks of the file', () => {
    expect(loadProject(file('app')).spec.discovery).toEqual({ consul: { networks: ['app'] } });
  });

  test('knows those networks that netctl knows', () => {
    expect(briefly(saidOf(file('other')))).toEqual(['UNKNOWN_NETWORK discovery.consul.networks[0] a.yaml:5:47']);
    expect(saidOf(file('other')).map(({ hint }) => hint)).toEqual([
      'The networks here are app. Of a Compose file those count that are external and have x-netctl.',
    ]);
  });
});
