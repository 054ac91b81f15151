import { NetctlError } from '../errors.js';
import { LINK_GROUP } from '../links.js';
import { markedText, markLine } from './files.js';
import type { PersistFile } from './files.js';
import { refusal, shellLine } from './ip-commands.js';
import type { PersistedLink, PersistedLinks } from './persisted-links.js';

/** libnm's numbers (NMSettingMacvlanMode); 0 is none. */
const MACVLAN_MODES: Readonly<Record<string, number>> = { vepa: 1, bridge: 2, private: 3 };

/**
 * A keyfile for each link (nm-settings-keyfile(5); NetworkManager takes those that only root may read), and a dispatcher
 * script, since NetworkManager gives a link neither group nor alias.
 * @throws NetctlError REFUSED for ipvlan, which NetworkManager has from 1.52 on
 */
export function networkManagerFiles({ stack, links }: PersistedLinks): readonly PersistFile[] {
  const ipvlan = links.find(({ props }) => props.kind === 'ipvlan');
  if (ipvlan !== undefined) {
    throw new NetctlError('REFUSED', `NetworkManager makes no ipvlan links before 1.52: ${ipvlan.props.name} is one`, {
      hint: 'Leave out --format, or use networkd, ifupdown or shell.',
    });
  }
  return [
    ...links.map((link) => ({
      path: `/etc/NetworkManager/system-connections/${idOf(stack, link.props.name)}.nmconnection`,
      mode: 0o600,
      text: markedText(stack, keyfile(stack, link)),
    })),
    { path: `/etc/NetworkManager/dispatcher.d/50-netctl-${stack}`, mode: 0o755, text: dispatcher(stack, links) },
  ];
}

function keyfile(stack: string, { role, props }: PersistedLink): readonly string[] {
  const { name, kind, parent, mac, mtu, vlanId, mode } = props;
  const wired = [
    ...(mac === undefined ? [] : [`cloned-mac-address=${mac}`]),
    ...(mtu === undefined ? [] : [`mtu=${String(mtu)}`]),
  ];
  return [
    '[connection]',
    `id=${idOf(stack, name)}`,
    `type=${kind}`,
    `interface-name=${name}`,
    'autoconnect=true',
    '',
    ...(wired.length === 0 ? [] : ['[ethernet]', ...wired, '']),
    ...(kind === 'vlan'
      ? ['[vlan]', `parent=${parent}`, `id=${String(vlanId)}`, 'flags=1']
      : ['[macvlan]', `parent=${parent}`, `mode=${String(MACVLAN_MODES[mode ?? 'bridge'])}`]),
    '',
    ...family(props, 4, 'disabled'),
    '',
    // `ignore` leaves IPv6 to the kernel, which takes what the router of the LAN says; a shim has its own routes.
    ...family(props, 6, role === 'shim' ? 'disabled' : 'ignore'),
  ];
}

function family({ addresses, routes }: PersistedLink['props'], which: 4 | 6, without: string): readonly string[] {
  const isMine = (text: string): boolean => text.includes(':') === (which === 6);
  const mine = addresses.filter(isMine);
  const head = `[ipv${String(which)}]`;
  if (mine.length === 0) return [head, `method=${without}`];
  return [
    head,
    'method=manual',
    ...mine.map((address, at) => `address${String(at + 1)}=${address}/${which === 6 ? '128' : '32'}`),
    'never-default=true',
    ...routes
      .filter(({ destination }) => isMine(destination))
      .flatMap(({ destination, source }, at) => [
        `route${String(at + 1)}=${destination}`,
        ...(source === undefined ? [] : [`route${String(at + 1)}_options=src=${source}`]),
      ]),
  ];
}

/**
 * NetworkManager names the connection that it brought up (NetworkManager-dispatcher(8)); a link of that name that somebody
 * else made, or marked, stays without our mark.
 */
function dispatcher(stack: string, links: readonly PersistedLink[]): string {
  const cases = links.flatMap(({ props: { name }, alias }) => {
    const mark = shellLine(['ip', 'link', 'set', 'dev', name, 'group', String(LINK_GROUP), 'alias', alias]);
    return [
      `  '${name} up') case "$(cat /sys/class/net/${name}/ifalias) \${CONNECTION_ID-}" in`,
      `    netctl:${stack}/*|' ${idOf(stack, name)}') ${mark} ;;`,
      `    *) ${refusal(stack, name)} ;;`,
      '  esac ;;',
    ];
  });
  return `${['#!/bin/sh', markLine(stack), 'case "$1 $2" in', ...cases, 'esac'].join('\n')}\n`;
}

function idOf(stack: string, name: string): string {
  return `netctl-${stack}-${name}`;
}
