import { NetctlError } from '@netctl/core';

/** An object of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The list that `ip -json` prints; nothing at all, or `[{}]`, is what older ones print for an empty list. */
export function replyItems(stdout: string, does: string): readonly unknown[] {
  const text = stdout.trim();
  if (text === '') return [];
  const reply = parsed(text);
  if (Array.isArray(reply)) return reply as readonly unknown[];
  const hint = "Try the same with 'ip -json -details addr show'; it should print a list in JSON.";
  const begin = JSON.stringify(text.slice(0, 120));
  throw new NetctlError('LINK_FAILED', `Cannot ${does}: ip did not answer with a list in JSON but ${begin}`, { hint });
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number, also one that `ip` printed as text, as it does with a group. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

/** Leaves out keys without a value, which `exactOptionalPropertyTypes` tells from undefined ones. */
export function defined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
