import { NetctlError } from '../errors.js';

/** What a connection by TLS is made with; certificates and keys are the text of PEM files. */
export interface TlsMaterial {
  /** Who may have signed the engine's certificate; without it, the authorities that Node.js knows. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name in the engine's certificate, where it is not the host of the address. */
  readonly serverName?: string;
  /** False: encrypted, but whoever answers is taken for the engine, as DOCKER_TLS and SkipTLSVerify have it. */
  readonly verify?: boolean;
}

/** An engine on a Unix socket, by its absolute path. */
export interface UnixAddress {
  readonly type: 'unix';
  readonly socketPath: string;
}

/** An engine on TCP, with or without TLS. */
export interface TcpAddress {
  readonly type: 'tcp';
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Before the path of every request, such as `/engines/one`, where a proxy has the engine there. */
  readonly basePath?: string;
  /** Without it requests go as they are. */
  readonly tls?: TlsMaterial;
}

/** A host of ssh, or an alias of its configuration. */
export interface SshAddress {
  readonly type: 'ssh';
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** The engine's socket there; without it, the one that the docker CLI there uses. */
  readonly socketPath?: string;
}

/** Where an engine is, with all that it takes to reach it. */
export type EngineAddress = UnixAddress | TcpAddress | SshAddress;

/** A context of the docker CLI, which says where the engine is. */
export interface ContextName {
  readonly type: 'context';
  readonly name: string;
}

/** Where the docker CLI looks for an engine when nothing else is said. */
export const DEFAULT_SOCKET = '/var/run/docker.sock';
/** What IANA has for Docker; the docker CLI takes the first one with TLS too, unless nothing at all is said. */
export const PLAIN_PORT = 2375;
export const TLS_PORT = 2376;

const FORMS = 'unix:///var/run/docker.sock, tcp://HOST:2376, ssh://USER@HOST or context:NAME';

/**
 * Reads an address as the docker CLI writes it, or `context:NAME`. Without a scheme it is `tcp://`. Pure.
 * @throws NetctlError USAGE
 */
export function parseAddress(text: string, defaultPort = PLAIN_PORT): EngineAddress | ContextName {
  const address = text.trim();
  if (address === '') throw wrong(text, 'it is empty');
  if (address.startsWith('context:')) return contextName(address.slice('context:'.length));
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z]+):\/\/)?([^]*)$/i.exec(address) ?? [];
  switch (scheme.toLowerCase()) {
    case 'unix':
      return unix(text, rest);
    case 'tcp':
      return tcp(text, rest, defaultPort);
    case 'ssh':
      return ssh(text, rest);
    case 'fd':
      throw wrong(text, 'fd:// is how systemd hands sockets to the engine itself; nobody else can open it');
    case 'npipe':
      throw wrong(text, 'npipe:// is a pipe of Windows, and netctl drives engines on Linux');
    case 'http':
    case 'https':
      throw wrong(text, `an engine is not named by ${scheme}://; with TLS or without it is tcp://`);
    default:
      throw wrong(text, `${scheme}:// is no way to an engine`);
  }
}

/** The address as people write it, without anything secret. */
export function formatAddress(address: EngineAddress): string {
  switch (address.type) {
    case 'unix':
      return `unix://${address.socketPath}`;
    case 'tcp':
      return `tcp://${bracketed(address.host)}:${address.port}${address.basePath ?? ''}`;
    case 'ssh': {
      const user = address.user === undefined ? '' : `${address.user}@`;
      const port = address.port === undefined ? '' : `:${address.port}`;
      return `ssh://${user}${bracketed(address.host)}${port}${address.socketPath ?? ''}`;
    }
  }
}

/** Whether what is sent there stays on this machine. */
export function isLoopback({ host }: Pick<TcpAddress, 'host'>): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|(0*:)*:?0*1)$/i.test(host);
}

export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** As `docker context create` takes names. */
export function contextName(name: string): ContextName {
  if (/^[A-Za-z0-9][A-Za-z0-9_.+-]+$/.test(name)) return { type: 'context', name };
  throw new NetctlError('USAGE', `${JSON.stringify(name)} cannot be the name of a Docker context`, {
    hint: 'Use two or more letters, digits, "_", ".", "+" and "-"; `docker context ls` lists those that there are.',
  });
}

function unix(text: string, path: string): UnixAddress {
  if (path === '') return { type: 'unix', socketPath: DEFAULT_SOCKET };
  if (!path.startsWith('/'))
    throw wrong(text, 'the path of the socket has to begin with / (unix:///var/run/docker.sock)');
  if (path.includes('\0')) throw wrong(text, 'no path has a NUL character');
  return { type: 'unix', socketPath: path };
}

/** The host in brackets (IPv6) or not, the port, and what follows. */
const AUTHORITY = /^(?:([^@/]*)@)?(?:\[([0-9a-f:.]+)\]|([^:/[\]@]*))(?::([^/]*))?(\/[^]*)?$/i;

/** A name of the DNS or of a configuration file, or an IPv4 address. */
const HOST_NAME = /^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_.])?$/i;

function tcp(text: string, rest: string, defaultPort: number): TcpAddress {
  const [, user, v6, name = '', port = '', path = ''] =
    AUTHORITY.exec(rest) ?? fail(text, 'tcp://HOST:PORT is the form');
  if (user !== undefined) throw wrong(text, 'a user is part of ssh:// alone; TLS proves who you are by cert and key');
  if (!/^[!-~]*$/.test(path) || /[?#]/.test(path)) throw wrong(text, 'what follows the port is no path');
  const basePath = path.replace(/\/+$/, '');
  return {
    type: 'tcp',
    host: v6 ?? hostOf(text, name === '' ? 'localhost' : name),
    port: port === '' ? defaultPort : portOf(text, port),
    ...(basePath === '' ? {} : { basePath }),
  };
}

function ssh(text: string, rest: string): SshAddress {
  const [, user, v6, name = '', port = '', path = ''] =
    AUTHORITY.exec(rest) ?? fail(text, 'ssh://USER@HOST:PORT/PATH-OF-SOCKET is the form');
  if (user?.includes(':') === true) {
    // Not the text itself, which has it.
    throw new NetctlError('USAGE', 'An ssh:// address has a password in it, and ssh takes none from there', {
      hint: 'Use a key (ssh-copy-id) or an agent, and leave the password out of files and command lines.',
    });
  }
  if (user !== undefined && !/^[a-z0-9_][a-z0-9_.@-]*$/i.test(user)) throw wrong(text, 'that is no user name');
  const socketPath = path.replace(/^\/+$/, '');
  // ssh splits forwardings at ":" and fills in "%" and "$", so these are no part of a path here.
  if (socketPath !== '' && !/^[A-Za-z0-9_./+,=@-]+$/.test(socketPath)) {
    throw wrong(text, 'the path of the socket has a character that ssh would take for something else');
  }
  return {
    type: 'ssh',
    host: v6 ?? hostOf(text, name),
    ...(user === undefined ? {} : { user }),
    ...(port === '' ? {} : { port: portOf(text, port) }),
    ...(socketPath === '' ? {} : { socketPath }),
  };
}

function hostOf(text: string, host: string): string {
  if (HOST_NAME.test(host)) return host;
  throw wrong(text, host === '' ? 'it names no host' : `${JSON.stringify(host)} is neither a host name nor an address`);
}

function portOf(text: string, port: string): number {
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65_535) return number;
  throw wrong(text, `${JSON.stringify(port)} is no port; ports are 1 to 65535`);
}

function wrong(text: string, why: string): NetctlError {
  // What goes to a terminal or a log has no password in it.
  const shown = JSON.stringify(text.replace(/:[^@/]*@/, ':…@'));
  return new NetctlError('USAGE', `${shown} is no address of an engine that netctl can reach: ${why}`, {
    hint: `Write ${FORMS}.`,
  });
}

function fail(text: string, why: string): never {
  throw wrong(text, why);
}
