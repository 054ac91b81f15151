import { describe, expect, test } from 'vitest';
import type { NetworkProps, Plan, Step } from '../../../packages/core/src/model.js';
import { describeNetwork } from '../../../packages/core/src/plan/describe.js';
import { formatPlan } from '../../../packages/core/src/plan/format.js';

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
