import type { Problem } from '@netctl/core';

/** As for a single engine that does not answer. */
export const EXIT_UNREACHABLE = 69;

/** Whether a host of the spec could not be reached. */
export function someUnreachable({ problems }: { readonly problems: readonly Problem[] }): boolean {
  return problems.some(({ code }) => code === 'HOST_UNREACHABLE');
}

/** What is true of those that were. */
export function asTheSpecSays(stack: string, unreachable: boolean): string {
  return `Nothing to do: ${stack} is as the spec says${whereLooked(unreachable)}.`;
}

/** What is true where nothing but links was looked at. */
export function linksAsTheSpecSays(stack: string): string {
  return `Nothing to do: the links of ${stack} are as the spec says.`;
}

export function nothingLeft(stack: string, unreachable: boolean): string {
  return `Nothing to do: nothing of ${stack} is left${whereLooked(unreachable)}.`;
}

function whereLooked(unreachable: boolean): string {
  return unreachable ? ' where it could be looked at' : '';
}
