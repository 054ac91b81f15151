import { describe, expect, test } from 'vitest';

import { NetctlError } from '../../../packages/core/src/errors.js';
import { operationsOf } from '../../support/operations.js';
import { brief, load, problemsOf, read } from './helpers.js';

describe('text that is no spec', () => {
  test.each([
    ['nothing', '', ['EMPTY_FILE  1:1']],
    ['comments', '# one\n# two\n', ['EMPTY_FILE  1:1']],
    ['a list', '- a\n', ['NOT_A_MAPPING  1:1']],
    ['a word', 'hello', ['NOT_A_MAPPING  1:1']],
    ['two documents', 'name: a\n---\nname: b\n', ['SEVERAL_DOCUMENTS  2:1']],
    ['a NUL', 'name: a\nb: \0', ['CONTROL_CHARACTER  2:4']],
    ['junk', 'PK\u0003\u0004', ['CONTROL_CHARACTER  1:3']],
    ['YAML 1.1', '%YAML 1.1\n---\nname: a\n', ['YAML_VERSION  1:1']],
    ['tabs', 'name: a\nnetworks:\n\tlan: {}\n', ['YAML_SYNTAX  3:1']],
    ['an open quote', 'name: "a\n', ['YAML_SYNTAX  2:1']],
    ['an open bracket', 'name: a\nvlans: {a: [1\n', ['YAML_SYNTAX  3:1']],
    ['a bad escape', 'name: "\\q"\n', ['YAML_SYNTAX  1:8']],
    ['no colon', 'name: a\nnetworks\n', ['YAML_SYNTAX  2:1']],
    ['all of them', 'name: @a\nvlans: `b`\n', ['YAML_SYNTAX  1:7', 'YAML_SYNTAX  2:8']],
  ])('%s', (_, text, expected) => expect(brief(problemsOf(text))).toEqual(expected));

  test('says in words what is wrong with YAML', () => {
    expect(problemsOf('a:\n\tb: 1\n')[0]?.message).toBe('A tab is used as indentation; YAML allows only spaces.');
  });

  const nested = (...lines: readonly string[]): string => ['name: a', 'networks:', '  a:', ...lines, ''].join('\n');
  const middle = 'A mapping or list starts in the middle of a line, where a plain value is meant to be.';

  test.each([
    [['   driver: bridge', '    subnet: 10.0.0.0/24'], ['5:5 Line 5 is indented further than line 4.']],
    // Of those which are no deeper than the first, nothing is said.
    [['   driver: bridge', '     mtu: 1500', '     internal: true'], ['5:6 Line 5 is indented further than line 4.']],
    [
      ['   ipam:', '     config:', '      - subnet: a', '          gateway: b'],
      ['7:11 Line 7 is indented further than line 6.'],
    ],
    [['   driver: b: c'], [`4:12 ${middle}`]],
    [['   driver: "b', '      c": d'], [`4:12 ${middle}`]],
  ])('a line that is indented further: %j', (lines, expected) =>
    expect(problemsOf(nested(...lines)).map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual(
      expected,
    ),
  );

  test('names the byte and the line of what is not UTF-8', () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('name: a\nb: '), 0xc3, 0x28]);
    const act = (): unknown => problemsOf(bytes);
    expect(brief(problemsOf(bytes))).toEqual(['NOT_UTF8  2:1']);
    expect(act).not.toThrow();
    expect(problemsOf(bytes)[0]?.message).toContain('byte 0xc3 at offset 11');
  });

  test.each([
    [[0x80]],
    [[0xc0, 0x80]],
    [[0xed, 0xa0, 0x80]],
    [[0xf5, 0x80, 0x80, 0x80]],
    [[0xe2, 0x82]],
    [[0xff, 0xfe, 0x61, 0x00]],
  ])('bytes %j are not UTF-8', (bytes) => {
    const found = problemsOf(new Uint8Array([0x61, ...bytes]))[0];
    expect([found?.code, found?.message.match(/offset \d+/)?.[0]]).toEqual(['NOT_UTF8', 'offset 1']);
  });

  test('half a surrogate pair is unreadable, as text and as an escape', () => {
    expect(brief(problemsOf('a\nb\uD800'))).toEqual(['NOT_UTF8  2:1']);
    expect(brief(problemsOf('name: a\nnetworks: { n: { parent: "\\uD800" } }'))).toEqual([
      'INVALID_TEXT networks.n.parent 2:26',
    ]);
  });

  test('throws one NetctlError with everything', () => {
    try {
      load('name: A\nzz: 1\n');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(NetctlError);
      const { code, exit, message, problems } = error as NetctlError;
      expect([code, exit, message, problems.length]).toEqual([
        'SPEC_INVALID',
        65,
        'netctl.yaml is not a valid spec: 2 errors.',
        2,
      ]);
    }
  });
});

describe('text that is fine', () => {
  test.each([
    ['with a byte order mark', '\uFEFFname: a\n'],
    ['as bytes', 'name: ä-is-in-a-comment\n'.replace('ä-is-in-a-comment', 'a # ä')],
    ['with CRLF', 'name: a\r\nnetworks:\r\n  lan:\r\n'],
    ['with empty networks and vlans', 'name: a\nnetworks:\nvlans:\n'],
    ['as JSON', '{"name": "a", "networks": {}, "vlans": {}}'],
  ])('%s', (_, text) => {
    expect(load(text).spec.name).toBe('a');
    expect(problemsOf(new TextEncoder().encode(text))).toEqual([]);
  });

  test('positions count the same with CRLF and after a byte order mark', () => {
    expect(brief(problemsOf('\uFEFFname: a\r\nvlan: 1\r\n'))).toEqual(['UNKNOWN_KEY vlan 2:1']);
    expect(brief(problemsOf('\uFEFFnme: a\n'))).toEqual(['MISSING_KEY name 1:1', 'UNKNOWN_KEY nme 1:1']);
  });

  test('x- keys are ignored with all that is in them, but not where keys are names', () => {
    const spec = read('name: a\nx-a: ["${B:?no}", *no]\nnetworks:\n  x-lan: { x-b: 1, labels: { x-c: d } }\n').spec;
    expect(spec.networks).toEqual({ 'x-lan': { labels: { 'x-c': 'd' } } });
  });
});

describe('keys, anchors and tags', () => {
  test.each([
    ['twice', 'name: a\nnetworks:\n  lan: {}\n  lan: {}\n', ['DUPLICATE_KEY networks.lan 4:3']],
    ['a number', 'name: a\nnetworks: { 5: {} }\n', ['NON_STRING_KEY networks 2:13']],
    ['complex', 'name: a\n? [b]\n: c\n', ['NON_STRING_KEY  2:3']],
    ['nothing', 'name: a\n: c\n', ['NON_STRING_KEY  2:1']],
    ['__proto__', 'name: a\nnetworks: { __proto__: { internal: true } }\n', ['UNKNOWN_KEY networks.__proto__ 2:13']],
    ['constructor', 'name: a\nconstructor: 1\n', ['UNKNOWN_KEY constructor 2:1']],
    ['js tag', 'name: !!js/function a\n', ['UNKNOWN_TAG name 1:21']],
    ['binary', 'name: !!binary YQ==\n', ['UNKNOWN_TAG name 1:16']],
    ['set', 'name: a\nnetworks: !!set { a }\n', ['UNKNOWN_TAG networks 2:17']],
    ['no such anchor', 'name: *a\n', ['UNKNOWN_ALIAS name 1:7']],
    ['inside itself', 'name: a\nnetworks: &n { lan: *n }\n', ['RECURSIVE_ALIAS networks.lan 2:21']],
    ['merged into itself', 'name: a\nnetworks: &n { <<: *n }\n', ['RECURSIVE_ALIAS networks 2:20']],
    [
      'a list in itself',
      'name: a\nnetworks: { l: { isolated_from: &s [*s] } }\n',
      ['RECURSIVE_ALIAS networks.l.isolated_from[0] 2:37'],
    ],
    [
      'merged by a list in itself',
      'name: a\nnetworks: { l: { ipam: { config: &s [{ <<: *s }] } } }\n',
      ['RECURSIVE_ALIAS networks.l.ipam.config[0] 2:38'],
    ],
    ['merge of text', 'name: a\nnetworks: { <<: b }\n', ['BAD_MERGE networks["<<"] 2:13']],
  ])('%s', (_, text, expected) =>
    expect(brief(problemsOf(text)).filter((line) => !line.startsWith('DOC'))).toEqual(expected),
  );

  test('Object.prototype stays clean', () => {
    problemsOf('name: a\nnetworks: { __proto__: { internal: true }, l: { labels: ["__proto__=x"] } }\n');
    expect(({} as Record<string, unknown>)['internal']).toBeUndefined();
  });

  test('anchors, aliases and merge keys work, own keys first', () => {
    const text =
      'name: a\nx-c: &c { internal: true, labels: { a: b } }\nnetworks:\n  one: *c\n  two: { <<: [*c], internal: false }\n';
    expect(load(text).spec.networks).toEqual({
      one: { internal: true, labels: { a: 'b' } },
      two: { internal: false, labels: { a: 'b' } },
    });
  });

  test('an anchor that is set again counts only from there on', () => {
    const text =
      'name: a\nnetworks: { a: { name: &n one }, b: { name: *n }, c: { name: &n two, labels: { d: *n } } }\n';
    const found = problemsOf(text);
    expect(found.map(({ code, path }) => [code, path])).toEqual([['DUPLICATE_NAME', 'networks.b.name']]);
  });
});

describe('hostile text', () => {
  const laughs = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    .map(
      (level) =>
        `  n${level}: &l${level} { labels: {${Array.from({ length: 9 }, (_, i) => `k${i}: ${level === 1 ? 'x' : `*l${level - 1}`}`).join(', ')}} }`,
    )
    .join('\n');

  test.each([
    ['billion laughs', `name: a\nnetworks:\n${laughs}\n`, 'TOO_MANY_ALIASES'],
    ['a million brackets', '['.repeat(1_000_000), 'TOO_DEEP'],
    ['half a million dashes', '- '.repeat(500_000), 'TOO_DEEP'],
    ['deep mappings', Array.from({ length: 900 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), 'TOO_DEEP'],
    ['deep flow mappings', '{a: '.repeat(100_000), 'TOO_DEEP'],
    ['10 MB', 'a'.repeat(10_000_000), 'TOO_LARGE'],
    ['nested variables', `name: "${'${A:-'.repeat(5000)}${'}'.repeat(5000)}"`, 'INVALID_INTERPOLATION'],
  ])('%s', (_, text, code) => expect(problemsOf(text).map((found) => found.code)).toContain(code));

  test('variables cannot make a file explode', () => {
    const text = `name: a\nnetworks: { l: { labels: { a: "${'$A'.repeat(10_000)}" } } }\n`;
    expect(brief(problemsOf(text, { A: 'x'.repeat(10_000) }))).toEqual([
      'INVALID_INTERPOLATION networks.l.labels.a 2:31',
    ]);
  });

  test('twice as many networks are twice the work', async () => {
    const one = (i: number): string =>
      `  n${i}:\n    driver: macvlan\n    parent: eth0\n    vlan: ${i + 1}\n    subnet: 10.${i >> 8}.${i & 255}.0/24\n    gateway: 10.${i >> 8}.${i & 255}.1\n    ip_range: 10.${i >> 8}.${i & 255}.128/25\n    reserve: { a: 10.${i >> 8}.${i & 255}.2 }\n    shim: true\n`;
    const read = async (count: number): Promise<number> => {
      const text = `name: a\nnetworks:\n${Array.from({ length: count }, (_, i) => one(i)).join('')}`;
      return operationsOf(() => expect(problemsOf(text)).toEqual([]));
    };
    // What is done once in a process.
    await read(1);
    const [half, whole] = [await read(250), await read(500)];
    expect(half).toBeGreaterThan(250);
    expect(whole / half).toBeLessThan(2.2);
  });
});
