import type { SshAddress } from '@netctl/core';

/** Of an established connection: the address, and the socket at which `ssh` shares it. */
export interface Control {
  readonly address: SshAddress;
  readonly path: string;
}

/**
 * Options that stand before those of the user's configuration, which says all else: names, keys, the agent, jump hosts,
 * known hosts. Nothing is asked, no host key is taken on trust, and nothing of the configuration that is meant for a
 * person at a terminal is done.
 */
const ALWAYS = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'ControlPersist=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'PermitLocalCommand=no',
  'ForwardAgent=no',
  'ForwardX11=no',
];

/** `ssh` that makes the connection and shares it, and runs one program at the far end for as long as it lives. */
export function masterArguments({ address, path }: Control, timeout: number, command: string): readonly string[] {
  const options = [
    ...ALWAYS,
    'ControlMaster=yes',
    'ClearAllForwardings=yes',
    `ConnectTimeout=${Math.max(1, Math.ceil(timeout / 1000))}`,
    // A network that went away says nothing: after 15 seconds without an answer the connection is over.
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'TCPKeepAlive=yes',
    // What it says of channels is how it is known why the engine was not reached.
    'LogLevel=INFO',
  ];
  return sshArguments(address, path, options, [], command);
}

/**
 * `ssh` that goes through the connection that is there. Without one it would make one of its own: the command that it
 * would reach the host by is one that fails.
 */
export function sharedArguments(
  { address, path }: Control,
  more: readonly string[],
  command?: string,
): readonly string[] {
  return sshArguments(
    address,
    path,
    [...ALWAYS, 'ControlMaster=no', 'ProxyCommand=false', 'LogLevel=ERROR'],
    more,
    command,
  );
}

/** `--` before the host: nothing that it begins with makes an option of it. */
function sshArguments(
  { host, user, port }: SshAddress,
  control: string,
  options: readonly string[],
  more: readonly string[],
  command?: string,
): readonly string[] {
  return [
    ...options.flatMap((option) => ['-o', option]),
    ...['-T', '-S', control],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...more,
    ...['--', host],
    ...(command === undefined ? [] : [command]),
  ];
}
