import { formatAddress } from '../addresses/prefix.js';

/** State 0A of /proc/net/tcp is LISTEN (kernel, include/net/tcp_states.h). */
const LISTEN = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm;

/** Sockets that listen, by the texts of /proc/net/tcp and /proc/net/tcp6 (proc(5)). */
export function listening(texts: readonly string[]): readonly { readonly address: string; readonly port: number }[] {
  return texts.flatMap((text) =>
    [...text.matchAll(LISTEN)].map(([, address = '', port = '']) => ({
      address: formatAddress({ family: address.length === 8 ? 4 : 6, value: BigInt(`0x${reordered(address)}`) }),
      port: Number.parseInt(port, 16),
    })),
  );
}

/** Words of 32 bits in the order of the machine, which is the small end first on all that Docker runs on but s390x. */
function reordered(hex: string): string {
  return hex.replace(/(..)(..)(..)(..)/g, '$4$3$2$1');
}
