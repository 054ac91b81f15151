import type { ComparedService } from '@netctl/consul';
import { NetctlError } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { compareHost } from '../discovery/compare.js';
import type { ComparedContainer, ComparedHost } from '../discovery/compare.js';
import { eachTarget } from '../discovery/targets.js';
import type { Output } from '../output.js';
import { openSession } from '../session.js';

/** Something in Consul is not as it should be. */
const EXIT_DIFFERS = 1;

/**
 * `netctl discovery status`: the containers on the networks of `discovery:`, their addresses, what Consul has of them, and
 * what differs. Changes nothing.
 */
export async function discoveryStatus({ file, options, output, signal }: CommandInput): Promise<number> {
  await using session = await openSession(file, options, signal);
  const { loaded, targets } = session;
  const { spec } = loaded;
  if (spec.discovery === undefined) {
    throw new NetctlError('USAGE', `${loaded.file} has no discovery:, so no container is a service`, {
      hint: 'Write discovery: { consul: { networks: […] } }.',
    });
  }
  const hosts = await Promise.all(
    eachTarget(loaded, targets).map(([host, backends]) => compareHost(loaded, host, backends, options, signal)),
  );
  const away = hosts.find(({ error }) => error !== undefined)?.error;
  output.document({ version: 1, stack: spec.name, hosts: hosts.map(hostDocument) });
  for (const host of hosts) show(host, spec.name, output, loaded.file);
  if (away !== undefined) return away.exit;
  const all = hosts.flatMap(({ containers, stale }) => [...containers.flatMap(({ services }) => services), ...stale]);
  return all.every(({ state }) => state === 'ok') ? 0 : EXIT_DIFFERS;
}

function hostDocument({ error, ...host }: ComparedHost): object {
  if (error === undefined) return host;
  const { code, message, hint } = error;
  return { ...host, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

function show(compared: ComparedHost, stack: string, output: Output, file: string): void {
  const { host, agent, error, containers, stale, problems } = compared;
  const where = host === 'local' ? stack : `${stack} on ${host}`;
  output.line(agent === undefined ? `${where}:` : `${where}: agent ${agent}${watchText(compared)}`);
  if (error !== undefined) {
    for (const line of [error.message, ...(error.hint === undefined ? [] : [`  ${error.hint}`])])
      output.line(`  ${line}`);
    return;
  }
  output.problems(problems, file);
  for (const container of containers) for (const line of containerLines(container)) output.line(line);
  if (containers.length === 0) output.line('  no container is on these networks');
  if (stale.length > 0) output.line('  of no container here:');
  for (const service of stale) output.line(serviceLine(service));
}

const WATCH = {
  'at work': ', netctl watch is at work',
  silent: ', netctl watch has said nothing for too long',
  absent: ', no netctl watch is at work',
} as const;

/** A netctl that has nothing to register says nothing to Consul, so then nobody can tell whether one is at work. */
function watchText({ watch, containers, stale }: ComparedHost): string {
  if (watch === undefined) return '';
  const none = stale.length === 0 && containers.every(({ services }) => services.length === 0);
  return watch === 'absent' && none ? '' : WATCH[watch];
}

function containerLines({ name, state, places, services }: ComparedContainer): readonly string[] {
  const addresses = places.map(({ network, ipv4, ipv6 }) => [network, ipv4, ipv6].filter(Boolean).join(' '));
  const shown = state === 'running' ? name : `${name} (${state})`;
  return [`  ${[shown, ...addresses].join('  ')}`, ...services.map(serviceLine)];
}

/** `    ok       web 10.0.0.5:80  passing  public` */
function serviceLine({ state, name, address, port, tags, observed, why }: ComparedService): string {
  const at = address.includes(':') ? `[${address}]` : address;
  const had = observed !== undefined && `${observed.address}:${String(observed.port)}` !== `${address}:${String(port)}`;
  const parts = [
    `${name} ${at}:${String(port)}`,
    ...(had ? [`Consul has ${observed.address}:${String(observed.port)}`] : []),
    ...(observed === undefined ? [] : [observed.health]),
    ...(tags.length === 0 ? [] : [tags.join(',')]),
    ...(why === undefined ? [] : [why]),
  ];
  return `    ${state.padEnd(8)} ${parts.join('  ')}`;
}
