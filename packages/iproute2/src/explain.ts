import type { Finding, LinkKind } from '@netctl/core';
import type { IpCommand } from './commands.js';
import { causeOf } from './causes.js';

/** What only `ip` or the kernel by its mouth says. */
const BY_IP =
  /RTNETLINK answers|^Error: |Cannot find device|Device "[^"]*" does not exist|netlink|Dump was interrupted|\bip: /i;

/** What people run by hand, for an error without the command that it came of: each has causes of its own. */
const LIKELY: readonly IpCommand[] = [
  { args: ['link', 'add'], does: '', kind: 'macvlan', link: 'LINK', parent: 'PARENT' },
  { args: ['link', 'add'], does: '', kind: 'vlan', link: 'LINK', parent: 'PARENT' },
  { args: ['link', 'set', 'up'], does: '', link: 'LINK' },
  { args: ['link', 'set', 'mtu'], does: '', link: 'LINK', mtu: 1500 },
];

const KINDS: readonly LinkKind[] = ['macvlan', 'ipvlan', 'vlan', 'vxlan', 'dummy'];

/**
 * What a pasted error of `ip` may mean: with the command that it came of in the text one cause, without it every cause that
 * one of the usual commands has. Empty where the text is none of `ip`.
 */
export function explainIp(text: string): readonly Finding[] {
  const lines = text.split('\n').map((line) => line.trim());
  const evidence = lines.find((line) => BY_IP.test(line));
  const wrong = otherProgram(text);
  if (wrong !== undefined) return [wrong];
  if (evidence === undefined) return [];
  const command = lines.map(toCommand).find((one) => one !== undefined);
  const causes = command === undefined ? LIKELY : [command];
  const found = new Map<string, Finding>();
  for (const one of causes) {
    const cause = causeOf(one, evidence);
    if (cause !== undefined) found.set(cause.cause, toFinding('IP_REFUSED', evidence, cause.cause, cause.hint));
  }
  if (command === undefined && /File exists/i.test(evidence)) {
    const cause = 'the address, or a route to the same destination, is there already';
    found.set(cause, toFinding('IP_REFUSED', evidence, cause, 'ip route show table all; ip address show'));
  }
  return [...found.values()];
}

/** The program is another `ip` than it is taken for. */
function otherProgram(text: string): Finding | undefined {
  const line = text
    .split('\n')
    .find((one) => /BusyBox v|Option "-\w+" is unknown|\bip: (command )?not found/.test(one));
  if (line === undefined) return undefined;
  const cause = line.includes('BusyBox')
    ? "the program ip is BusyBox's, which has no JSON and sets no mode of a macvlan link"
    : line.includes('not found')
      ? 'the program ip is not on this machine'
      : 'the program ip is older than 5.3';
  return toFinding('IP_MISSING', line.trim(), cause, 'apt install iproute2   # apk add iproute2, dnf install iproute');
}

function toFinding(code: string, evidence: string, cause: string, cure: string): Finding {
  return {
    code,
    matter: 'error',
    severity: 'note',
    title: 'an error of ip',
    evidence: [evidence],
    cause: `${cause}.`,
    cure: [cure],
  };
}

/** `ip link add link eth0 name eth0.30 type vlan id 30`, with or without a prompt and `sudo` before it. */
function toCommand(line: string): IpCommand | undefined {
  const args = /(?:^|\s)ip\s+((?:-\w+\s+)*(?:link|addr|address|route|r|l|a)\s.+)$/.exec(line)?.[1]?.split(/\s+/);
  if (args === undefined) return undefined;
  const after = (...words: readonly string[]): string | undefined => {
    const at = args.findIndex((arg) => words.includes(arg));
    return at === -1 ? undefined : args[at + 1];
  };
  const adds = args.includes('add') && args.some((arg) => arg === 'link' || arg === 'l');
  const kind = KINDS.find((one) => adds && one === after('type'));
  const parent = adds ? args.slice(args.indexOf('add')).find((_, at, rest) => rest[at - 1] === 'link') : undefined;
  const link = (adds ? after('name') : undefined) ?? after('dev');
  const mtu = after('mtu');
  return {
    args,
    does: '',
    ...(kind === undefined ? {} : { kind }),
    ...(parent === undefined ? {} : { parent }),
    ...(link === undefined ? {} : { link }),
    ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
  };
}
