import type { WorkloadPort } from '@netctl/core';
import type { Variable } from './variables.js';

/** What counts for one port of a container, by key. A key that is written with no value hides what is wider. */
export type Settings = ReadonlyMap<string, Variable>;

export function settingsOf(variables: readonly Variable[], { port, protocol }: WorkloadPort): Settings {
  const settings = new Map<string, Variable>();
  for (const variable of variables) {
    const { ports } = variable;
    const counts =
      ports === undefined ||
      (ports.first <= port && port <= ports.last && (ports.protocol === undefined || ports.protocol === protocol));
    if (counts) settings.set(variable.key, variable);
  }
  return settings;
}

/** The variable of a key, unless its value is empty: to Registrator that is as if it were not there. */
export function setting(settings: Settings, key: string): Variable | undefined {
  const found = settings.get(key);
  return found === undefined || found.value === '' ? undefined : found;
}
