import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** For one message. Milliseconds. */
const TIMEOUT = 10_000;

/** Whoever started this as a service and wants to know how it is (sd_notify(3)). */
export interface ServiceManager {
  /** A round is over. Ready is who has done once what could be done; after a reload, who has looked at all. */
  roundOver(isSuccess: boolean): void;
  /** In words, for `systemctl status`. */
  status(text: string): void;
  reloading(): void;
  stopping(): Promise<void>;
}

export interface ServiceInput {
  readonly env: NodeJS.ProcessEnv;
  /** Asked before each keep-alive. */
  readonly isAlive: () => boolean;
  /** Why the manager cannot be told. */
  readonly onFailure: (message: string) => void;
}

/** Undefined where nobody asked. Node.js has no datagram sockets of this kind, so systemd's own program sends. */
export function serviceManager({ env, isAlive, onFailure }: ServiceInput): ServiceManager | undefined {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return undefined;
  let last: Promise<void> = Promise.resolve();
  let hasFailed = false;
  let status: string | undefined;
  let state: 'starting' | 'ready' | 'reloading' = 'starting';
  /** One after another, so that what was said last counts. */
  const send = (...assignments: readonly string[]): Promise<void> => {
    last = last.then(async () => {
      try {
        await run('systemd-notify', [...assignments], { timeout: TIMEOUT, env });
      } catch (error) {
        if (!hasFailed) onFailure(String(error instanceof Error ? error.message : error));
        hasFailed = true;
      }
    });
    return last;
  };
  const every = watchdogMs(env);
  const keepAlive =
    every === undefined ? undefined : setInterval(() => isAlive() && void send('WATCHDOG=1'), every / 2);
  keepAlive?.unref();
  return {
    roundOver: (isSuccess) => {
      if (state === 'ready' || (state === 'starting' && !isSuccess)) return;
      state = 'ready';
      void send('READY=1');
    },
    status: (text) => {
      const words = `STATUS=${text.replaceAll('\n', ' ')}`;
      if (words !== status) void send(words);
      status = words;
    },
    reloading: () => {
      if (state === 'ready') state = 'reloading';
      // Of CLOCK_MONOTONIC, which is what hrtime reads.
      void send('RELOADING=1', `MONOTONIC_USEC=${String(process.hrtime.bigint() / 1000n)}`);
    },
    stopping: async () => {
      clearInterval(keepAlive);
      await send('STOPPING=1');
    },
  };
}

/** How often the manager wants to hear, in milliseconds; undefined where it does not, or wants to hear another process. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number | undefined {
  const every = Number(WATCHDOG_USEC) / 1000;
  const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid);
  return isMeant && every > 0 && every < 2 ** 31 ? every : undefined;
}
