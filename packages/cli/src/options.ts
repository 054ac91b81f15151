import { InvalidArgumentError } from 'commander';

/** The options that every command has, as commander gives them. */
export interface GlobalOptions {
  readonly file?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly host?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `30s`, `500ms`, `2m`, or seconds without a unit, as milliseconds. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const value = Number(match?.[1]) * (UNITS[match?.[2] ?? 's'] ?? Number.NaN);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Write a time such as 30s, 500ms or 2m.');
  return value;
}
