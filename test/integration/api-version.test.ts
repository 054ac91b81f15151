import { type Host, type RunResult, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineVersion, inspectNetwork, isAtLeast, askEngine, networkNames } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { covers } from '../support/table/covers.js';
import { answerWith, type EngineProxy, type Interference, proxyEngine } from './support/engine-proxy.js';
import { expectFailure } from './support/failures.js';
import { type Desk, openDesk } from './support/netctl.js';

/** The oldest API that netctl speaks, which every engine here speaks too, and the newest. */
const OLDEST = '1.41';
const NEWEST = '1.55';

let host: Host;
let desk: Desk;
let version: string;
let engineApi: string;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0', addresses: ['192.168.1.10/24'] }], engine: testEngine() });
  desk = await openDesk(host);
  version = await engineVersion(host);
  ({ ApiVersion: engineApi } = await askEngine<{ ApiVersion: string }>(host, 'GET', '/version'));
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

/** Says of the engine behind it that its newest API is this one; and its oldest, where given. */
const offering =
  (newest: string, oldest?: string): Interference =>
  async ({ path }, outgoing, forward) => {
    if (path !== '/_ping' && path !== '/version') return false;
    const answer = await forward();
    const body =
      path === '/version' && oldest !== undefined
        ? Buffer.from(JSON.stringify({ ...(JSON.parse(answer.body.toString()) as object), MinAPIVersion: oldest }))
        : answer.body;
    answerWith(outgoing, { ...answer, headers: { ...answer.headers, 'api-version': newest }, body });
    return true;
  };

/** The API versions of all requests but those that ask for the version. */
function spoken({ calls }: EngineProxy): readonly (string | undefined)[] {
  const rest = calls.filter(({ path }) => path !== '/_ping' && path !== '/version');
  expect(rest.length).toBeGreaterThan(3);
  return [...new Set(rest.map((call) => call.version))];
}

const spec = {
  name: 'spoken',
  networks: {
    web: {
      subnet: '10.60.0.0/24',
      labels: { a: 'b' },
      driver_opts: { 'com.docker.network.bridge.enable_icc': 'false' },
    },
    lan: {
      driver: 'macvlan',
      parent: 'eth0',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      ip_range: '192.168.1.64/27',
    },
  },
};

describe('every request of an apply and a destroy is made in the API', () => {
  const offers: readonly (readonly [string, string | undefined])[] = [
    ['of the engine', undefined],
    ['that is offered in its place', OLDEST],
  ];
  test.each(offers)('%s', async (_which, offered) => {
    const path = await desk.write('spoken.yaml', spec);
    await using proxy = await proxyEngine(host.socket, offered === undefined ? undefined : offering(offered));
    for (const args of [
      ['apply', path],
      ['plan', path, '--detailed-exitcode'],
      ['status', path],
      ['destroy', path, '--yes'],
    ]) {
      const ran = await desk.netctl([...args, '--host', proxy.dockerHost]);
      expect(ran.exitCode, `${args.join(' ')}: ${ran.stderr}`).toBe(0);
    }
    expect(spoken(proxy)).toEqual([offered ?? engineApi]);
    const methods = new Set(proxy.calls.map(({ method }) => method));
    expect(methods).toEqual(new Set(['GET', 'POST', 'DELETE']));
  });
});

describe('what an older API takes away', () => {
  async function madeBy(api: string, body: object): Promise<object> {
    await askEngine(host, 'POST', `/v${api}/networks/create`, { Name: 'whole', CheckDuplicate: true, ...body });
    const made = await inspectNetwork(host, 'whole');
    await askEngine(host, 'DELETE', '/networks/whole');
    return { ...made, Id: '', Created: '' };
  }

  test('is nothing of a network', async () => {
    const body = {
      Internal: true,
      Attachable: true,
      EnableIPv6: true,
      IPAM: {
        Options: { some: 'option' },
        Config: [
          {
            Subnet: '10.61.0.0/24',
            IPRange: '10.61.0.128/25',
            Gateway: '10.61.0.9',
            AuxiliaryAddresses: { nas: '10.61.0.200' },
          },
          { Subnet: 'fd00:61::/64' },
        ],
      },
      Labels: { a: 'b' },
      Options: {
        'com.docker.network.bridge.enable_icc': 'false',
        ...(isAtLeast(version, '28.0') && { 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' }),
      },
    };
    expect(await madeBy(OLDEST, body)).toEqual(await madeBy(engineApi, body));
  });

  test('but `enable_ipv4: false`, which netctl refuses by name then', async (ctx) => {
    const path = await desk.write('noip4.yaml', {
      name: 'noip4',
      networks: { noip4: { enable_ipv4: false, enable_ipv6: true, subnet: 'fd00:62::/64' } },
    });
    const [older, old] = isAtLeast(version, '28.0') ? ['1.47', true] : [OLDEST, false];
    await using proxy = await proxyEngine(host.socket, offering(older));
    await expectFailure((more) => desk.netctl(['apply', path, '--host', proxy.dockerHost, ...more]), {
      exit: 3,
      code: 'REFUSED',
      cause: old
        ? new RegExp(`\`enable_ipv4: false\` needs API 1\\.48, and engine ${version} is reached with API ${older}`)
        : new RegExp(`\`enable_ipv4: false\` needs engine 28\\.0, this one is ${version}`),
      cure: old ? /own socket.*leave it out/ : /Upgrade Docker, or leave it out/,
      problems: ['ENGINE_TOO_OLD'],
    });
    expect(await networkNames(host)).not.toContain('noip4');
    if (!old) return;
    covers(ctx, version, 'bridge', 'no-ipv4');
    // What it would have been.
    const body = { EnableIPv4: false, EnableIPv6: true, IPAM: { Config: [{ Subnet: 'fd00:62::/64' }] } };
    expect(await madeBy('1.47', body)).toMatchObject({ EnableIPv4: true });
    expect(await madeBy('1.48', body)).toMatchObject({ EnableIPv4: false });
    expect((await desk.netctl(['apply', path])).exitCode).toBe(0);
    expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });
});

describe('an engine of the future', () => {
  const plan =
    (proxy: EngineProxy) =>
    async (more: readonly string[]): Promise<RunResult> => {
      const path = await desk.write('spoken.yaml', spec);
      return desk.netctl(['plan', path, '--host', proxy.dockerHost, ...more]);
    };

  test('that still speaks what netctl does gets that', async () => {
    // No engine here does: it refuses in its own words, and so shows what it was asked.
    await using proxy = await proxyEngine(host.socket, offering('1.70', OLDEST));
    await expectFailure(plan(proxy), {
      exit: 1,
      code: 'ENGINE_ERROR',
      cause: new RegExp(`client version ${NEWEST} is too new. Maximum supported API version is ${engineApi}`),
      cure: /socket of the engine itself/,
    });
    expect([...new Set(proxy.calls.map((call) => call.version))]).toEqual([undefined, NEWEST]);
  });

  test('that does not is refused by both numbers, before anything else is asked', async () => {
    await using proxy = await proxyEngine(host.socket, offering('1.70', '1.60'));
    await expectFailure(plan(proxy), {
      exit: 3,
      code: 'ENGINE_TOO_NEW',
      cause: /speaks API 1\.60 and newer; this netctl ends at 1\.55/,
      cure: /Upgrade netctl/,
    });
    expect(new Set(proxy.calls.map(({ path }) => path))).toEqual(new Set(['/_ping', '/version']));
  });
});
