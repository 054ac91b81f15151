import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';

import { composeText } from '../../../packages/core/src/compose/text.js';
import { composeUse } from '../../../packages/core/src/compose/use.js';
import { load } from '../spec/helpers.js';

const use = (text: string, services = true) => composeUse(load(`name: home\n${text}`), { services });

describe('what a Compose project says to use a stack', () => {
  test('each network by its real name, but for those that nobody can be on', () => {
    const text = `networks:
  a:
  b: { name: a.b }
  theirs: { external: true }
  old: { external: { name: theirs-too } }
  settings: { config_only: true }
  mesh: { driver: overlay, ingress: true }
`;
    expect(use(text)).toEqual({
      networks: {
        a: { external: true },
        b: { external: true, name: 'a.b' },
        theirs: { external: true },
        old: { external: true, name: 'theirs-too' },
      },
    });
  });

  test('a place with all that it can have', () => {
    const text = `networks:
  a: { enable_ipv6: true, ipam: { config: [{ subnet: 10.1.0.0/24, ip_range: 10.1.0.128/25 }, { subnet: "fd01::/64", ip_range: "fd01::1:0/112" }] } }
containers:
  web:
    networks:
      a:
        ipv4_address: 10.1.0.9
        ipv6_address: fd01::9
        aliases: [www, www, "$$1"]
        link_local_ips: [169.254.1.1]
        mac: 02-42-C0-A8-01-B4
        driver_opts: { mtu: 01000, "a$b": $$ }
        gw_priority: "-3"
        interface_name: lan0
`;
    expect(use(text).services).toEqual({
      web: {
        networks: {
          a: {
            ipv4_address: '10.1.0.9',
            ipv6_address: 'fd01::9',
            aliases: ['www', '$$1'],
            link_local_ips: ['169.254.1.1'],
            mac_address: '02:42:c0:a8:01:b4',
            driver_opts: { mtu: '512', a$b: '$$' },
            gw_priority: -3,
            interface_name: 'lan0',
          },
        },
      },
    });
  });

  test.each([
    ['a: { default_route: true }, b: { gw_priority: 7 }', { a: { gw_priority: 8 }, b: { gw_priority: 7 } }],
    ['a: { default_route: false }, b:', { a: { gw_priority: -1 }, b: {} }],
    ['a: { gw_priority: 0, aliases: [], driver_opts: {} }, b: {}', { a: {}, b: {} }],
  ])('%s', (places, expected) => {
    const text = `networks: { a: , b: }\ncontainers: { web: { networks: { ${places} } } }\n`;
    expect(use(text).services).toEqual({ web: { networks: expected } });
  });

  test('of one of several hosts, which has to be named', () => {
    const text = `name: home
hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" } }
networks: { web: , back: { hosts: [b] }, own: { hosts: [a] } }
containers: { db: { host: b, networks: [back] }, web: { host: a, networks: [own] } }
`;
    const on = (host?: string): unknown => composeUse(load(text), { services: true, ...(host && { host }) });
    expect(on('b')).toEqual({
      services: { db: { networks: { back: {} } } },
      networks: { web: { external: true }, back: { external: true } },
    });
    expect(on).toThrow('The spec is for several hosts, and a Compose project runs on one');
    expect(() => on('c')).toThrow('The spec has no host "c", and a Compose project runs on one');
    expect(() => composeUse(load('name: home\nnetworks: { web: }\n'), { services: false, host: 'a' })).toThrow(
      'no host',
    );
  });

  test('a place on a network whose name begins with x- is no extension', () => {
    const text = 'networks: { x-a: }\ncontainers: { web: { networks: { x-a: } } }\n';
    expect(load(`name: home\n${text}`).spec.containers['web']?.networks).toEqual({ 'x-a': {} });
    expect(() => use(text)).toThrow('This cannot be said in a Compose file: 1 problem');
  });

  test('what is written reads as what was meant', () => {
    const keys = ['a', '123', 'true', 'null', '1_000', '0o17', '2024-01-01', 'y', 'No', '.5', 'a.b-c_d', '-'];
    const networks = Object.fromEntries(keys.map((key) => [key, { external: true, name: `${key}: #` } as const]));
    const text = composeText({ networks });
    expect(parse(text)).toEqual({ networks });
    expect(parse(text, { version: '1.1' })).toEqual({ networks });
    expect(text.match(/^ {2}[a-z].*$/gm)).toEqual(['  a:', '  a.b-c_d:']);
  });
});
