import { bold, cell, colored, row, table, text } from './dot-label.js';
import { GROUND, STATE_COLORS } from './palette.js';
import { provedBy } from './proof.js';
import { everythingOf, STATE_WORDS, TOPOLOGY_STATES } from './topology.js';
import type { Drawn, Topology, TopologyHost, TopologyLink, TopologyMember, TopologyNetwork } from './topology.js';

/** A network with more members than this has the rest in one line; a page names them all. */
const MOST_SHOWN = 36;
const ROWS = 12;

/** How many members of so many are drawn, and side by side in how many columns. */
export function moreThanFits(members: number): { readonly shown: number; readonly columns: number } {
  const shown = members > MOST_SHOWN ? MOST_SHOWN - 1 : members;
  return { shown, columns: Math.max(1, Math.ceil(shown / ROWS)) };
}

export function hostCard(host: TopologyHost): string {
  return table(host.state, [
    row(
      cell(`<FONT POINT-SIZE="13">${bold(host.name)}</FONT>`, {
        fill: STATE_COLORS[host.state].tint.light,
        align: 'LEFT',
      }),
    ),
    row(cell(colored(GROUND.muted.light, host.about), { align: 'LEFT' })),
    ...troubleRow(host, 1),
  ]);
}

const ROLES = { parent: 'link', vlan: 'VLAN link', shim: 'shim' } as const;

export function linkCard(link: TopologyLink): string {
  const [kind = '', ...rest] = link.about.split(', ');
  const head = link.role === 'shim' ? `shim, ${kind}` : link.role === 'parent' && kind === 'link' ? ROLES.parent : kind;
  return table(link.state, [
    headRow(link, 2),
    row(cell(colored(GROUND.muted.light, head), { align: 'LEFT', span: 2 })),
    ...rest.slice(0, 3).map((line) => row(cell(colored(GROUND.muted.light, line), { align: 'LEFT', span: 2 }))),
    ...troubleRow(link, 2),
  ]);
}

export function networkCard(network: TopologyNetwork): string {
  const { members, subnets, driver, checks } = network;
  const { shown, columns } = moreThanFits(members.length);
  const width = columns * 2;
  const wide = { align: 'LEFT', span: width } as const;
  const rows = Array.from({ length: Math.ceil(shown / columns) }, (_, at) =>
    row(
      ...Array.from({ length: columns }, (_unused, column) =>
        memberCells(
          members[at + column * Math.ceil(shown / columns)],
          at + column * Math.ceil(shown / columns) < shown,
        ),
      ).flat(),
    ),
  );
  const proved = provedBy(checks);
  const rest = members.length - shown;
  return table(network.state, [
    headRow(network, width),
    row(cell(colored(GROUND.muted.light, driver), wide)),
    ...subnets.map(({ subnet, ranges, gateways }) =>
      row(
        cell(
          [
            text(subnet),
            ...ranges.map((range) => colored(GROUND.muted.light, `  range ${range}`)),
            ...gateways.map((gateway) => colored(GROUND.muted.light, `  gateway ${gateway}`)),
          ].join(''),
          wide,
        ),
      ),
    ),
    ...(proved === undefined
      ? []
      : [
          row(
            cell(
              colored(
                STATE_COLORS[proved === 'passed' ? 'ok' : proved === 'failed' ? 'blocked' : 'other'].strong.light,
                provedLine(checks),
              ),
              wide,
            ),
          ),
        ]),
    ...troubleRow(network, width),
    ...(rows.length === 0 ? [] : ['<HR/>', ...rows]),
    ...(rest === 0 ? [] : [row(cell(colored(GROUND.muted.light, `… and ${String(rest)} more`), wide))]),
  ]);
}

/** `proved: 4 of 5, 1 failed` */
function provedLine(checks: Drawn['checks']): string {
  const count = (state: string): number => checks.filter((one) => one.state === state).length;
  const told = (['failed', 'untested'] as const).flatMap((state) =>
    count(state) === 0 ? [] : [`${String(count(state))} ${state}`],
  );
  return [`proved: ${String(count('passed'))} of ${String(checks.length)}`, ...told].join(', ');
}

/** The name, and in which state it is. */
function headRow({ name, state }: Drawn, span: number): string {
  const { sign, word } = STATE_WORDS[state];
  const { strong, tint } = STATE_COLORS[state];
  const said = `${bold(name)}${colored(strong.light, `   ${sign} ${word}`)}`;
  return row(cell(said, { fill: tint.light, align: 'LEFT', span }));
}

/** What is not as wanted, in as many lines as it needs, and no more than three. */
function troubleRow({ state, why }: Drawn, span: number): readonly string[] {
  if (why === undefined || state === 'missing') return [];
  const lines = wrapped(why, 46);
  const shown = lines.length > 3 ? [...lines.slice(0, 2), `${lines[2] ?? ''} …`] : lines;
  return shown.map((line) => row(cell(colored(STATE_COLORS[state].strong.light, line), { align: 'LEFT', span })));
}

function wrapped(words: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function memberCells(member: TopologyMember | undefined, shown: boolean): readonly string[] {
  if (member === undefined || !shown) return [cell(''), cell('')];
  const { id, state, name, addresses, where, run } = member;
  const color = state === 'ok' ? GROUND.ink.light : STATE_COLORS[state].strong.light;
  const about = [where, run === 'running' ? undefined : run].filter((word) => word !== undefined);
  const said = `${STATE_WORDS[state].sign} ${name}`;
  const look = { fill: GROUND.card.light, align: 'LEFT', id } as const;
  return [
    cell(colored(color, said) + (about.length === 0 ? '' : colored(GROUND.muted.light, `  ${about.join(', ')}`)), look),
    cell(colored(GROUND.muted.light, addresses.join(' ')), look),
  ];
}

/** The stack, and the states that something of it is in. */
export function legendCard(topology: Topology): string {
  const states = new Set(everythingOf(topology).map(({ state }) => state));
  const cells = TOPOLOGY_STATES.filter((state) => states.has(state)).map((state) => {
    const { sign, word } = STATE_WORDS[state];
    return cell(colored(STATE_COLORS[state].strong.light, `${sign} ${word}`), { fill: STATE_COLORS[state].tint.light });
  });
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="3">${row(cell(bold(topology.stack)), ...cells)}</TABLE>`;
}
