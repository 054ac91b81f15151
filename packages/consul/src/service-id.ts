import type { WorkloadPort } from '@netctl/core';

/** What makes one service of Consul different from all others of an agent. */
export interface ServiceKey {
  readonly stack: string;
  readonly host: string;
  readonly network: string;
  readonly container: string;
  readonly port: WorkloadPort;
  /** `SERVICE_ID`, which is in the place of container and port. */
  readonly asked?: string;
}

/**
 * `netctl:<stack>:<host>:<network>:<container>:<port>[:udp]`, or `netctl:<stack>:<host>:<network>:<SERVICE_ID>`. It is the
 * same whenever it is made, and no other stack, host or network can have it, even where several share one agent. Consul
 * takes ids as parts of paths, and decodes some of them twice: all that is not plain is `~` and two hexadecimal digits a byte.
 */
export function serviceId({ stack, host, network, container, port: { port, protocol }, asked }: ServiceKey): string {
  const own = asked === undefined ? [container, String(port), ...(protocol === 'tcp' ? [] : [protocol])] : [asked];
  return ['netctl', stack, host, network, ...own].map(plain).join(':');
}

/** Whether it is the id of a service of that container on that network, as far as an id tells: a SERVICE_ID names none. */
export function canBeOf(id: string, { stack, host, network, container }: Omit<ServiceKey, 'port' | 'asked'>): boolean {
  const prefix = `${['netctl', stack, host, network].map(plain).join(':')}:`;
  const rest = id.slice(prefix.length);
  return id.startsWith(prefix) && (!rest.includes(':') || rest.startsWith(`${plain(container)}:`));
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]/gu, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `~${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
