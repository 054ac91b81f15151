import type { WatchEvent } from '@netctl/core';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import type { Discovering } from './discovering.js';
import { isSuccess } from './health.js';

declare const NETCTL_VERSION: string;

export interface Metrics {
  readonly hear: (event: WatchEvent) => void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** The kinds of things that can drift, as their references begin. */
const KINDS = ['network', 'link', 'endpoint', 'swarm'] as const;

/** What Prometheus may know, by its own rules for names: base units, `_total` for what only grows. */
export function watchMetrics(discovering: Pick<Discovering, 'hosts'>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const info = new Gauge({
    name: 'netctl_build_info',
    help: 'The version of netctl, with the value 1.',
    labelNames: ['version'],
    registers,
  });
  info.set({ version: NETCTL_VERSION }, 1);
  const lastSuccess = new Gauge({
    name: 'netctl_last_success_timestamp_seconds',
    help: 'When a round last did all that may be done; 0 before the first.',
    registers,
  });
  const drift = new Gauge({
    name: 'netctl_drift',
    help: 'Steps that the last round left, since they would disrupt somebody.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of KINDS) drift.set({ kind }, 0);
  const repairs = new Counter({
    name: 'netctl_repairs_total',
    help: 'Steps that were done.',
    labelNames: ['op'],
    registers,
  });
  const rounds = new Counter({
    name: 'netctl_rounds_total',
    help: 'Rounds, by what they came to.',
    labelNames: ['result'],
    registers,
  });
  const up = new Gauge({
    name: 'netctl_host_up',
    help: 'Whether a host is connected.',
    labelNames: ['host'],
    registers,
  });
  // Of hosts that it is at work for now, so that none stays that the spec does not name any more.
  new Gauge({
    name: 'netctl_discovery_up',
    help: 'Whether the last look of service discovery at a host did its work.',
    labelNames: ['host'],
    registers,
    collect() {
      this.reset();
      for (const { host, isWorking } of discovering.hosts()) {
        if (isWorking !== undefined) this.set({ host }, isWorking ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: 'netctl_registered_services',
    help: 'Services that are registered for the containers of a host.',
    labelNames: ['host'],
    registers,
    collect() {
      this.reset();
      for (const { host, registered } of discovering.hosts()) {
        if (registered !== undefined) this.set({ host }, registered);
      }
    },
  });
  return {
    hear: (event) => {
      // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- most events are no figure
      switch (event.event) {
        case 'left':
          for (const kind of KINDS)
            drift.set({ kind }, event.steps.filter(({ ref }) => ref.startsWith(`${kind}:`)).length);
          return;
        case 'connection':
          if (event.state === 'made') up.set({ host: event.host }, 1);
          if (event.state === 'lost') up.set({ host: event.host }, 0);
          if (event.state === 'gone') up.remove({ host: event.host });
          return;
        case 'step':
          if (event.state === 'done') repairs.inc({ op: event.step.op });
          return;
        case 'round':
          rounds.inc({ result: event.result });
          if (isSuccess(event)) lastSuccess.setToCurrentTime();
          return;
        default:
      }
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
