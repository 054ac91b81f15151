import { afterAll, beforeAll, expect, test } from 'vitest';
import { askEngine, makeForeignNetwork, networkNames, removeForeignNetwork } from './support/engine-client.js';
import { answerWith, type Interference } from './support/engine-proxy.js';
import { openReplaceBench, type ReplaceBench } from './support/replace/bench.js';

/* Somebody takes what a container needs, while it is off its network: the others are back, and it stays in the journal. */

let bench: ReplaceBench;

beforeAll(async () => {
  bench = await openReplaceBench();
  await bench.join({
    name: 'shop',
    state: 'running',
    networks: { back: { IPAMConfig: { IPv4Address: '10.5.0.40' }, Aliases: ['store'] } },
    host: { PortBindings: { '80/tcp': [{ HostPort: '18080' }] } },
  });
});

afterAll(() => bench[Symbol.asyncDispose]());

/** Does something when the n-th such request has been done, before it is answered. */
function following(pattern: RegExp, number: number, act: () => Promise<unknown>): Interference {
  let seen = 0;
  return async (call, outgoing, forward) => {
    if (call.aside || !pattern.test(`${call.method} ${call.path}`)) return false;
    seen += 1;
    if (seen !== number) return false;
    const answer = await forward();
    await act();
    answerWith(outgoing, answer);
    return true;
  };
}

/** When the network is gone with everybody off it; when the one in its place is there, with nobody on it. */
const gone = (act: () => Promise<unknown>): Interference => following(/^DELETE /, 1, act);
const made = (act: () => Promise<unknown>): Interference => following(/^POST \/networks\/create$/, 1, act);

/** `shop` alone is off, is named, and is in the journal. */
async function expectShopOff(ended: { exitCode: number | null; stderr: string }, cause: RegExp): Promise<void> {
  expect(ended.exitCode, ended.stderr).toBe(1);
  expect(ended.stderr).toMatch(cause);
  expect(ended.stderr).toMatch(/\bshop\b/);
  expect(await bench.missing(), ended.stderr).toEqual(['shop']);
  expect(await bench.kept()).toEqual(['shop']);
  expect(await networkNames(bench.host)).toContain('netctl-journal');
}

const again = (...more: readonly string[]) =>
  bench.desk.netctl(['apply', bench.next(), '--recreate', '--yes', ...more]);

test('its host port: half connected, until the port is free and it may be restarted', async () => {
  let thief = '';
  const take = async (): Promise<void> => {
    const PortBindings = { '80/tcp': [{ HostPort: '18080' }] };
    thief = await bench.intrude({ name: 'thief', state: 'running', networks: { bridge: {} }, host: { PortBindings } });
  };
  const stuck = /^error: .*Container shop is half connected to network back.*NOT_RECOVERED/m;
  await expectShopOff(await bench.attempt({ engine: gone(take) }), stuck);

  await expectShopOff(await again(), /half connected to network back/);
  await bench.remove(thief);
  // Nothing but a restart cures it, and nobody has allowed that yet.
  const told = await again();
  await expectShopOff(told, /half connected to network back/);
  expect(told.stderr).toContain('--restart-stuck');
  await bench.converge('the port is free', ['--restart-stuck']);
});

test('its address: put back once that is free', async () => {
  let squatter = '';
  const take = async (): Promise<void> => {
    const back = { IPAMConfig: { IPv4Address: '10.5.0.40', IPv6Address: 'fd00:5::40' } };
    squatter = await bench.intrude({ name: 'squatter', state: 'running', networks: { back } });
  };
  const taken = /already in use/i;
  await expectShopOff(await bench.attempt({ engine: made(take) }), taken);
  await expectShopOff(await again(), taken);
  await bench.remove(squatter);
  await bench.converge('the address is free');
});

test('the name of the network: the foreign one is never touched', async () => {
  let foreign = '';
  const take = async (): Promise<void> => {
    foreign = await makeForeignNetwork(bench.host, 'back', { Labels: { whose: 'theirs' } });
  };
  const look = () => askEngine<object>(bench.host, 'GET', `/networks/${foreign}`);
  const everybody = ['fixed', 'fresh', 'loop', 'loose', 'over', 'shop'];
  const failed = await bench.attempt({ engine: gone(take) });
  expect(failed.exitCode, failed.stderr).toBe(1);
  expect(failed.stderr).toMatch(/Could not make network back: .*already exists/);
  const found = await look();
  expect(found).toMatchObject({ Labels: { whose: 'theirs' }, Containers: {} });
  const off = async (stderr: string): Promise<void> => {
    for (const name of everybody) expect(stderr).toMatch(new RegExp(`^error: .*\\b${name}\\b`, 'm'));
    expect(await bench.missing(), stderr).toEqual(everybody);
    expect(await bench.kept(), stderr).toEqual(everybody);
    expect(await look(), stderr).toEqual(found);
  };
  await off(failed.stderr);

  const refused = await again();
  expect(refused.exitCode, refused.stderr).toBe(3);
  expect(refused.stderr).toContain('NAME_TAKEN');
  await off(refused.stderr);

  await removeForeignNetwork(bench.host, foreign);
  await bench.converge('the name is free');
});
