import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';

const MTU = 'com.docker.network.driver.mtu';
const ICC = 'com.docker.network.bridge.enable_icc';
const text = `name: home
networks:
  a: { subnet: 10.11.0.0/24 }
  b: { subnet: 10.12.0.0/24, mtu: 1300 }
  c: { subnet: 10.13.0.0/24 }
`;

describe('an engine that adds options to every network', () => {
  const start = () => memoryHost({ defaultOptions: { bridge: { [MTU]: '1400', [ICC]: 'false' } } });

  test('is found out with the first networks, and known from then on', async () => {
    const host = start();
    await applyText(host, text);
    const creates = host.faults.log.filter((line) => line.startsWith('create'));
    // Four are made at once, before any has shown what it was given.
    expect(creates).toHaveLength(6);
    host.faults.arm();
    await applyText(host, `${text}  d: { subnet: 10.14.0.0/24 }\n`);
    expect(host.faults.log).toEqual(['create network d']);
    expect(stepsOf(await planText(host, `${text}  d: { subnet: 10.14.0.0/24 }\n`))).toEqual([]);
  });

  test('is said in a label of what it was given', async () => {
    const host = start();
    await applyText(host, text);
    const added = host.world.networks.map(({ Name, Labels }) => [Name, Labels?.['io.netctl.added']]);
    expect(Object.fromEntries(added)).toMatchObject({
      a: `{"options":{"${ICC}":"false","${MTU}":"1400"}}`,
      b: `{"options":{"${ICC}":"false"}}`,
    });
  });

  test('makes no drift when it stops, and what was added by hand is drift all the same', async () => {
    const host = start();
    await applyText(host, text);
    host.world.defaultOptions = {};
    expect(stepsOf(await planText(host, text))).toEqual([]);
    for (const network of host.world.networks) {
      if (network.Name === 'a') network.Options = { ...network.Options, [MTU]: '1200' };
      if (network.Name === 'b') network.Options = { ...network.Options, 'com.docker.network.bridge.inhibit_ipv4': '1' };
    }
    expect(stepsOf(await planText(host, text)).map(({ op, why }) => `${op}: ${why}`)).toEqual([
      `network.remove: driver_opts.${MTU} 1200 → 1400`,
      'network.remove: driver_opts.com.docker.network.bridge.inhibit_ipv4 1 is not wanted',
      `network.create: driver_opts.${MTU} 1200 → 1400`,
      'network.create: driver_opts.com.docker.network.bridge.inhibit_ipv4 1 is not wanted',
    ]);
    await applyText(host, text);
    expect(stepsOf(await planText(host, text))).toEqual([]);
  });

  test('an engine that adds nothing is asked to make each network once', async () => {
    const host = memoryHost();
    await applyText(host, text);
    expect(host.faults.log.filter((line) => line.startsWith('create'))).toHaveLength(3);
  });
});
