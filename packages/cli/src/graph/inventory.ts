import { escapeXml, STATE_WORDS } from '@netctl/core';
import type { Drawn, Topology, TopologyHost, TopologyLink, TopologyMember, TopologyNetwork } from '@netctl/core';

/** All that is drawn, as tables: what is read aloud, searched without a script, and printed after the drawing. */
export function inventory({ hosts, swarm }: Topology): string {
  return [
    ...hosts.map((host) => `<h2>${escapeXml(host.name)}</h2>\n${about(host)}${hostTables(host)}`),
    ...(swarm.length === 0 ? [] : [`<h2>Networks of the swarm</h2>\n${networkTable(swarm)}`]),
  ].join('');
}

function about({ about: said, why, state }: TopologyHost): string {
  return `<p>${escapeXml(said)}${why === undefined ? '' : ` ${stateOf({ state, why })}`}</p>\n`;
}

function hostTables({ links, networks }: TopologyHost): string {
  return (links.length === 0 ? '' : linkTable(links)) + (networks.length === 0 ? '' : networkTable(networks));
}

function linkTable(links: readonly TopologyLink[]): string {
  const rows = links.map((link) => {
    return `<tr data-item="${link.id}"><th scope="row">${nameOf(link)}</th><td>${escapeXml(link.about)}</td><td>${stateOf(link)}</td></tr>\n`;
  });
  return tableOf(['Link', 'What it is', 'State'], rows);
}

function networkTable(networks: readonly TopologyNetwork[]): string {
  const rows = networks.flatMap((network) => {
    const subnets = network.subnets.map(({ subnet, ranges }) => [subnet, ...ranges].join(', ')).join('; ');
    return [
      `<tr class="network" data-item="${network.id}"><th scope="row">${nameOf(network)}</th><td>${escapeXml(network.driver)}</td><td>${escapeXml(subnets)}</td><td>${stateOf(network)}</td></tr>\n`,
      ...network.members.map(memberRow),
    ];
  });
  return tableOf(['Network or container', 'Driver or host', 'Addresses', 'State'], rows);
}

function memberRow(member: TopologyMember): string {
  const where = [member.where, member.run].filter((word) => word !== undefined).join(', ');
  return `<tr data-item="${member.id}"><th scope="row" class="inner">${nameOf(member)}</th><td>${escapeXml(where)}</td><td>${escapeXml(member.addresses.join(', '))}</td><td>${stateOf(member)}</td></tr>\n`;
}

function tableOf(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('')}</tbody>\n</table>\n`;
}

function stateOf({ state, why }: Pick<Drawn, 'state' | 'why'>): string {
  const { sign, word } = STATE_WORDS[state];
  const reason = why === undefined ? '' : ` <span class="why">${escapeXml(why)}</span>`;
  return `<span class="state is-${state}">${sign} ${word}</span>${reason}`;
}

/** With a script it shows the details. */
function nameOf({ name }: Drawn): string {
  return `<button type="button">${escapeXml(name)}</button>`;
}
