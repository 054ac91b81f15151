import { markedText } from './files.js';
import type { PersistFile } from './files.js';
import { unitName, UNITS, unitWord } from './systemd.js';

/** What `netctl watch` is to be run with. */
export interface WatchUnitOptions {
  /** The absolute paths of Node.js and of the program of netctl. */
  readonly command: readonly string[];
  /** The files of the spec, absolute; none where the default names in the folder say it. */
  readonly files: readonly string[];
  readonly folder: string;
  /** Whether a unit of their own makes the links of the spec. */
  readonly links: boolean;
}

/** The unit that keeps a whole spec while the host runs; of a name that no stack can have for that of its links. */
export function watchUnitName(stack: string): string {
  return `netctl-watch@${stack}.service`;
}

/** `netctl watch`, as a service that tells systemd when it is ready, and that it is alive. */
export function watchUnit(stack: string, { command, files, folder, links }: WatchUnitOptions): PersistFile {
  const named = files.length < 2 ? files : files.flatMap((file) => ['-f', file]);
  const unit = [
    '[Unit]',
    `Description=Docker networks and host links of the netctl stack ${stack}, kept as its spec says`,
    '# It waits for the engine, and goes on while that restarts; so it is no Requires=, which would stop it with the engine.',
    'Wants=docker.service network-online.target',
    `After=docker.service network-online.target${links ? ` ${unitName(stack)}` : ''}`,
    '',
    '[Service]',
    '# Ready when it has looked once and done what it may do.',
    'Type=notify',
    '# systemd-notify(1) sends for it.',
    'NotifyAccess=all',
    `WorkingDirectory=${folder.replaceAll('%', '%%')}`,
    `ExecStart=${[...command, 'watch', ...named].map(unitWord).join(' ')}`,
    'ExecReload=/bin/kill -HUP $MAINPID',
    '# An engine that does not come up is no reason to give up.',
    'TimeoutStartSec=infinity',
    '# The step in hand is finished first.',
    'KillMode=mixed',
    'TimeoutStopSec=120',
    '# A round that makes no progress for five minutes counts as hung, and is not reported alive any more.',
    'WatchdogSec=60',
    'Restart=on-failure',
    'RestartSec=5',
    '# Wrong usage, and a spec that is invalid at the start: nobody but a person mends that.',
    'RestartPreventExitStatus=64 65',
    'StateDirectory=netctl',
    'MemoryMax=256M',
    'Environment=DOCKER_HOST=unix:///var/run/docker.sock',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
  return { path: `${UNITS}/${watchUnitName(stack)}`, mode: 0o644, text: markedText(stack, unit) };
}
