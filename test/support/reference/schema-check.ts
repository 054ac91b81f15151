import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const file = new URL('../../../packages/cli/schema/netctl.schema.json', import.meta.url);

/** The JSON Schema that netctl ships, as a validator of its own takes it; the words of errors are for editors alone. */
const check = new Ajv({ strict: false, allErrors: true, keywords: ['errorMessage', 'patternErrorMessage'] }).compile(
  JSON.parse(readFileSync(file, 'utf8')) as object,
);

/** What the schema has against a file, as `/path what`; empty where it takes it. */
export function schemaFaults(text: string): readonly string[] {
  const value: unknown = parse(text, { merge: true, logLevel: 'error' });
  if (check(value)) return [];
  return (check.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath, message = '', params }) => {
      const { additionalProperty, missingProperty } = params as Record<string, string | undefined>;
      return [instancePath, message, additionalProperty ?? missingProperty ?? ''].join(' ').trim();
    });
}
