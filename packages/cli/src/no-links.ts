import { NetctlError } from '@netctl/core';
import type { LinkBackend, LinkSafety } from '@netctl/core';

/**
 * Links that can be used only where a question says so. Where not, looking at them says why: networks that need no link
 * are made all the same, and the plan refuses the others before anything is changed.
 */
export function noLinks(
  links: LinkBackend,
  mayUse: (signal?: AbortSignal) => Promise<boolean>,
  why: string,
): LinkBackend {
  const checked = async (signal?: AbortSignal): Promise<LinkBackend> => {
    if (await mayUse(signal)) return links;
    throw new NetctlError('IPROUTE2_MISSING', why, {
      hint: 'Name the host by ssh://USER@HOST, which leads to its links too, or run netctl on that host.',
    });
  };
  return {
    observe: async (signal) => (await checked(signal)).observe(signal),
    otherPrivilege: async (signal) => (await checked(signal)).otherPrivilege?.(signal),
    watch: async (onChange, signal) => (await checked(signal)).watch(onChange, signal),
    probe: async (kinds, signal) => (await checked(signal)).probe(kinds, signal),
    ask: async (segment, addresses, signal) => (await checked(signal)).ask(segment, addresses, signal),
    add: async (props, alias, parentIndex, signal) => (await checked(signal)).add(props, alias, parentIndex, signal),
    set: async (name, index, change, signal) => (await checked(signal)).set(name, index, change, signal),
    remove: async (name, index, signal) => (await checked(signal)).remove(name, index, signal),
    ...(links.safety === undefined ? {} : { safety: safetyWhere(links.safety, mayUse) }),
  };
}

/** Elsewhere nobody knows of a guard, and none is set where links cannot be changed. */
function safetyWhere(safety: LinkSafety, mayUse: (signal?: AbortSignal) => Promise<boolean>): LinkSafety {
  return { ...safety, guards: async () => ((await mayUse()) ? safety.guards() : []) };
}
