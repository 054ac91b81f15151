import { NetctlError } from '@netctl/core';

const SIGNALS = {
  SIGINT: { code: 'INTERRUPTED', exit: 130 },
  SIGTERM: { code: 'TERMINATED', exit: 143 },
  // A terminal that is closed, or an ssh session that drops.
  SIGHUP: { code: 'TERMINATED', exit: 129 },
} as const;

/**
 * Aborted by the first SIGINT or SIGTERM: what is under way is finished and nothing more is begun. The second one ends
 * the process at once.
 */
export function signalAbort(): AbortSignal {
  const controller = new AbortController();
  for (const [name, { code, exit }] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exit);
      const error = new NetctlError(code, name === 'SIGINT' ? 'Interrupted' : 'Terminated', {
        hint: 'No step was cut off, and none was begun after it; the same command goes on from what is there.',
      });
      controller.abort(error);
    });
  }
  return controller.signal;
}

/** SIGHUP is what `systemctl reload` sends by custom; from now on it calls this, and ends nothing. */
export function onHangUp(act: () => void): void {
  process.removeAllListeners('SIGHUP');
  process.on('SIGHUP', act);
}
