import { afterEach, expect, test, vi } from 'vitest';
import { watchDiscovery } from '../../../packages/cli/src/watch/discovering.js';
import { watchHealth } from '../../../packages/cli/src/watch/health.js';
import { watchMetrics } from '../../../packages/cli/src/watch/metrics.js';
import { watchStatus } from '../../../packages/cli/src/watch/status.js';
import type { WatchEvent } from '../../../packages/core/src/watch/events.js';
import type { DiscoveryEvent } from '../../../packages/consul/src/discovery/events.js';

/* What those who watch over a watch are told: /healthz, /metrics and the status of the service. */

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const round = (result: 'quiet' | 'failed' | 'left', more: { left?: number; pauseMs?: number } = {}): WatchEvent => ({
  event: 'round',
  ...{ round: 1, result, woken: [], wakes: 0, done: 0, left: 0, durationMs: 1 },
  ...more,
});
const failed: WatchEvent = {
  event: 'failed',
  ...{ result: 'failed', code: 'LOCKED', message: 'it is', problems: [], times: 1 },
};
const agentDown = (host: string, message = 'nobody answers'): DiscoveryEvent => ({
  ...{ event: 'discovery', host, state: 'failed', code: 'CONSUL_UNREACHABLE', message },
});

function bench(intervalMs: number) {
  const state = { now: 0, alive: true };
  const now = (): number => state.now;
  const discovering = watchDiscovery(now);
  const health = watchHealth({ intervalMs, isAlive: () => state.alive, discovering, now });
  return { state, discovering, health };
}

test('what failed last, how long ago it was well, and whether it hangs', () => {
  const { state, health } = bench(30_000);
  expect(health.fault()).toBe('no round has come to its end yet');
  health.hear(round('quiet'));
  expect(health.fault()).toBeUndefined();
  health.hear(failed);
  health.hear(round('failed'));
  expect(health.fault()).toBe('it is');
  health.hear(round('left'));
  state.now = 90_000;
  expect(health.fault()).toBeUndefined();
  state.now = 90_001;
  expect(health.fault()).toBe('the last round ended 90 s ago');
  state.alive = false;
  expect(health.fault()).toBe('the round in hand makes no progress');
});

test('a short interval gives a round a minute all the same', () => {
  const { state, health } = bench(1000);
  health.hear(round('quiet'));
  state.now = 60_000;
  expect(health.fault()).toBeUndefined();
  state.now = 60_001;
  expect(health.fault()).toBe('the last round ended 60 s ago');
});

test('a pause that was told of is no fault, and ends', () => {
  const { state, health } = bench(30_000);
  health.hear(round('quiet', { pauseMs: 300_000 }));
  state.now = 330_000;
  expect(health.fault()).toBeUndefined();
  state.now = 330_001;
  expect(health.fault()).toBe('the last round ended 330 s ago');
  health.hear(round('quiet'));
  state.now += 90_001;
  expect(health.fault()).toBe('the last round ended 90 s ago');
});

test('a wall clock that jumps is no fault, and hides none', () => {
  vi.useFakeTimers();
  const health = watchHealth({ intervalMs: 30_000, isAlive: () => true, discovering: watchDiscovery() });
  health.hear(round('quiet'));
  vi.setSystemTime(Date.now() + 86_400_000);
  expect(health.fault()).toBeUndefined();
  vi.advanceTimersByTime(91_000);
  vi.setSystemTime(Date.now() - 86_400_000);
  expect(health.fault()).toBe('the last round ended 91 s ago');
});

test('service discovery that fails is remarked, and a fault when it lasts', () => {
  const { state, discovering, health } = bench(30_000);
  health.hear(round('quiet'));
  discovering.hear({ event: 'services', host: 'local', registered: 2 });
  expect(health.remark()).toBeUndefined();
  discovering.hear(agentDown('local'));
  expect([health.fault(), health.remark()]).toEqual([undefined, 'service discovery fails: nobody answers']);
  state.now = 90_000;
  // Since the first failure, in whatever words.
  discovering.hear(agentDown('local', 'it is busy'));
  state.now = 90_001;
  health.hear(round('quiet'));
  expect(health.fault()).toBe('service discovery fails: it is busy');
  discovering.hear({ event: 'discovery', host: 'local', state: 'working' });
  expect([health.fault(), health.remark()]).toEqual([undefined, undefined]);
});

test('a host that is discovered no more fails no more', () => {
  const { discovering, health } = bench(30_000);
  discovering.hear(agentDown('a'));
  discovering.hear(agentDown('b'));
  discovering.keep(['b']);
  expect(health.remark()).toBe('service discovery for b fails: nobody answers');
});

test('the status says how the networks are, and that discovery fails', () => {
  const { discovering } = bench(30_000);
  const status = watchStatus(discovering);
  expect(status.text()).toBeUndefined();
  status.hear(round('left', { left: 2 }));
  expect(status.text()).toBe('left as disruptive: 2 steps');
  status.hear(round('quiet'));
  discovering.hear(agentDown('local'));
  expect(status.text()).toBe('as the spec says; service discovery fails: nobody answers');
  status.hear(failed);
  expect(status.text()).toBe('it is; service discovery fails: nobody answers');
});

test('metrics of a host that the spec names no more go, and whether discovery works is one', async () => {
  vi.stubGlobal('NETCTL_VERSION', '0');
  const { discovering } = bench(30_000);
  const metrics = watchMetrics(discovering);
  const figures = async (): Promise<readonly string[]> =>
    (await metrics.text())
      .split('\n')
      .filter((line) => /^netctl_(host_up|discovery_up|registered_services)\{/.test(line))
      .sort();
  for (const host of ['a', 'b']) metrics.hear({ event: 'connection', state: 'made', host });
  metrics.hear({ event: 'connection', state: 'deaf', host: 'b', message: 'no' });
  discovering.hear({ event: 'services', host: 'a', registered: 3 });
  discovering.hear(agentDown('a'));
  discovering.hear({ event: 'services', host: 'b', registered: 1 });
  expect(await figures()).toEqual([
    'netctl_discovery_up{host="a"} 0',
    'netctl_discovery_up{host="b"} 1',
    'netctl_host_up{host="a"} 1',
    'netctl_host_up{host="b"} 1',
    'netctl_registered_services{host="a"} 3',
    'netctl_registered_services{host="b"} 1',
  ]);
  metrics.hear({ event: 'connection', state: 'gone', host: 'b' });
  discovering.keep(['a']);
  metrics.hear({ event: 'connection', state: 'lost', host: 'a' });
  expect(await figures()).toEqual([
    'netctl_discovery_up{host="a"} 0',
    'netctl_host_up{host="a"} 0',
    'netctl_registered_services{host="a"} 3',
  ]);
});
