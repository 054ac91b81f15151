import { InvalidArgumentError } from 'commander';

/** The options that every command has, as commander gives them. */
export interface GlobalOptions {
  /** Several are the files of one Compose project. */
  readonly file?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly host?: string;
  readonly context?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** How containers may be moved for a network that has to be replaced, as commander gives it. */
export interface MoveCommandOptions {
  readonly recreate?: boolean;
  readonly keepDynamic?: boolean;
  readonly acceptLoss?: readonly string[];
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A timer of Node.js counts to 24 days, and fires at once beyond. */
const LONGEST = 24 * 3_600_000;

/** `30s`, `500ms` or `2m` as whole milliseconds, from `least` to 24 hours. Of a number alone nobody could tell what it counts. */
export function duration(least: 0 | 1): (text: string) => number {
  return (text) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
    const value = Math.round(Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN));
    if (value >= least && value <= LONGEST) return value;
    throw new InvalidArgumentError(`Write a time such as 30s, 500ms or 2m, from ${least}ms to 24h.`);
  };
}

/** An option that may be given several times. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** What may be lost: `mac`. */
export function loss(text: string, before: readonly string[] = []): readonly string[] {
  if (text === 'mac') return [...before, text];
  throw new InvalidArgumentError('All that may be lost is mac.');
}

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:9479`, `[::1]:9479`, or a port alone, which is that of 127.0.0.1. */
export function listenAddress(text: string): ListenAddress {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match !== null && port >= 1 && port <= 65_535) return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
  throw new InvalidArgumentError('Write an address and a port, such as 127.0.0.1:9479, or a port alone.');
}
