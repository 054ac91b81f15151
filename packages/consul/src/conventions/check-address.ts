import { quote } from './report.js';

/** `10.0.0.2:80`, and `[fd00::2]:80` for IPv6. */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * The URL of an HTTP check, from the path that a variable gives; or why there is none. It is always at the service itself:
 * Registrator puts the text behind the port, so that `@elsewhere/` would make Consul ask another machine.
 */
export function checkUrl(
  scheme: 'http' | 'https',
  at: string,
  path: string,
): { readonly url: string; readonly added?: true } | { readonly fault: string } {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    return { fault: 'it is a whole URL, and a check is of the service itself' };
  if (path.startsWith(':')) return { fault: 'it begins with a port, and a check is of the service’s own port' };
  if (/[\s\p{Cc}]/u.test(path)) return { fault: 'there is white space or a control character in it' };
  const escape = /%(?![0-9a-f]{2})[^]{0,2}/i.exec(path.replace(/[?#][^]*$/, ''));
  if (escape !== null) return { fault: `${quote(escape[0])} is no escape of a URL` };
  return path.startsWith('/') ? { url: `${scheme}://${at}${path}` } : { url: `${scheme}://${at}/${path}`, added: true };
}
