import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHost } from '@netctl/lab';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askEngine } from '../integration/support/engine-client.js';
import { testEngine } from '../integration/support/engine.js';
import { documentOf, type FailureDocument, openDesk, repository } from '../integration/support/netctl.js';
import { composeProgram } from '../integration/support/replace/compose.js';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

const spec = `
name: home
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27 }
  default: { name: home-default, subnet: 10.1.0.0/24 }
  shared: { external: true }
  settings: { config_only: true }
containers:
  printer:
    networks:
      lan: { ipv4_address: 192.168.1.180, aliases: [lp, lp, "$$x"], mac: 02:42:c0:a8:01:b4, default_route: true }
      default:
  camera-of-the-door:
    select: { label: com.docker.compose.service=camera }
    networks: { lan: { gw_priority: -5, interface_name: lan0, driver_opts: { mtu: 1400 }, link_local_ips: [169.254.8.8] } }
`;

const networks = `networks:
  lan:
    external: true
  default:
    external: true
    name: "home-default"
  shared:
    external: true
`;

const services = `services:
  printer:
    networks:
      lan:
        ipv4_address: "192.168.1.180"
        aliases:
          - "lp"
          - "$$x"
        mac_address: "02:42:c0:a8:01:b4"
        gw_priority: 1
      default: {}
  camera:
    networks:
      lan:
        link_local_ips:
          - "169.254.8.8"
        driver_opts:
          mtu: "1400"
        gw_priority: -5
        interface_name: "lan0"
`;

let cli: CliFolder;
beforeEach(async () => {
  cli = await openCliFolder();
});
afterEach(() => cli[Symbol.asyncDispose]());

describe('netctl compose prints', () => {
  test.each([
    [[], networks],
    [['--quiet'], networks],
    [['--services'], services + networks],
  ])('%s', async (args, expected) => {
    await cli.write('netctl.yaml', spec);
    const { exitCode, stdout, stderr } = await cli.netctl(['compose', ...args]);
    expect(stderr).toBe('');
    expect(`${stdout}\n`).toBe(expected);
    expect(exitCode).toBe(0);
  });

  test('no services where the spec has no containers', async () => {
    await cli.write('netctl.yaml', 'name: home\nnetworks: { web: }\n');
    expect((await cli.netctl(['compose', '--services'])).stdout).toBe('networks:\n  web:\n    external: true');
  });

  test('what the spec warns of on standard error', async () => {
    await cli.write('netctl.yaml', spec.replace('gateway: 192.168.1.1, ', ''));
    const { stdout, stderr } = await cli.netctl(['compose']);
    expect(stderr).toContain('[NO_GATEWAY]');
    expect(`${stdout}\n`).toBe(networks);
  });
});

test('what the page on Compose shows is what is printed', async () => {
  const page = await readFile(join(repository, 'docs/compose.md'), 'utf8');
  const shown = /\$ netctl compose --services\n([^$]*)\n\$ netctl compose/.exec(page)?.[1];
  await cli.write(
    'netctl.yaml',
    `
name: shop
networks:
  front: { subnet: 10.5.0.0/24, ip_range: 10.5.0.128/25 }
  default: { name: shop-default, subnet: 10.6.0.0/24 }
containers:
  web: { networks: { front: { ipv4_address: 10.5.0.20, aliases: [www] }, default: } }
`,
  );
  expect((await cli.netctl(['compose', '--services'])).stdout).toBe(shown?.trimEnd());
});

test('what Compose has no words for is refused, all of it, and without --services only what is about networks', async () => {
  const text = `
name: home
networks: { web: , x-back: { name: back }, x-settings: { config_only: true } }
containers:
  one: { networks: { web: { mac: stable, driver_opts: { x-a: b } }, x-back: } }
  two: { select: { label: com.docker.compose.service=one }, networks: [web] }
  three: { select: { label: com.docker.compose.service }, networks: [web] }
  four: { select: { label: com.docker.compose.service=a b }, networks: [web] }
  five: { select: { label: com.docker.compose.service=x-five }, networks: [web] }
  six: { select: { label: team=blue }, networks: [web] }
`;
  await cli.write('netctl.yaml', text);
  const refused = await cli.netctl(['compose', '--services', '--json']);
  expect(refused.exitCode).toBe(3);
  const { error } = documentOf<FailureDocument>(refused);
  expect(error.message).toBe('This cannot be said in a Compose file: 8 problems');
  expect(error.problems.map(({ code, path, line }) => `${code} ${path} ${String(line)}`)).toEqual([
    'NOT_IN_COMPOSE networks.x-back 3',
    'NOT_IN_COMPOSE containers.one.networks.web.driver_opts.x-a 5',
    'NOT_IN_COMPOSE containers.one.networks.web.mac 5',
    'NOT_IN_COMPOSE containers.two 6',
    'NOT_IN_COMPOSE containers.three 7',
    'NOT_IN_COMPOSE containers.four 8',
    'NOT_IN_COMPOSE containers.five 9',
    'NOT_IN_COMPOSE containers.six 10',
  ]);
  for (const { message, hint } of error.problems) expect([message.at(-1), hint?.at(-1)]).toEqual(['.', '.']);

  const alone = await cli.netctl(['compose']);
  expect(alone).toMatchObject({ exitCode: 3, stdout: '' });
  expect(alone.stderr).toMatch(
    /^error: netctl\.yaml:3:20: networks\.x-back: .*\n {4}Give .* name: back at it\.\nnetctl: /,
  );
});

describe.skipIf(composeProgram === undefined)('piped into Compose', () => {
  const compose = composeProgram ?? '';

  test.each([['--services'], ['--services', '--json']])('every key and text is what it was: %s %s', async (...args) => {
    const keys = ['123', 'true', '1_000', '0b1', '2024-01-01', '1.5', '.5', '-', 'no', 'null', 'Null', 'a.b'];
    const texts = [
      'yes',
      '0777',
      '$HOME',
      '${HOME}',
      '$$',
      'a: b',
      '#x',
      ' ',
      '"',
      "'",
      '\\',
      '*a',
      '&a',
      '!!int 5',
      'é\t',
      'a\nb',
      '1e3',
    ];
    const placeOf = (written: readonly string[]) => ({
      driver_opts: { 'a: $b': written.join(), '': '' },
      aliases: written,
    });
    const placesOf = (written: readonly string[]) => Object.fromEntries(keys.map((key) => [key, placeOf(written)]));
    const networks = Object.fromEntries(
      keys.map((key, index) => [key, { external: true, name: `n${String(index)}` }] as const),
    );
    // Variables are put into values alone, here as in Compose.
    const written = texts.map((text) => text.replaceAll('$', '$$$$'));
    const spec = { name: 'odd', networks, containers: { '1e3': { networks: placesOf(written) } } };
    await cli.write('netctl.yaml', JSON.stringify(spec));
    await cli.write('compose.yaml', 'name: odd\nservices: { "1e3": { image: any } }\n');
    const printed = await cli.netctl(['compose', ...args]);
    expect(printed.stderr).toBe('');
    const files = ['--file', join(cli.folder, 'compose.yaml'), '--file', '-'];
    const config = await execa(compose, [...files, 'config', '--format', 'json'], {
      input: printed.stdout,
      timeout: 30_000,
    });
    const read = JSON.parse(config.stdout.replaceAll('$$', '$')) as {
      readonly services: Readonly<Record<string, { readonly networks: object }>>;
      readonly networks: object;
    };
    expect(read.services['1e3']?.networks).toEqual(placesOf(texts));
    expect(read.networks).toMatchObject(networks);
  });

  test('a project uses the networks that netctl made, each service in its place; netctl has nothing left to do', async () => {
    await using host = await startHost({ engine: testEngine() });
    await using desk = await openDesk(host);
    await host.importImage('netctl/sleep', { programs: ['/bin/sleep'] });
    const stack = await desk.write('netctl.yaml', {
      name: 'home',
      networks: {
        front: { subnet: '10.31.0.0/24', ip_range: '10.31.0.128/25' },
        back: { name: 'home-back', subnet: '10.32.0.0/24', internal: true },
      },
      containers: {
        shop: { networks: { front: { ipv4_address: '10.31.0.20', aliases: ['www', '$$1'] }, back: {} } },
        data: { select: { label: 'com.docker.compose.service=db' }, networks: { back: { aliases: ['postgres'] } } },
      },
    });
    const applied = await desk.netctl(['apply', stack]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    const sleeper = { image: 'netctl/sleep', pull_policy: 'never', init: true, command: ['/bin/sleep', 'infinity'] };
    const file = join(desk.folder, 'compose.yaml');
    // Its containers have the names that the spec has.
    const project = { name: 'web', services: { shop: { ...sleeper, container_name: 'shop' }, db: sleeper } };
    await writeFile(file, JSON.stringify(project));
    const run = async (flags: readonly string[], ...args: readonly string[]) => {
      const { stdout } = await desk.netctl(['compose', stack, ...flags]);
      const files = ['--file', file, '--file', '-'];
      return host.run(compose, [...files, ...args], { input: stdout, reject: false, timeout: 60_000 });
    };
    for (const flags of [['--services'], ['--services', '--json']]) {
      const up = await run(flags, 'up', '--detach');
      expect(up.exitCode, up.stderr).toBe(0);
      const places = async (name: string) => {
        const { NetworkSettings } = await askEngine<{
          NetworkSettings: { Networks: Record<string, { IPAddress: string; Aliases: readonly string[] }> };
        }>(host, 'GET', `/containers/${name}/json`);
        return NetworkSettings.Networks;
      };
      const [shop, db] = [await places('shop'), await places('web-db-1')];
      expect(Object.keys(shop).sort()).toEqual(['front', 'home-back']);
      expect(shop['front']).toMatchObject({ IPAddress: '10.31.0.20' });
      expect(shop['front']?.Aliases).toEqual(expect.arrayContaining(['www', '$1']));
      expect(Object.keys(db)).toEqual(['home-back']);
      expect(db['home-back']?.Aliases).toContain('postgres');
      const plan = await desk.netctl(['plan', stack, '--detailed-exitcode']);
      expect(plan.stdout).toBe('Nothing to do: home is as the spec says.');
    }
    // The same project finds nothing to change by the block alone: the networks are there, and outlive it.
    const down = await run(['--services'], 'down', '--timeout', '1');
    expect(down.exitCode, down.stderr).toBe(0);
    const created = await run([], 'create');
    expect(created.exitCode, created.stderr).toBe(0);
    expect((await desk.netctl(['status', stack])).stdout).toMatch(/ok +network front/);
  });
});
