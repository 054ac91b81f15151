import { setFlagsFromString } from 'node:v8';

import { discoveringHosts, NetctlError, watch as watchOver } from '@netctl/core';
import type { Watch, WatchEvent } from '@netctl/core';
import type { DiscoveryEvent } from '@netctl/consul';

import type { CommandInput } from '../command.js';
import { counted } from '../counted.js';
import { followServices } from '../discovery/follow.js';
import { discoveryLines } from '../discovery/text.js';
import { eventDocument } from '../documents.js';
import { moveScope } from '../move-scope.js';
import type { GlobalOptions, ListenAddress, MoveCommandOptions } from '../options.js';
import type { Output } from '../output.js';
import { openHostOf, refuseHostOption } from '../session.js';
import { onHangUp } from '../signals.js';
import { readSpec } from '../spec-file.js';
import { stateDir } from '../state-dir.js';
import { watchDiscovery } from '../watch/discovering.js';
import type { Discovering } from '../watch/discovering.js';
import { watchFiles } from '../watch/files.js';
import { isSuccess, watchHealth } from '../watch/health.js';
import type { Health } from '../watch/health.js';
import { serviceManager } from '../watch/service.js';
import { watchStatus } from '../watch/status.js';
import { watchLines } from '../watch/text.js';

export interface WatchCommandOptions extends GlobalOptions, MoveCommandOptions {
  readonly yes?: boolean;
  /** Milliseconds. */
  readonly interval?: number;
  readonly metrics?: ListenAddress;
  /** False by `--no-probe`. */
  readonly probe?: boolean;
}

const INTERVAL_MS = 30_000;

/** The longest that a round may make no progress: longer than any one call. Milliseconds. */
const PATIENCE_MS = 5 * 60_000;

/**
 * `netctl watch`: stays, and heals what drifts. Its end by SIGTERM is what a service manager asks for, and no failure;
 * by SIGINT it is that of every other command.
 */
export async function watch({ file, options, output, signal }: CommandInput<WatchCommandOptions>): Promise<number> {
  refuseStandardInput(file, options);
  // What stays has little to do at a time: without it V8 takes up to 48 MB for what is young, and keeps it.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { interval = INTERVAL_MS } = options;
  const listeners: ((event: WatchEvent) => void)[] = [];
  const hear = (event: WatchEvent): void => {
    for (const listener of listeners) listener(event);
  };
  using files = watchFiles(() => watcher.reload('spec'));
  // Beside the rounds and by connections of its own, so that no apply, however long, keeps a service that is gone.
  const discovering = watchDiscovery();
  let showStatus = (): void => undefined;
  await using services = followServices(options, (event) => {
    discovering.hear(event);
    showStatus();
    if (event.event === 'services') hear(event);
    else tellServices(event, output, file ?? 'netctl.yaml');
  });
  const watcher: Watch = watchOver({
    load: async (until) => {
      const loaded = await files.reading((onRead) => readSpec(file, options, until, onRead));
      refuseHostOption(loaded, options);
      await services.follow(loaded);
      discovering.keep(discoveringHosts(loaded.spec));
      return loaded;
    },
    open: (loaded, host, until) => openHostOf(loaded, host, options, until),
    apply: {
      allowDisruptive: options.yes === true,
      probe: options.probe !== false,
      ...moveScope(options),
      stateDir: stateDir(process.env),
    },
    timing: { interval },
    patience: Math.max(PATIENCE_MS, 4 * (options.timeout ?? 0)),
    onEvent: hear,
  });
  const health = watchHealth({ intervalMs: interval, isAlive: () => watcher.isAlive(), discovering });
  listeners.push((event) => tell(event, output, file ?? 'netctl.yaml'), health.hear);
  await using _server = await servedAt(options.metrics, health, discovering, listeners);
  const manager = serviceManager({
    env: process.env,
    isAlive: () => watcher.isAlive(),
    onFailure: (message) => output.note(`systemd cannot be told how this service is: ${message}`),
  });
  if (manager !== undefined) {
    const status = watchStatus(discovering);
    showStatus = () => {
      const text = status.text();
      if (text !== undefined) manager.status(text);
    };
    listeners.push((event) => {
      status.hear(event);
      showStatus();
      if (event.event === 'round') manager.roundOver(isSuccess(event));
    });
  }
  onHangUp(() => {
    manager?.reloading();
    watcher.reload('reload');
  });
  const sum = await Promise.race([watcher.run(signal), services.fault]);
  await manager?.stopping();
  output.document({ event: 'report', ...sum });
  output.line(`Stopped after ${counted(sum.rounds, 'round')}: ${counted(sum.repairs, 'repair')}.`);
  return signal.reason instanceof NetctlError && signal.reason.code === 'INTERRUPTED' ? signal.reason.exit : 0;
}

function refuseStandardInput(file: string | undefined, options: GlobalOptions): void {
  if (file !== '-' && options.file?.includes('-') !== true) return;
  throw new NetctlError('USAGE', 'watch reads its spec again when it changes, and standard input is read once', {
    hint: 'Name a file.',
  });
}

/** What serves is loaded where it is asked for. */
async function servedAt(
  address: ListenAddress | undefined,
  health: Health,
  discovering: Discovering,
  listeners: ((event: WatchEvent) => void)[],
): Promise<AsyncDisposable> {
  if (address === undefined) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const [{ watchMetrics }, { serve }] = await Promise.all([
    import('../watch/metrics.js'),
    import('../watch/server.js'),
  ]);
  const metrics = watchMetrics(discovering);
  listeners.push(metrics.hear);
  return serve(address, metrics, health);
}

function tell(event: WatchEvent, output: Output, file: string): void {
  output.document({ time: new Date().toISOString(), ...documentOf(event) });
  for (const line of watchLines(event, file)) output.line(line);
}

function tellServices(event: DiscoveryEvent, output: Output, file: string): void {
  output.document({ time: new Date().toISOString(), ...event });
  for (const line of discoveryLines(event, file)) output.line(line);
}

function documentOf(event: WatchEvent): object {
  return event.event === 'plan' ? eventDocument(event) : event;
}
