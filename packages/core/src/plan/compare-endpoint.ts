import { canonicalAddress } from '../addresses/text.js';
import { hasProcess } from '../endpoints.js';
import type { Endpoint, EndpointConfig } from '../endpoints.js';
import { STACK_OPTION } from '../spec/containers.js';
import { scalar } from './change.js';
import type { Change } from './change.js';

export interface CompareOptions {
  /** All of it is netctl's own, so what was not asked for is not wanted. */
  readonly whole: boolean;
  /**
   * Whether the engine may have chosen an address by itself: a swarm shows those as if they were asked for, and so does
   * whoever was moved with --keep-dynamic.
   */
  readonly chosen: (address: string) => boolean;
  /** The engine gives a container the MAC that is asked for. */
  readonly mac: boolean;
}

/** What is otherwise than asked for. A place that somebody else made may have more than that. */
export function endpointChanges(
  want: EndpointConfig,
  { config, has, state }: Endpoint,
  { whole, chosen, mac }: CompareOptions,
): readonly Change[] {
  const changes: Change[] = [];
  const one = (field: string, wanted: string | undefined, now: string | undefined, counts = whole): void => {
    if (wanted !== undefined || counts) scalar(changes, field, now, wanted);
  };
  const each = (field: string, wanted: readonly string[] = [], now: readonly string[] = []): void => {
    for (const value of wanted) if (!now.includes(value)) one(field, value, undefined);
    for (const value of now) if (!wanted.includes(value)) one(field, undefined, value);
  };
  for (const family of ['ipv4', 'ipv6'] as const) {
    const now = config[family];
    one('address', want[family], now, whole && now !== undefined && !chosen(now));
  }
  each('link-local address', want.linkLocal, config.linkLocal?.map(canonicalAddress));
  each('alias', want.aliases, config.aliases);
  const [options, there] = [want.driverOpts ?? {}, config.driverOpts ?? {}];
  for (const key of new Set([...Object.keys(options), ...Object.keys(there)])) {
    if (key !== STACK_OPTION) one(`option ${key}`, options[key], there[key]);
  }
  const priority = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
  one('gateway priority', priority(want.gwPriority), priority(config.gwPriority));
  // One that does not run shows none.
  if (mac && want.mac !== undefined && hasProcess(state)) one('MAC', want.mac, has.mac);
  return changes;
}
