import type { WatchEvent } from '@netctl/core';

import { counted } from '../counted.js';
import type { Discovering } from './discovering.js';
import { discoveryFailure, isSuccess } from './health.js';

/** What a watch is at, in words for `systemctl status`. */
export interface Status {
  readonly hear: (event: WatchEvent) => void;
  /** Undefined before there is anything to say. */
  text(): string | undefined;
}

export function watchStatus(discovering: Pick<Discovering, 'hosts'>): Status {
  let networks: string | undefined;
  return {
    hear: (event) => {
      if (event.event === 'failed') networks = event.message;
      if (event.event !== 'round' || !isSuccess(event)) return;
      networks = event.left === 0 ? 'as the spec says' : `left as disruptive: ${counted(event.left, 'step')}`;
    },
    text: () => {
      const words = [networks, discoveryFailure(discovering)].filter((one) => one !== undefined);
      return words.length === 0 ? undefined : words.join('; ');
    },
  };
}
