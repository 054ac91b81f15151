import { markedText } from './files.js';
import type { PersistFile } from './files.js';
import type { PersistedLinks } from './persisted-links.js';

/** What the unit runs, and how the host that boots has its links. */
export interface SystemdOptions {
  /** The absolute paths of Node.js and of the program of netctl. */
  readonly command: readonly string[];
  /**
   * Whether systemd knows network links as devices, which takes udev: then the unit waits for the parents, a while, and is
   * run whenever one of them appears.
   */
  readonly devices: boolean;
}

export const UNITS = '/etc/systemd/system';

/** How long a boot, and Docker, wait for a parent that is missing; systemd's own default is 90 seconds. */
const PARENT_WAIT = '15s';

/** The name of the unit that makes the links of a stack at boot. */
export function unitName(stack: string): string {
  return `netctl-${stack}.service`;
}

/** The absolute path of the spec that the unit reads. */
export function storedSpecPath(stack: string): string {
  return `/etc/netctl/${stack}/links.yaml`;
}

/**
 * A unit that makes the links before Docker looks for them, and the spec that it makes them from. Docker itself waits for
 * network-online.target, so waiting for it too costs nothing; a VLAN link cannot come up before its parent is up. It needs
 * no more than CAP_NET_ADMIN, which is shown by a run of it under systemd. A parent that is missing is waited for as long as
 * a drop-in of its device says, and costs the links of the others nothing (`--partial`). When it appears, systemd starts what
 * the device wants and what does not run: so the unit is not one that remains after it has done its work.
 */
export function systemdFiles(wanted: PersistedLinks, options: SystemdOptions): readonly PersistFile[] {
  const { stack, parents } = wanted;
  const command = [
    ...options.command,
    'apply',
    '--links-only',
    '--additive',
    '--partial',
    '--no-probe',
    '--wait',
    '30s',
    storedSpecPath(stack),
  ];
  const devices = options.devices ? parents.map(deviceUnit) : [];
  const unit = [
    '[Unit]',
    `Description=Host links of the netctl stack ${stack}`,
    ['Wants=network-online.target', ...devices].join(' '),
    ['After=network-online.target', ...devices].join(' '),
    'Before=docker.service',
    'StartLimitIntervalSec=60',
    'StartLimitBurst=10',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${command.map(unitWord).join(' ')}`,
    '# Left out: as disruptive, since nobody is there to be asked, or since a parent is missing, which the log says.',
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
    storedSpecFile(wanted),
    { path: `${UNITS}/${unitName(stack)}`, mode: 0o644, text: markedText(stack, unit) },
    ...devices.map((device) => ({
      path: `${UNITS}/${device}.d/netctl-${stack}.conf`,
      mode: 0o644,
      text: markedText(stack, ['[Unit]', `JobRunningTimeoutSec=${PARENT_WAIT}`]),
    })),
  ];
}

/** The spec of the links alone that the unit reads. */
export function storedSpecFile({ stack, spec }: PersistedLinks): PersistFile {
  const about = `# The links of the spec of ${stack}, for ${unitName(stack)}; \`netctl persist\` writes it anew.`;
  const text = markedText(stack, [about, ...spec.trimEnd().split('\n')]);
  return { path: storedSpecPath(stack), mode: 0o644, text };
}

/**
 * All that `ip` and Node.js can do without: what is written is links, by netlink, accept_ra of a shim, in /proc/sys, and in
 * /run the folder of the guard that is set before links are changed.
 */
const HARDENING = [
  'CapabilityBoundingSet=CAP_NET_ADMIN',
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=read-only',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ReadWritePaths=/proc/sys/net /run',
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
export function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_./:=@%$+,-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`;
}
