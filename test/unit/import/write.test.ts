import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeSpec } from '../../../packages/core/src/import/write.js';
import { loadText } from '../../support/memory/run.js';
import { text } from './random.js';

const specOf = (labels: Readonly<Record<string, string>>, note = '', above: readonly string[] = []): string => {
  const lines = Object.entries(labels).map(([key, value]) => ({ key, value, note, above }));
  const network = { lines: [{ key: 'labels', value: { lines } }] };
  const networks = { lines: [{ key: 'web', value: network }] };
  return writeSpec(
    {
      lines: [
        { key: 'name', value: 'box' },
        { key: 'networks', value: networks },
      ],
    },
    above,
    above,
  );
};

/** What no spec can hold, quoted or not. */
const impossible = /\0|\p{Surrogate}/u;

test('any text comes back as it was, beside any comment', () => {
  fc.assert(
    fc.property(
      fc.dictionary(text, text, { maxKeys: 4 }),
      text,
      fc.array(text, { maxLength: 2 }),
      (labels, note, above) => {
        const odd = ['', '__proto__', 'constructor', 'prototype'];
        fc.pre(Object.entries(labels).every(([key, value]) => !odd.includes(key) && !impossible.test(key + value)));
        expect(loadText(specOf(labels, note, above)).spec.networks['web']?.labels).toEqual(labels);
      },
    ),
    { numRuns: 2000 },
  );
});

test.each(['on', 'Off', 'yes', 'N', '12:30', '1', 'null', 'true', '~', '<<'])('%s is in quotes', (word) => {
  expect(specOf({ [word]: word }).match(new RegExp(`"${word}"`, 'g'))).toHaveLength(2);
  expect(parse(specOf({ [word]: word }), { version: '1.1', merge: true })).toMatchObject({
    networks: { web: { labels: { [word]: word } } },
  });
});

test('a dollar sign is two, but in keys, which have no variables', () => {
  expect(specOf({ a$HOME: '$HOME ${X} $$' })).toContain('a$HOME: $$HOME $${X} $$$$');
});
