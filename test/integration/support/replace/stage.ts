import { rm } from 'node:fs/promises';
import { type Host, startHost } from '@netctl/lab';
import { expect } from 'vitest';
import { askEngine, engineVersion, type Inspected, networkNames } from '../engine-client.js';
import { testEngine } from '../engine.js';
import { type Desk, documentOf, openDesk, type PlanDocument, reportOf } from '../netctl.js';
import { busyboxImage } from '../workload.js';
import { everybodyLeaves, join, type Member, type Place, placesOf } from './crowd.js';

/** A host with an engine, the image of its containers, and a desk. */
export interface Stage extends AsyncDisposable {
  readonly host: Host;
  readonly desk: Desk;
  readonly version: string;
  readonly image: string;
}

export async function openStage(): Promise<Stage> {
  const host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  const [desk, version, image] = await Promise.all([openDesk(host), engineVersion(host), busyboxImage(host)]);
  return {
    host,
    desk,
    version,
    image,
    [Symbol.asyncDispose]: async () => {
      await desk[Symbol.asyncDispose]();
      await host.close();
    },
  };
}

/** A stack with one network, made again whenever its tier changes: `lan` is 10.5.0.0/24. */
export const stackOf = (name: string, network: string, third: number, tier: string): object => ({
  name,
  networks: { [network]: { subnet: `10.${String(third)}.0.0/24`, labels: { tier } } },
});
export const home = (tier: string): object => stackOf('home', 'lan', 5, tier);

/** An address of `lan` by its user's wish, and aliases. */
export const own = (last: number, ...aliases: readonly string[]): object => ({
  IPAMConfig: { IPv4Address: `10.5.0.${String(last)}` },
  ...(aliases.length === 0 ? {} : { Aliases: aliases }),
});

/** Everybody on the networks that a spec makes, and the id of one of them. */
export async function assemble(
  { host, desk, image }: Stage,
  spec: string,
  crowd: readonly Member[],
  network = 'lan',
): Promise<string> {
  const applied = await desk.netctl(['apply', spec]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  for (const member of crowd) await join(host, image, member);
  return networkId(host, network);
}

export async function networkId(host: Host, name: string): Promise<string> {
  return (await askEngine<{ Id: string }>(host, 'GET', `/networks/${name}`)).Id;
}

/** Leaves the host as it was before anybody came, whatever a test that failed has left. */
export async function clear({ host, desk }: Stage): Promise<void> {
  await everybodyLeaves(host);
  const networks = await askEngine<readonly Inspected[]>(host, 'GET', '/networks');
  for (const { Id, Name } of networks) {
    if (!['bridge', 'host', 'none'].includes(Name)) await askEngine(host, 'DELETE', `/networks/${Id}`);
  }
  await rm(desk.stateFolder, { recursive: true, force: true });
}

/** Engines from 28 on make another MAC at every connect; those that nobody chose are told in the report instead. */
export async function steadyPlacesOf(host: Host): Promise<Record<string, Place>> {
  const text = JSON.stringify(await placesOf(host), (key, value: unknown) => (key === 'mac' ? undefined : value));
  return JSON.parse(text) as Record<string, Place>;
}

/** How a run with `--json` ended; what its report says is shown where it is another way. */
export function expectExit(ended: { readonly exitCode: number | null; readonly stdout: string }, exit: number): void {
  expect(ended.exitCode, JSON.stringify(reportOf(ended), undefined, 1)).toBe(exit);
}

/** What a report says of each container that was moved: `restored`, `attached`, `gone`, `away`. */
export function movedOf(ended: { readonly stdout: string }): Readonly<Record<string, string>> {
  const { moved } = reportOf(ended) as unknown as {
    readonly moved: readonly { readonly name: string; readonly result: string }[];
  };
  return Object.fromEntries(moved.map(({ name, result }): [string, string] => [name, result]).sort());
}

/** Nothing is unfinished, and there is nothing to do for this spec. */
export async function expectSettled({ host, desk }: Stage, ...specs: readonly string[]): Promise<void> {
  expect(await networkNames(host)).not.toContain('netctl-journal');
  expect(await desk.stateFiles()).toEqual([]);
  for (const spec of specs) {
    const planned = await desk.netctl(['plan', spec, '--json', '--recreate']);
    expect(documentOf<PlanDocument>(planned)).toMatchObject({ steps: [], problems: [] });
  }
}
