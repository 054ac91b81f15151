import { parseAddress } from '../../addresses/prefix.js';
import type { DriverOption } from '../options.js';
import { list } from '../show.js';
import { linkNameFault } from './link-name.js';

/** Go's strconv.ParseBool, by which the engine reads booleans. */
const BOOL = /^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/;

/** What the value of an option must be, when it is not that; undefined when it is fine. Empty is the default. */
export function optionFault(option: DriverOption, value: string): string | undefined {
  switch (option.type) {
    case 'bool':
      return BOOL.test(value) ? undefined : 'true or false';
    case 'int':
      return intFault(option, value);
    case 'ip': {
      const address = parseAddress(value);
      const fits = address !== undefined && (option.family === undefined || option.family === address.family);
      return fits ? undefined : `an ${option.family === undefined ? 'IP' : `IPv${option.family}`} address`;
    }
    case 'link':
      return value === '' ? undefined : linkNameFault(value) && 'the name of a link';
    case 'link-prefix':
      // The engine numbers the links from 0, and finds out only when a container starts.
      return value === '' || linkNameFault(`${value}0`) === undefined
        ? undefined
        : "the beginning of a link's name, at most 14 bytes";
    case 'links':
      return value.split(':').some((name) => linkNameFault(name) !== undefined)
        ? 'names of links with ":" between them'
        : undefined;
    case 'enum': {
      const values = option.values ?? {};
      return Object.hasOwn(values, value) ? undefined : list(Object.keys(values), 'or');
    }
    case 'csv-int':
      return /^\d+(,\d+)*$/.test(value) ? undefined : 'numbers with commas between them';
    case 'presence':
      return undefined;
  }
}

function intFault(
  { min = 0, max = Number.MAX_SAFE_INTEGER, orZero = false }: DriverOption,
  value: string,
): string | undefined {
  const number = Number(value);
  const fits = /^\d+$/.test(value) && ((number >= min && number <= max) || (orZero && number === 0));
  return fits ? undefined : `a whole number from ${min} to ${max}${orZero ? ', or 0' : ''}`;
}
