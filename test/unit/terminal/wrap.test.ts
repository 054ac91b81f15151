import { describe, expect, test } from 'vitest';
import { toAscii } from '../../../packages/cli/src/terminal/ascii.js';
import { cut, wrap } from '../../../packages/cli/src/terminal/wrap.js';

const PLAN = `+ network lan    macvlan on eth0, 192.168.1.0/24 range 192.168.1.192/27 gateway 192.168.1.1
                 it is not there yet`;

describe('a plan', () => {
  test('stays as it is where it fits', () => {
    expect(wrap(PLAN, 100)).toBe(PLAN);
  });

  test('has its details below one another', () => {
    expect(wrap(PLAN, 60)).toBe(`+ network lan    macvlan on eth0, 192.168.1.0/24 range
                 192.168.1.192/27 gateway 192.168.1.1
                 it is not there yet`);
  });

  test('has them below the step where half of the width is not enough for them', () => {
    expect(wrap(PLAN, 32)).toBe(`+ network lan
    macvlan on eth0,
    192.168.1.0/24 range
    192.168.1.192/27 gateway
    192.168.1.1
    it is not there yet`);
  });
});

describe('a status', () => {
  const STATUS = `home:
  ok       link lan-shim  macvlan bridge on eth0, 192.168.1.223/32, routes 192.168.1.192/27
           192.168.1.0/24: 1 of 30 in use
  unwanted network old-network-of-a-long-name  bridge`;

  test('has what goes on about an item below its beginning, and not where an item or a line about it begins', () => {
    expect(wrap(STATUS, 80)).toBe(`home:
  ok       link lan-shim  macvlan bridge on eth0, 192.168.1.223/32, routes
             192.168.1.192/27
           192.168.1.0/24: 1 of 30 in use
  unwanted network old-network-of-a-long-name  bridge`);
    expect(wrap(STATUS, 40)).toBe(`home:
  ok       link lan-shim  macvlan bridge
             on eth0, 192.168.1.223/32,
             routes 192.168.1.192/27
           192.168.1.0/24: 1 of 30 in
           use
  unwanted network
             old-network-of-a-long-name
             bridge`);
  });
});

test('a sentence is broken at spaces, and a word that is too long is left whole', () => {
  expect(wrap('Plan: 1 to replace.\n    Write https://example.org/a-long-address now.', 16)).toBe(`Plan: 1 to
  replace.
    Write
    https://example.org/a-long-address
    now.`);
});

test('Chinese takes two columns a character, and what is put over a letter none', () => {
  expect(wrap('网络 网络', 8)).toBe('网络\n  网络');
  expect(wrap('网络 网络', 9)).toBe('网络 网络');
  expect(cut('网络网络', 6, '…')).toBe('网络…');
  expect(cut('e\u0301e\u0301e\u0301', 3, '…')).toBe('e\u0301e\u0301e\u0301');
  expect(cut('👩‍👩‍👧 and more', 4, '…')).toBe('👩‍👩‍👧 …');
});

test('where there is but ASCII, an arrow is two characters and others are told by their number', () => {
  expect(toAscii('false → true … it’s “ü”')).toBe('false -> true ... it\'s "\\u{fc}"');
});
