import { markedText } from './files.js';
import type { PersistFile } from './files.js';
import type { PersistedLinks } from './persisted-links.js';

export interface SystemdOptions {
  /** The absolute paths of Node.js and of the program of netctl. */
  readonly command: readonly string[];
  /**
   * Whether systemd knows network links as devices, which takes udev: then the unit waits for the parents, goes with them,
   * and comes back with them.
   */
  readonly devices: boolean;
}

export function unitName(stack: string): string {
  return `netctl-${stack}.service`;
}

export function storedSpecPath(stack: string): string {
  return `/etc/netctl/${stack}/links.yaml`;
}

/**
 * A unit that makes the links before Docker looks for them, and the spec that it makes them from. Docker itself waits for
 * network-online.target, so waiting for it too costs nothing; a VLAN link cannot come up before its parent is up. It needs
 * no more than CAP_NET_ADMIN, which is shown by a run of it under systemd.
 */
export function systemdFiles(
  { stack, spec, parents }: PersistedLinks,
  options: SystemdOptions,
): readonly PersistFile[] {
  const stored = storedSpecPath(stack);
  const about = [
    `# The links of the spec of ${stack}, for ${unitName(stack)}; \`netctl persist\` writes it anew.`,
    ...spec.trimEnd().split('\n'),
  ];
  const command = [...options.command, 'apply', '--links-only', '--additive', '--no-probe', '--wait', '30s', stored];
  const devices = options.devices ? parents.map(deviceUnit) : [];
  const unit = [
    '[Unit]',
    `Description=Host links of the netctl stack ${stack}`,
    'Wants=network-online.target',
    ['After=network-online.target', ...devices].join(' '),
    ...(devices.length === 0 ? [] : [`BindsTo=${devices.join(' ')}`]),
    'Before=docker.service',
    'StartLimitIntervalSec=60',
    'StartLimitBurst=5',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=${command.map(unitWord).join(' ')}`,
    '# Left out as disruptive, since nobody is there to be asked.',
    'SuccessExitStatus=2',
    '# Wrong usage, an invalid spec, a missing permission: another try changes nothing.',
    'RestartPreventExitStatus=64 65 77',
    'Restart=on-failure',
    'RestartSec=2s',
    'TimeoutStartSec=90s',
    'Environment=DOCKER_HOST=unix:///var/run/docker.sock',
    ...HARDENING,
    '',
    '[Install]',
    ['WantedBy=multi-user.target docker.service', ...devices].join(' '),
  ];
  return [
    { path: stored, mode: 0o644, text: markedText(stack, about) },
    { path: `/etc/systemd/system/${unitName(stack)}`, mode: 0o644, text: markedText(stack, unit) },
  ];
}

/** All that `ip` and Node.js can do without: what is written is links, by netlink, and accept_ra of a shim, in /proc/sys. */
const HARDENING = [
  'CapabilityBoundingSet=CAP_NET_ADMIN',
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=read-only',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ReadWritePaths=/proc/sys/net',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectProc=invisible',
  'RestrictAddressFamilies=AF_UNIX AF_NETLINK',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'SystemCallArchitectures=native',
  // V8 protects its code by memory protection keys, and is killed where it may not.
  'SystemCallFilter=@system-service @pkey',
  'IPAddressDeny=any',
  'KeyringMode=private',
  'UMask=0077',
];

/** systemd's name for a link: what is no letter, digit, ":", "_" or "." is escaped (systemd.unit(5)). */
export function deviceUnit(link: string): string {
  const escaped = link.replace(/[^A-Za-z0-9:_.]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `sys-subsystem-net-devices-${escaped}.device`;
}

/** A word of a command line of systemd, which knows `%` and `$` in it (systemd.service(5)). */
function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_./:=@%$+,-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`;
}
