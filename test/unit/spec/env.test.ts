import { describe, expect, test } from 'vitest';

import { parseDotenv } from '../../../packages/core/src/spec/env/dotenv.js';
import { substitute } from '../../../packages/core/src/spec/env/template.js';
import { brief, load, problemsOf } from './helpers.js';

const values: Record<string, string> = { A: 'a', EMPTY: '', D: '$A', J: '{"x":1}' };
const lookup = (name: string): string | undefined => values[name];

describe('variables', () => {
  test.each([
    ['$A', 'a'],
    ['${A}', 'a'],
    ['x${A}y$A-z', 'xaya-z'],
    ['$$A', '$A'],
    ['$$$A', '$a'],
    ['$', '$'],
    ['$1 $ 5$', '$1 $ 5$'],
    ['$D', '$A'],
    ['$J}', '{"x":1}}'],
    ['${A:-b}${EMPTY:-b}${U:-b}', 'abb'],
    ['${A-b}${EMPTY-b}${U-b}', 'ab'],
    ['${A:+b}${EMPTY:+b}${U:+b}', 'b'],
    ['${A+b}${EMPTY+b}${U+b}', 'bb'],
    ['${A:?b}${EMPTY?b}', 'a'],
    ['${U:-${V:-x}}y', 'xy'],
    ['${U:-${EMPTY:-${A}}}', 'a'],
    ['${U:-{"y":2}}', '{"y":2}'],
    ['${U:-a:-b?c}', 'a:-b?c'],
    ['${A:-${U:?not read}}', 'a'],
    ['${U:-}', ''],
  ])('%s is %s', (text, expected) => expect(substitute(text, lookup)).toEqual({ text: expected, unset: [] }));

  test.each([
    ['${', 'INVALID_INTERPOLATION', 'not closed'],
    ['${A', 'INVALID_INTERPOLATION', 'not closed'],
    ['${}', 'INVALID_INTERPOLATION', 'not a variable'],
    ['${1A}', 'INVALID_INTERPOLATION', 'not a variable'],
    ['${A!b}', 'INVALID_INTERPOLATION', 'not a variable'],
    ['${A b}', 'INVALID_INTERPOLATION', 'not a variable'],
    ['${U:?say $A}', 'MISSING_VARIABLE', 'The variable U is required and is not set: say a.'],
    ['${EMPTY:?}', 'MISSING_VARIABLE', 'The variable EMPTY is required and is empty.'],
    ['${U?x}', 'MISSING_VARIABLE', 'is not set: x.'],
  ])('%s is refused', (text, code, message) => {
    const { problem } = substitute(text, lookup);
    expect(problem?.code).toBe(code);
    expect(problem?.message).toContain(message);
  });

  test('what is not set is named once', () => {
    expect(substitute('$U ${U} ${V}', lookup)).toEqual({ text: '  ', unset: ['U', 'V'] });
  });

  test('in a spec: in values and not in keys, typed by the field, with positions', () => {
    const text =
      'name: ${N}\nnetworks:\n  $K: { driver: macvlan, parent: "$P", vlan: $V, internal: $I, subnet: auto$U }\n';
    expect(brief(problemsOf(text, { N: 'n', P: 'eth0', V: '30', I: 'true' }))).toEqual([
      'INVALID_NAME networks["$K"] 3:3',
      'UNSET_VARIABLE networks["$K"].subnet 3:72',
      'AUTO_SUBNET_HERE networks["$K"].subnet 3:72',
    ]);
  });

  test('a warning for what is not set, and the value is empty', () => {
    const { problems, spec } = load('name: a\nnetworks: { l: { labels: { a: $U } } }\n');
    expect(problems.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'UNSET_VARIABLE']]);
    expect(spec.networks['l']?.labels).toEqual({ a: '' });
  });

  test('a value that could not be made is reported once', () => {
    const text = 'name: ${N:?give it}\nnetworks: { l: { driver: macvlan, parent: "${P:?which}" }, m: { mtu: "${" } }\n';
    expect(brief(problemsOf(text))).toEqual([
      'MISSING_VARIABLE name 1:7',
      'MISSING_VARIABLE networks.l.parent 2:43',
      'INVALID_INTERPOLATION networks.m.mtu 2:70',
    ]);
  });
});

describe('.env', () => {
  test.each([
    ['A=b', { A: 'b' }],
    ['A = b ', { A: 'b' }],
    ['A: b', { A: 'b' }],
    ['export A=b\nexport\tB=c', { A: 'b', B: 'c' }],
    ['exported=1', { exported: '1' }],
    ['# c\n\n  A=b # c\nB=c#d', { A: 'b', B: 'c#d' }],
    ['A=', { A: '' }],
    ['A=\nB=c', { A: '', B: 'c' }],
    ["A='$B \\n # x' # c", { A: '$B \\n # x' }],
    ['A="x\\ty\\"z\\\\"', { A: 'x\ty"z\\' }],
    ['A="one\ntwo"\nB=c', { A: 'one\ntwo', B: 'c' }],
    ['A=x\nB=$A${A}\nC="${A:-y}"', { A: 'x', B: 'xx', C: 'x' }],
    ['A="\\$HOME $$HOME"', { A: '$HOME $HOME' }],
    ['A=$HOME', { A: '/root' }],
    ['HOME\nNOT_SET\nB=c', { HOME: '/root', B: 'c' }],
    ['\uFEFFA=b\r\nB="c"\r\n', { A: 'b', B: 'c' }],
    ['a.b-c=d', { 'a.b-c': 'd' }],
    ["A='it\\'s'", { A: "it's" }],
  ])('%j', (text, expected) => {
    const { values: found, problems } = parseDotenv(text, (name) => (name === 'HOME' ? '/root' : undefined));
    expect(problems).toEqual([]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test.each([
    ['A=b\nB C=d\n', 2, 'it does not begin with the name of a variable'],
    ['A=b\n=d\n', 2, 'it does not begin with the name of a variable'],
    ['A=b\n\nB="c\nd', 3, 'the quote is never closed'],
    ['A=${B', 1, '"${B" is not closed'],
    ['A=${B:?need}', 1, 'need'],
  ])('%j is refused with the line', (text, line, message) => {
    const { problems } = parseDotenv(text, () => undefined);
    expect(problems.map(({ code }) => code)).toEqual(['DOTENV_INVALID']);
    expect(problems[0]?.message).toContain(
      `line ${line}: ${message}`.replace('line 1: need', 'line 1: The variable B is required and is not set: need'),
    );
  });

  test('all wrong lines are reported, and the environment goes first', () => {
    expect(brief(problemsOf('name: $N\n', {}, 'a b=1\nc d=2\nN=n\n'))).toEqual([
      'DOTENV_INVALID  -:-',
      'DOTENV_INVALID  -:-',
    ]);
    expect(load('name: $N\n', { N: 'env' }, 'N=file').spec.name).toBe('env');
    expect(load('name: $N\n', {}, 'N=file').spec.name).toBe('file');
  });

  test('names of the prototype are no variables', () => {
    expect(brief(problemsOf('name: a${constructor}\n'))).toEqual(['UNSET_VARIABLE name 1:7']);
  });
});
