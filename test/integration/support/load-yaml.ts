import { parseSpec } from '../../../packages/core/src/spec/load.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';

/** A spec from plain data: JSON is YAML. */
export function loadYaml(value: object): LoadedSpec {
  return parseSpec({ bytes: JSON.stringify(value), file: 'spec.json', env: {} });
}
