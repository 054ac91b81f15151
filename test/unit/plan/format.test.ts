import { describe, expect, test } from 'vitest';
import type { NetworkProps, Plan, Step } from '../../../packages/core/src/model.js';
import { describeNetwork } from '../../../packages/core/src/plan/describe.js';
import { formatPlan, formatProblem } from '../../../packages/core/src/plan/format.js';
import { problem } from '../../../packages/core/src/problem.js';

const lan = (config: NetworkProps['ipam']['config']): NetworkProps => ({
  driver: 'macvlan',
  ipam: { config },
  options: { parent: 'eth0' },
  labels: {},
});
const subnet = '192.168.1.0/24';

describe('a network in words', () => {
  test('has adjacent blocks of a subnet as one range, and its gateway once', () => {
    const config = [
      { subnet, ipRange: '192.168.1.104/29', gateway: '192.168.1.1' },
      { subnet, ipRange: '192.168.1.100/30', gateway: '192.168.1.1' },
      { subnet, ipRange: '192.168.1.192/27' },
    ];
    expect(describeNetwork(lan(config))).toBe(
      'macvlan on eth0, 192.168.1.0/24 range 192.168.1.100-192.168.1.111 range 192.168.1.192/27 gateway 192.168.1.1',
    );
  });

  test('has the gateways that were asked for', () => {
    const found = lan([{ subnet, gateway: '192.168.1.1' }]);
    expect(describeNetwork(found, lan([{ subnet }]))).toBe('macvlan on eth0, 192.168.1.0/24');
    expect(describeNetwork(found, found)).toBe('macvlan on eth0, 192.168.1.0/24 gateway 192.168.1.1');
  });
});

describe('a network that is made again', () => {
  const common = {
    host: 'local',
    ref: 'network:lan',
    why: 'internal false → true',
    disruptive: true,
    name: 'lan',
  } as const;
  const remove: Step = { ...common, op: 'network.remove', id: '1', scope: 'local', was: lan([]) };
  const create: Step = { ...common, op: 'network.create', props: lan([{ subnet }]), asked: lan([{ subnet }]) };
  const plan = (...stages: readonly Step[][]): Plan => ({ version: 1, stack: 'home', stages, problems: [] });

  test('has the reason at its removal alone', () => {
    expect(formatPlan(plan([remove], [create]))).toBe(
      '- network lan  internal false → true\n+ network lan  made again: macvlan on eth0, 192.168.1.0/24\n',
    );
  });

  test('is one of the same host', () => {
    expect(formatPlan(plan([{ ...remove, host: 'other' }], [create]))).toContain('internal false → true\n+');
    expect(formatPlan(plan([{ ...remove, host: 'other' }], [create]))).not.toContain('made again');
  });
});

describe('a problem', () => {
  const said = (path: string, message: string): string =>
    formatProblem(problem('error', 'INVALID_VALUE', path, message), 'f').replace(/^error: f: (.*) \[.*$/, '$1');

  test.each([
    ['name', 'name must be text.'],
    ['vlans.v.id', 'vlans.v.id must be a whole number.'],
    ['networks["a b/c"].mtu', 'networks["a b/c"].mtu must be auto.'],
    ['networks["a \\"b"].mtu', 'networks["a \\"b"] has no subnet.'],
    ['networks.l.ipam.config[0].gateway', 'networks.l has no subnet.'],
  ])('of %s has its place once', (path, message) => expect(said(path, message)).toBe(message));

  test.each([
    ['name', 'names are short.'],
    ['networks.a', 'networks of that kind are none.'],
    ['networks.a.subnet', '10.0.0.0/24 is in use.'],
    ['containers.c', '"c" is too short.'],
  ])('of %s has its place before what does not say it', (path, message) =>
    expect(said(path, message)).toBe(`${path}: ${message}`),
  );
});
