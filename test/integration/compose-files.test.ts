import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askEngine, type Inspected, networkNames } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { snapshotOf } from './support/host-snapshot.js';
import { type Desk, documentOf, openDesk, type PlanDocument } from './support/netctl.js';
import { composeProgram } from './support/replace/compose.js';
import { busyboxImage } from './support/workload.js';

/* A Compose project whose external networks netctl makes, from the files that Compose itself reads. */

const project = (image: string): object => {
  const service = { image, pull_policy: 'never', init: true, stop_grace_period: '1s', command: 'sleep 600' };
  return {
    services: {
      web: { ...service, networks: { lan: { ipv4_address: '${WEB}' }, back: {} } },
      db: { ...service, networks: ['back', 'app'] },
    },
    networks: {
      lan: {
        external: true,
        'x-netctl': {
          driver: 'macvlan',
          parent: 'eth0',
          subnet: '192.168.1.0/24',
          gateway: '192.168.1.1',
          ip_range: '192.168.1.192/27',
        },
      },
      back: { external: true, name: '${COMPOSE_PROJECT_NAME}-back', 'x-netctl': { subnet: '10.5.0.0/24' } },
      app: {},
    },
  };
};

describe.skipIf(composeProgram === undefined)('a Compose project', () => {
  let lan: Lan;
  let host: Host;
  let desk: Desk;

  beforeAll(async () => {
    lan = await startLan({ addresses: ['192.168.1.1/24'] });
    host = await startHost({
      interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' }],
      engine: testEngine(),
    });
    desk = await openDesk(host);
    await desk.write('compose.yaml', project(await busyboxImage(host)));
    await desk.write(
      'compose.override.yaml',
      'networks: { lan: { x-netctl: { shim: true, ip_range: 192.168.1.208/28 } } }\n',
    );
    await desk.write('.env', 'COMPOSE_PROJECT_NAME=shop\nWEB=192.168.1.180\n');
  });

  afterAll(async () => {
    await desk[Symbol.asyncDispose]();
    await host.close();
    await lan.close();
  });

  const compose = async (...args: readonly string[]): Promise<void> => {
    const ran = await host.run('env', [`--chdir=${desk.folder}`, composeProgram ?? '', ...args], {
      reject: false,
      timeout: 60_000,
    });
    expect(ran.exitCode, ran.stderr).toBe(0);
  };
  const netctl = async (...args: readonly string[]): Promise<string> => {
    const ran = await desk.netctl(args);
    expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
    return ran.stdout;
  };
  const own = async (): Promise<readonly string[]> =>
    (await networkNames(host)).filter((name) => !['bridge', 'host', 'none'].includes(name)).sort();
  const addressOf = async (container: string, network: string): Promise<string | undefined> => {
    const { NetworkSettings } = await askEngine<{
      NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
    }>(host, 'GET', `/containers/${container}/json`);
    return NetworkSettings.Networks[network]?.IPAddress;
  };

  test('comes up after an apply with no other step, and its networks outlive it', async () => {
    const before = await snapshotOf(host);
    await netctl('apply');
    expect(await own()).toEqual(['lan', 'shop-back']);
    const { Labels, IPAM } = await askEngine<Inspected>(host, 'GET', '/networks/lan');
    expect(Labels).toMatchObject({ 'io.netctl.stack': 'shop' });
    expect(IPAM).toMatchObject({ Config: [{ IPRange: '192.168.1.208/28' }] });

    await compose('up', '--detach');
    expect(await own()).toEqual(['lan', 'shop-back', 'shop_app']);
    expect(await addressOf('shop-web-1', 'lan')).toBe('192.168.1.180');
    expect(await addressOf('shop-db-1', 'shop-back')).toMatch(/^10\.5\.0\./);
    // The host by the shim, which has a route to the address of the service.
    const ping = await host.run('ping', ['-c1', '-W2', '192.168.1.180']);
    expect(ping.stdout).toContain(' 0% packet loss');
    const planned = documentOf<PlanDocument>(await desk.netctl(['plan', '--json', '--detailed-exitcode']));
    expect(planned.steps).toEqual([]);
    expect(planned.problems.map(({ code }) => code)).toEqual(['LEFT_TO_COMPOSE']);
    const status = await netctl('status');
    expect(status).toContain('shop-web-1 (running)  192.168.1.180');
    // A network that is in use stays.
    expect((await desk.netctl(['destroy', '--yes'])).exitCode).toBe(3);

    await compose('down', '--timeout', '1');
    expect(await own()).toEqual(['lan', 'shop-back']);
    expect(await netctl('plan')).toMatch(/^Nothing to do: shop is as the spec says\./);
    await compose('create');
    await compose('start');
    expect(await addressOf('shop-web-1', 'lan')).toBe('192.168.1.180');
    await compose('down', '--timeout', '1');

    await netctl('destroy', '--yes');
    expect(await snapshotOf(host)).toEqual(before);
    expect(await desk.stateFiles()).toEqual([]);
  });

  test('needs that apply', async () => {
    const ran = await host.run('env', [`--chdir=${desk.folder}`, composeProgram ?? '', 'create'], { reject: false });
    expect(ran.stderr).toContain('could not be found');
    await compose('down', '--timeout', '1');
  });

  test('takes away what its files no longer have, with leave', async () => {
    await netctl('apply', '-f', 'compose.yaml', '-f', 'compose.override.yaml');
    await desk.write(
      'less.yaml',
      'services: {}\nnetworks: { back: { external: true, name: shop-back, x-netctl: { subnet: 10.5.0.0/24 } } }\n',
    );
    const refused = await desk.netctl(['apply', 'less.yaml']);
    expect(refused.exitCode).toBe(3);
    expect(await own()).toEqual(['lan', 'shop-back']);
    await netctl('apply', 'less.yaml', '--yes');
    expect(await own()).toEqual(['shop-back']);
    await netctl('destroy', 'compose.yaml', '--yes');
    expect(await own()).toEqual([]);
  });
});
