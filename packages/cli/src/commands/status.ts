import { formatUse, status as statusOfSpec } from '@netctl/core';
import type { Holder, StatusItem } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { openSession } from '../session.js';

/** As for a single engine that does not answer. */
const EXIT_UNREACHABLE = 69;

/** `netctl status`: what the spec wants beside what is there, who is attached, and how many addresses are left. */
export async function status({ file, options, output, signal }: CommandInput): Promise<number> {
  await using session = await openSession(file, options, signal);
  const result = await statusOfSpec(session.loaded, session.targets, signal);
  output.document(result);
  output.problems(result.problems, session.loaded.file);
  const hosts = Object.keys(session.loaded.spec.hosts);
  if (hosts.length === 0) output.line(`${result.stack}:`);
  for (const host of hosts.length === 0 ? [undefined] : hosts) {
    if (host !== undefined) output.line(`${result.stack} on ${host}:`);
    const items = result.items.filter((item) => host === undefined || item.host === host);
    for (const line of items.flatMap(itemLines)) output.line(line);
  }
  return result.problems.some(({ code }) => code === 'HOST_UNREACHABLE') ? EXIT_UNREACHABLE : 0;
}

function itemLines(item: StatusItem): readonly string[] {
  const kind = item.ref.split(':')[0] ?? '';
  const about = [...(item.adopted === true ? ['adopted'] : []), item.description].filter((part) => part !== '');
  return [
    `  ${item.state.padEnd(8)} ${kind} ${item.name}  ${about.join(', ')}`.trimEnd(),
    ...(item.why === undefined ? [] : [`           ${item.why}`]),
    ...item.addresses.map((use) => `           ${formatUse(use)}`),
    ...item.holders.map((holder) => `           ${holderLine(holder)}`),
  ];
}

function holderLine({ name, state, ipv4, ipv6 }: Holder): string {
  return [`${name} (${state})`, ipv4, ipv6].filter((part) => part !== undefined).join('  ');
}
