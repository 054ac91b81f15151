import { fits } from '../path.js';
import type { Segment } from '../path.js';

/** Where a number stands for text, which the engine is given. */
const TEXT_OF_NUMBERS: readonly (readonly Segment[])[] = [
  ['networks', '*', 'labels', '*'],
  ['networks', '*', 'driver_opts', '*'],
  ['containers', '*', 'networks', '*', 'driver_opts', '*'],
];

/** The items of a list of labels are text by themselves. */
export function isTextOfNumber(path: readonly Segment[]): boolean {
  return typeof path.at(-1) === 'string' && TEXT_OF_NUMBERS.some((shape) => fits(shape, path));
}

/** 64 bits as `0b…`, with a sign; zeros before them are nothing anybody writes. */
const LONGEST_INTEGER = 67;
const INTEGER = /^([-+]?)(0x[0-9a-f]+|0b[01]+|0o[0-7]+|0[0-7]+|[1-9][0-9]*|0)$/i;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?$/i;
const LEAST_INTEGER = -(2n ** 63n);
const MOST_INTEGER = 2n ** 64n - 1n;

/**
 * The text that Compose makes of a number without quotes; undefined for what is none to it. Its numbers are those of Go's
 * YAML library, `0777`, `0b101` and `1_000` among them (yaml.v3, resolve.go), and are written as Go's `fmt.Sprint` does:
 * 64 bits of an integer with all its digits, anything else as a float, whose exponents begin at 1e+06 and 1e-05.
 */
export function numberText(source: string): string | undefined {
  if (/^[-+]?\.(inf|Inf|INF)$/.test(source)) return source.startsWith('-') ? '-Inf' : '+Inf';
  if (/^\.(nan|NaN|NAN)$/.test(source)) return 'NaN';
  const digits = /^[-+0-9]/.test(source) ? source.replaceAll('_', '') : source;
  const integer = digits.length > LONGEST_INTEGER ? null : INTEGER.exec(digits);
  if (integer !== null) {
    const [, sign = '', magnitude = ''] = integer;
    const size = BigInt(/^0[0-7]+$/.test(magnitude) ? `0o${magnitude}` : magnitude.toLowerCase());
    const value = sign === '-' ? -size : size;
    // An unsigned one has no sign at all.
    if (value >= LEAST_INTEGER && value <= (sign === '' ? MOST_INTEGER : MOST_INTEGER / 2n)) return String(value);
  }
  if (!FLOAT.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? floatText(value) : source;
}

function floatText(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  const sign = Object.is(value, -0) ? '-' : '';
  if (power >= -4 && power < 6) return `${sign}${String(value)}`;
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
