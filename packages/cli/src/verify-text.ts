import { printable } from '@netctl/core';
import type { CheckKind, CheckResult, VerifyResult } from '@netctl/core';

/** What a kind is called in the table. */
const TITLES: Readonly<Record<CheckKind, string>> = {
  network: 'network',
  interface: 'interface',
  route: 'default route',
  gateway: 'gateway',
  neighbour: 'LAN neighbour',
  shim: 'shim',
  container: 'container to container',
  outside: 'out through the host',
  name: 'names',
  isolation: 'isolation',
  mtu: 'path MTU',
  encryption: 'encryption',
};

const KINDS = Object.keys(TITLES) as readonly CheckKind[];

/** A table of what was proved, a line for each network and kind, and below it each check that failed or was not tested. */
export function verifyLines(result: VerifyResult, all: boolean): readonly string[] {
  const groups = groupsOf(result.checks);
  const rows = groups.map(({ network, kind, checks }) => [network, TITLES[kind], countsOf(checks)]);
  const table = columns([['network', 'what', 'proved'], ...rows]);
  const told = result.checks.filter(({ state }) => all || state !== 'passed');
  const { stack, passed, failed, untested } = result;
  return [
    ...(groups.length === 0 ? [] : table),
    ...(told.length === 0 ? [] : ['', ...told.flatMap(checkLines)]),
    '',
    `${stack}: ${passed} passed, ${failed} failed, ${untested} not tested`,
  ].map(printable);
}

interface Group {
  readonly network: string;
  readonly kind: CheckKind;
  readonly checks: readonly CheckResult[];
}

function groupsOf(checks: readonly CheckResult[]): readonly Group[] {
  const many = new Set(checks.map(({ host }) => host)).size > 1;
  const nameOf = ({ network, host }: CheckResult): string => {
    const key = network.replace(/^network:/, '');
    return many ? `${key} on ${host}` : key;
  };
  const networks = [...new Set(checks.map(nameOf))];
  return networks.flatMap((network) =>
    KINDS.flatMap((kind) => {
      const own = checks.filter((one) => one.kind === kind && nameOf(one) === network);
      return own.length === 0 ? [] : [{ network, kind, checks: own }];
    }),
  );
}

/** `6 of 6`, `5 of 6, 1 failed`, `not tested` */
function countsOf(checks: readonly CheckResult[]): string {
  const count = (state: CheckResult['state']): number => checks.filter((one) => one.state === state).length;
  const [passed, failed, untested] = [count('passed'), count('failed'), count('untested')];
  if (untested === checks.length) return 'not tested';
  return [
    `${passed} of ${checks.length}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(untested === 0 ? [] : [`${untested} not tested`]),
  ].join(', ');
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const STATES = { passed: 'ok', failed: 'failed', untested: '-' } as const;

function checkLines({ state, claim, evidence, cause, cure }: CheckResult): readonly string[] {
  const line = (label: string, text: string): string => `         ${label.padEnd(7)}${text}`;
  return [
    `${STATES[state].padEnd(8)} ${claim}`,
    ...evidence.map((text, at) => line(at === 0 ? 'seen' : '', text)),
    ...(cause === undefined ? [] : [line(state === 'failed' ? 'cause' : 'why', cause)]),
    ...(cure === undefined ? [] : [line('cure', cure)]),
  ];
}
