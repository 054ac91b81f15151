/** Nanoseconds, as Go counts durations. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
};

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** Whether it is a duration that Consul takes: Go's `10s` or `1h30m`, more than nothing, and not beyond 63 bits. */
export function isDuration(text: string): boolean {
  if (text.length > 40 || text.replace(PART, '') !== '') return false;
  const sum = [...text.matchAll(PART)].reduce(
    (total, [, number, unit]) => total + Number(number) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
  return sum >= 1 && sum < 2 ** 63;
}
