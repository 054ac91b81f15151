import { describe, expect, test } from 'vitest';
import { createBody, engineDefaults } from '../../../packages/core/src/docker/create.js';
import type { NetworkProps } from '../../../packages/core/src/model.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { create, memoryHost } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';

const MTU = 'com.docker.network.driver.mtu';
const ICC = 'com.docker.network.bridge.enable_icc';
const text = `name: home
networks:
  a: { subnet: 10.11.0.0/24 }
  b: { subnet: 10.12.0.0/24, mtu: 1300 }
  c: { subnet: 10.13.0.0/24 }
`;
const more = `${text}  d: { subnet: 10.14.0.0/24 }\n`;

const [MAKE, REMOVE] = ['create network netctl-defaults-ID', 'remove network netctl-defaults-ID'];
/** What was written since the last `arm`, and is then forgotten. */
function written(host: MemoryHost): readonly string[] {
  const log = host.faults.log
    .filter((line) => !line.endsWith('netctl-journal'))
    .map((line) => line.replace(/(?<=netctl-defaults-)[0-9a-f-]{36}$/, 'ID'));
  host.faults.arm();
  return log;
}

describe('an engine that adds options to every network', () => {
  const start = () => memoryHost({ defaultOptions: { bridge: { [MTU]: '1400', [ICC]: 'false' } } });

  test('is asked what it adds before the first of them is made, once for all that are made at the same time', async () => {
    const host = start();
    await applyText(host, text);
    const [make, remove, ...networks] = written(host);
    expect([make, remove]).toEqual([MAKE, REMOVE]);
    expect(networks.sort()).toEqual(['create network a', 'create network b', 'create network c']);
    await applyText(host, more);
    expect(written(host)).toEqual([MAKE, REMOVE, 'create network d']);
    expect(stepsOf(await planText(host, more))).toEqual([]);
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

  test('is asked again in the next apply, since it may have been restarted with others', async () => {
    const host = start();
    await applyText(host, text);
    host.world.defaultOptions = { bridge: { [MTU]: '1450' } };
    await applyText(host, more);
    expect(host.world.networks.find(({ Name }) => Name === 'd')?.Labels?.['io.netctl.added']).toBe(
      `{"options":{"${MTU}":"1450"}}`,
    );
    expect(stepsOf(await planText(host, more))).toEqual([]);
  });

  test.each([
    ['made', 0],
    ['removed', 1],
  ])('fails the step when the network that tells cannot be %s, and nothing else is made', async (_what, write) => {
    const host = start();
    // After the copy of the journal.
    host.faults.arm({ write: write + 1, when: 'before', how: new Error('no') });
    await expect(applyText(host, text)).rejects.toMatchObject({ code: 'STEP_FAILED', message: /no$/ });
    expect(written(host)).toEqual([MAKE, REMOVE].slice(0, write + 1));
    await applyText(host, text);
    expect(stepsOf(await planText(host, text))).toEqual([]);
    expect(host.world.networks.filter(({ Name }) => Name?.startsWith('netctl-'))).toEqual([]);
  });
});

describe('the networks for which nothing is asked', () => {
  test('are those of an engine that is too old to add anything', async () => {
    const host = memoryHost({ engine: { apiVersion: '1.42' } });
    await applyText(host, text);
    expect(written(host)).toHaveLength(3);
  });

  test('are those from a configuration, and those of a swarm', async () => {
    const host = memoryHost({ engine: { swarm: { state: 'active', manager: true } } });
    create(host.world, { Name: 'conf', ConfigOnly: true, Driver: 'bridge' });
    await applyText(host, 'name: home\nnetworks: { app: { driver: overlay }, made: { config_from: conf } }\n');
    expect([...written(host)].sort()).toEqual(['create network app', 'create network made']);
  });

  test('but a configuration is asked for, whatever its driver', async () => {
    const host = memoryHost({ engine: { swarm: { state: 'active', manager: true } } });
    await applyText(host, 'name: home\nnetworks: { conf: { driver: overlay, config_only: true } }\n');
    expect(written(host)).toEqual([MAKE, REMOVE, 'create network conf']);
  });
});

describe('what a killed netctl left', () => {
  const left = async (): Promise<MemoryHost> => {
    const host = memoryHost();
    host.faults.arm({ write: 1, when: 'after', how: 'crash' });
    await expect(applyText(host, text)).rejects.toMatchObject({ code: 'STEP_FAILED' });
    host.faults.arm();
    return host;
  };

  test('is removed by the next apply, which needs no leave for it', async () => {
    const host = await left();
    await applyText(host, text, { allowDisruptive: false });
    expect(written(host).slice(0, 3).sort()).toEqual([MAKE, REMOVE, REMOVE]);
    expect(host.world.networks.map(({ Name }) => Name)).toEqual(['bridge', 'host', 'none', 'a', 'b', 'c']);
  });

  test('needs leave when another network refers to it', async () => {
    const host = await left();
    const name = host.world.networks.find(({ Name }) => Name?.startsWith('netctl-defaults-'))?.Name ?? '';
    create(host.world, { Name: 'theirs', Driver: 'bridge', ConfigFrom: { Network: name } });
    await expect(applyText(host, text, { allowDisruptive: false })).rejects.toMatchObject({ code: 'NEEDS_YES' });
  });

  test('needs leave when it is no configuration', async () => {
    const host = await left();
    for (const network of host.world.networks) delete network.ConfigOnly;
    await expect(applyText(host, text, { allowDisruptive: false })).rejects.toMatchObject({ code: 'NEEDS_YES' });
  });
});

describe('a look at what is added', () => {
  /** An engine of one network, which tells what it is asked, and fails where it is told to. */
  const engine = (failing: readonly string[] = []) => {
    const calls: string[] = [];
    const asked = async <T>(call: string, answer: T): Promise<T> => {
      calls.push(call);
      await Promise.resolve();
      if (failing.includes(call)) throw new Error(call);
      return answer;
    };
    const defaultsOf = engineDefaults('1.43', {
      create: () => asked('create', 'ID'),
      optionsOf: (id) => asked(`options of ${id}`, { [MTU]: '1400' }),
      remove: (id) => asked(`remove ${id}`, undefined),
    });
    return { calls, defaultsOf };
  };
  const look = ['create', 'options of ID', 'remove ID'];

  test('is one for each driver', async () => {
    const { calls, defaultsOf } = engine();
    const bridges = [defaultsOf('bridge', 'home'), defaultsOf('bridge', 'home')];
    expect(await Promise.all(bridges)).toEqual([{ [MTU]: '1400' }, { [MTU]: '1400' }]);
    await defaultsOf('bridge', 'home');
    expect(calls).toEqual(look);
    await defaultsOf('macvlan', 'home');
    expect(calls).toEqual([...look, ...look]);
  });

  test('that cannot be read leaves nothing, and says what went wrong first', async () => {
    for (const failing of [['options of ID'], ['options of ID', 'remove ID']]) {
      const { calls, defaultsOf } = engine(failing);
      await expect(defaultsOf('bridge', 'home')).rejects.toThrow('options of ID');
      expect(calls).toEqual(look);
    }
  });

  test('that failed fails all who wait for it, and is no answer for those who come later', async () => {
    const failing = ['remove ID'];
    const { calls, defaultsOf } = engine(failing);
    const both = await Promise.allSettled([defaultsOf('bridge', 'home'), defaultsOf('bridge', 'home')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls).toEqual(look);
    failing.pop();
    expect(await defaultsOf('bridge', 'home')).toEqual({ [MTU]: '1400' });
  });

  test('is of no consequence to what is asked for, and to what netctl adds itself', async () => {
    const asked: NetworkProps = { driver: 'bridge', ipam: { config: [] }, options: { [ICC]: 'true' }, labels: {} };
    const props = { ...asked, options: { ...asked.options, [MTU]: '1300' } };
    const defaultsOf = () => Promise.resolve({ [ICC]: 'false', [MTU]: '1400', other: 'x' });
    const body = await createBody({ name: 'a', props, asked }, { stack: 'home', ref: 'network:a' }, defaultsOf);
    expect(body).toMatchObject({
      Options: props.options,
      Labels: { 'io.netctl.added': `{"options":{"${MTU}":"1300","other":"x"}}` },
    });
  });
});
