import { formatUse, namesHosts, status as statusOfSpec } from '@netctl/core';
import type { Holder, StatusItem } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { openSession } from '../session.js';
import { EXIT_UNREACHABLE, someUnreachable } from '../unreachable.js';

/** `netctl status`: what the spec wants beside what is there, who is attached, and how many addresses are left. */
export async function status({ file, options, output, signal }: CommandInput): Promise<number> {
  await using session = await openSession(file, options, signal);
  const result = await statusOfSpec(session.loaded, session.targets, signal);
  output.document(result);
  output.problems(result.problems, session.loaded.file);
  const show = (what: string, items: readonly StatusItem[]): void => {
    for (const line of [`${what}:`, ...items.flatMap(itemLines)]) output.line(line);
  };
  const { spec } = session.loaded;
  if (!namesHosts(spec)) show(result.stack, result.items);
  for (const host of Object.keys(spec.hosts)) {
    show(
      `${result.stack} on ${host}`,
      result.items.filter((item) => item.host === host),
    );
  }
  return someUnreachable(result) ? EXIT_UNREACHABLE : 0;
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
