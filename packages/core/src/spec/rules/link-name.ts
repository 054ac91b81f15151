import { quote } from '../show.js';

/**
 * Why this cannot be the name of a link, or undefined. The kernel takes at most 15 bytes, iproute2 no white space or
 * slash; a `%` makes the kernel count, and a leading `-` is an option to every command.
 */
export function linkNameFault(name: string): string | undefined {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > 15) return `${quote(name)} is ${bytes} bytes long, and the kernel takes at most 15 for a link`;
  if (name === 'all' || name === 'default')
    return `${quote(name)} means all links to the kernel, so no link can have it`;
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) return undefined;
  return `${quote(name)} cannot be the name of a link: only letters, digits, "_", "." and "-", not starting with "." or "-"`;
}
