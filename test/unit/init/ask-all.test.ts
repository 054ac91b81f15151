import { expect, test } from 'vitest';
import { askAll } from '../../../packages/cli/src/init/ask-all.js';
import type { Answerer, Wire } from '../../../packages/cli/src/init/ask-all.js';
import { memoryHost } from '../../support/memory/index.js';
import { defaultBy, hostOf, link, plain } from './hosts.js';

/** A LAN in which somebody has the first address of each of so many ranges that are asked for. */
function lan(taken: number) {
  const notes: string[] = [];
  const asked: string[] = [];
  const { links } = memoryHost();
  links.ask = async (_segment, [first = '']) => {
    asked.push(first);
    const there = asked.length <= taken ? [{ address: first, mac: '02:00:5e:00:00:07' }] : [];
    return Promise.resolve({ taken: there, unasked: [], notes: [] });
  };
  const wire: Wire = { links, signal: new AbortController().signal, onNote: (note) => notes.push(note) };
  return { wire, notes, asked };
}

/** Takes all defaults, but types these at the question for the range; what was told before it is kept. */
function typing(ranges: readonly string[]) {
  const told: (string | undefined)[] = [];
  const left = [...ranges];
  const answerTo: Answerer = async ({ id }, wrong) => {
    if (id !== 'range') return Promise.resolve('');
    told.push(wrong);
    return Promise.resolve(left.shift() ?? '');
  };
  return { told, answerTo };
}

test('a block that is proposed after four with somebody in them is told, and asked for when it is taken', async () => {
  const { wire, asked } = lan(4);
  const { told, answerTo } = typing([]);
  const { answers } = await askAll(hostOf(plain), answerTo, wire);
  expect(told).toEqual(['Somebody answers in each of 4 blocks: the LAN was not asked for 192.168.1.64/27 yet.']);
  expect([answers.range, asked.length, asked.at(-1)]).toEqual(['192.168.1.64/27', 5, '192.168.1.64']);
});

test('a range that is typed and has more addresses than can be asked for is taken with a note', async () => {
  const { wire, notes } = lan(0);
  const host = hostOf({ links: [link('eth0', ['10.0.0.10/16'])], routes: [defaultBy('eth0', '10.0.0.1')] });
  const { answers } = await askAll(host, typing(['10.0.64.0/20']).answerTo, wire);
  expect(answers.range).toBe('10.0.64.0/20');
  expect(notes).toEqual(['nobody was asked who is in 10.0.64.0/20: it has too many addresses to ask for each']);
});
