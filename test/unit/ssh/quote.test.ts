import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote } from '../../../packages/ssh/src/quote.js';

/** What a shell that gets the line hands to a program, each argument ended by a NUL character. */
function through(shell: readonly [string, ...string[]], argv: readonly string[]): readonly string[] {
  const [program, ...args] = shell;
  // As sshd does it: the login shell gets the line after -c.
  const line = quote(['printf', '%s\\0', ...argv]);
  return execFileSync(program, [...args, '-c', line], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

const shells: readonly [string, ...string[]][] = [['sh'], ['bash'], ['busybox', 'sh']];

test.each(shells)('%s %s hands on every argument as it was', (...shell) => {
  const special = fc.constantFrom(...`'"\\$\`!*?[]{}()<>|&;#~= \t\n\r-%^`.split(''));
  const argument = fc.oneof(
    fc.string({ unit: special }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text.replaceAll('\0', '')).toString()),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 8 }), (argv) => {
      expect(through(shell, argv)).toEqual(argv);
    }),
    { numRuns: 60 },
  );
});

test('what is plain stays plain, for whoever reads a log', () => {
  expect(quote(['ip', '-json', 'addr', 'show', 'dev', 'eth0', '10.0.0.1/32'])).toBe(
    'ip -json addr show dev eth0 10.0.0.1/32',
  );
});

test('nothing is nothing, and not left out', () => {
  expect(quote(['grep', '-s', '', 'x'])).toBe("grep -s '' x");
});

test('a NUL character is refused, since no argument can have one', () => {
  expect(() => quote(['a\0b'])).toThrow(/NUL/);
});
