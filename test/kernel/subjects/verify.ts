import type { VerifyResult } from '@netctl/core';
import { expect } from 'vitest';
import { type Bench, reaches, traces } from '../support/bench.js';
import { startContainer } from '../support/container.js';
import { openNetctlOn } from '../support/netctl.js';

const inVlan = (id: number, more: object) => ({
  parent: 'eth0',
  vlan: id,
  subnet: `192.168.${id}.0/24`,
  gateway: `192.168.${id}.1`,
  ip_range: `192.168.${id}.128/25`,
  shim: true,
  ...more,
});

const trunk = {
  name: 'trunk',
  networks: {
    iot: inVlan(30, { driver: 'macvlan' }),
    cells: inVlan(60, { driver: 'ipvlan', mode: 'l2' }),
  },
};

const failed = ({ checks }: VerifyResult): readonly string[] =>
  checks.filter(({ state }) => state === 'failed').map(({ kind, network }) => `${kind} ${network}`);

/** What did not hold, with all that was said of it, for whoever reads of a test that failed. */
const failures = ({ checks }: VerifyResult): string =>
  JSON.stringify(
    checks.filter(({ state }) => state === 'failed'),
    null,
    1,
  );

const untested = ({ checks }: VerifyResult): readonly string[] =>
  checks
    .filter(({ state }) => state === 'untested')
    .map(({ kind, network, cause = '' }) => `${kind} ${network}: ${cause}`);

const passed = ({ checks }: VerifyResult, key: string): readonly string[] =>
  checks.filter(({ state, network }) => state === 'passed' && network === `network:${key}`).map(({ kind }) => kind);

/** A container on ipvlan, nobody on macvlan, each in a VLAN with a shim; then the VLAN of one is not on the wire. */
export async function linksVerified({ lan, first: { host, netctl } }: Bench): Promise<void> {
  const before = await traces(host);
  await netctl.apply(trunk);
  const cell = await startContainer(host, 'cells');
  await reaches(host, cell.address);
  const made = await traces(host);
  const result = await netctl.verify(trunk);
  expect(failed(result), failures(result)).toEqual([]);
  // The host has no address of its own in these VLANs, and knows nobody there.
  expect(untested(result)).toEqual([
    'neighbour network:iot: nobody else is known on the LAN of eth0-v30',
    'neighbour network:cells: nobody else is known on the LAN of eth0-v60',
  ]);
  expect(passed(result, 'iot')).toEqual(['gateway', 'shim', 'shim', 'mtu']);
  expect(passed(result, 'cells')).toEqual(['gateway', 'shim', 'shim', 'name', 'mtu', 'route']);
  expect(await traces(host)).toEqual(made);

  await lan.run('ip', ['link', 'set', 'lan0.60', 'down']);
  const cut = await netctl.verify(trunk);
  expect(failed(cut)).toEqual(['gateway network:cells', 'mtu network:cells']);
  await lan.run('ip', ['link', 'set', 'lan0.60', 'up']);
  await cell.remove();
  await netctl.destroy(trunk);
  expect(await traces(host)).toEqual(before);
}

/** With containers of both hosts on `secret`. That the proof can fail is shown by taking the states away. */
export async function encryptionVerified({ first, second }: Bench, spec: object): Promise<void> {
  const hosts = { node01: { docker: first.host.dockerHost }, node02: { docker: second.host.dockerHost } };
  const both = { ...spec, hosts };
  await using netctl = await openNetctlOn({ node01: first.host, node02: second.host });
  const result = await netctl.verify(both);
  expect(failed(result), failures(result)).toEqual([]);
  expect(passed(result, 'secret').filter((kind) => kind === 'encryption')).toHaveLength(2);
  const evidence = result.checks.filter(({ kind }) => kind === 'encryption').map((one) => one.evidence[1]);
  for (const heard of evidence) {
    const [, esp, clear] =
      /^on the wire came (\d+) packets of ESP, and (\d+) of these in the clear$/.exec(heard ?? '') ?? [];
    expect(Number(esp), heard).toBeGreaterThanOrEqual(10);
    expect(clear, heard).toBe('0');
  }
  expect(passed(result, 'secret').filter((kind) => kind === 'container')).toHaveLength(2);

  // Without them, and without the engine's rules that drop what comes in the clear, all of it passes and is told.
  for (const { host } of [first, second]) {
    await host.run('ip', ['xfrm', 'policy', 'flush']);
    await host.run('ip', ['xfrm', 'state', 'flush']);
    await host.run('iptables', ['-F', 'INPUT']);
  }
  const clear = await netctl.verify(both);
  expect(failed(clear)).toEqual(['encryption network:secret', 'encryption network:secret']);
  const told = clear.checks.find(({ kind }) => kind === 'encryption');
  expect(told?.cause).toContain('no ESP state');
  expect(told?.evidence).toContain('on the wire came 0 packets of ESP, and 10 of these in the clear');
}
