import { describe, expect, test } from 'vitest';
import type { Answers } from '../../../packages/core/src/init/answers.js';
import { rangeToAsk } from '../../../packages/core/src/init/init.js';
import { nextQuestion } from '../../../packages/core/src/init/questions.js';
import { readAnswer } from '../../../packages/core/src/init/read-answer.js';
import { defaultBy, hostOf, link, network, plain } from './hosts.js';

const survey = hostOf({
  ...plain,
  neighbours: ['192.168.1.77'],
  networks: [network('mine', {}, { stack: 'taken', ref: 'network:mine' })],
});

/** What becomes of an answer to the question that comes after these. */
function reading(text: string, answers: Answers = {}, host = survey) {
  const question = nextQuestion(host, answers);
  if (question === undefined) throw new Error('there is no question left');
  const read = readAnswer(question, text, host, answers);
  return 'answer' in read ? read.answer : `${question.id}: ${read.wrong}`;
}

const toLink = { stack: 'home' };
const toDhcp = { ...toLink, link: 'eth0', driver: 'macvlan', gateway: '192.168.1.1' };
const toRange = { ...toDhcp, dhcp: '192.168.1.100-192.168.1.150' };
const toShim = { ...toRange, range: '192.168.1.192/27' };

describe('an answer is taken', () => {
  test.each([
    ['the default', '', {}, 'box'],
    ['with blanks around it', '  home ', {}, 'home'],
    ['another link', 'none', toLink, 'none'],
    ['a range of addresses', '192.168.1.100 - 192.168.1.150', toDhcp, '192.168.1.100-192.168.1.150'],
    ['that nobody knows', 'unknown', toDhcp, 'unknown'],
    ['a block', '192.168.1.32/27', toRange, '192.168.1.32/27'],
    ['a range that is a block', '192.168.1.32-192.168.1.63', toRange, '192.168.1.32/27'],
    ['a range that is several', '192.168.1.20-192.168.1.60', toRange, '192.168.1.20-192.168.1.60'],
    ['yes in another word', 'Y', toShim, 'yes'],
    ['no', 'off', toShim, 'no'],
  ])('%s', (_what, text, answers, taken) => {
    expect(reading(text, answers)).toBe(taken);
  });
});

describe('an answer is not taken, and the reason is said', () => {
  test.each([
    ['My Home', {}, /^stack: "My Home" cannot be a name\. Use at most 63 lower-case/],
    ['a\u001b[2Jb', {}, /^stack: "a\\u001b\[2Jb" cannot be a name/],
    ['x'.repeat(5000), {}, /^stack: "x{40}…" cannot be a name/],
    ['taken', {}, /^stack: The stack taken has networks here already: netctl import writes its spec/],
    ['eth9', toLink, /^link: "eth9" is none of eth0, none\.$/],
    ['100-150', toDhcp, /^dhcp: "100-150" is no range/],
    ['10.0.0.1-10.0.0.9', toDhcp, /^dhcp: 10\.0\.0\.1-10\.0\.0\.9 is not in 192\.168\.1\.0\/24\.$/],
    ['192.168.1.0/24', toDhcp, /^dhcp: Every block of 192\.168\.1\.0\/24 has somebody in it already\.$/],
    ['192.168.1.200/27', toRange, /^range: "192\.168\.1\.200\/27" is no range/],
    ['192.168.1.0/24', toRange, /^range: 192\.168\.1\.(10|1) in it is somebody's already\.$/],
    ['192.168.1.64/27', toRange, /^range: 192\.168\.1\.77 in it is somebody's already\.$/],
    ['192.168.1.140-192.168.1.160', toRange, /^range: The DHCP server hands out 192\.168\.1\.100-192\.168\.1\.150\.$/],
    ['192.168.1.250', toRange, /^range: That is one address/],
    ['192.168.2.0/27', toRange, /^range: 192\.168\.2\.0\/27 is not in/],
    ['perhaps', toShim, /^shim: Answer yes or no\.$/],
  ])('%j', (text, answers, why) => {
    expect(reading(text, answers)).toMatch(why);
  });

  test('what the rules or the plan have against it: macvlan on Wi-Fi', () => {
    const wifi = hostOf({
      links: [link('wlan0', ['192.168.1.10/24'], { wireless: true })],
      routes: [defaultBy('wlan0', '192.168.1.1')],
    });
    const answers = { stack: 'home', link: 'wlan0' };
    expect(reading('macvlan', answers, wifi)).toBe(
      'driver: wlan0 is a Wi-Fi link, and an access point accepts one MAC address per station. Use ipvlan in mode l2, or a wired link.',
    );
    expect(reading('IPVLAN', answers, wifi)).toBe('ipvlan');
  });

  test('a gateway that is none', () => {
    const host = hostOf({ links: plain.links });
    const answers = { stack: 'home', link: 'eth0', driver: 'macvlan' };
    expect(reading('10.0.0.1', answers, host)).toBe('gateway: 10.0.0.1 is not in 192.168.1.0/24.');
    expect(reading('router', answers, host)).toBe('gateway: "router" is no address.');
    expect(reading('192.168.1.254', answers, host)).toBe('192.168.1.254');
  });

  test('nothing, where there is nothing to propose', () => {
    const everybody = Array.from({ length: 254 }, (_, at) => `192.168.1.${at + 1}`);
    const full = hostOf({ ...plain, neighbours: everybody });
    expect(reading('', { ...toDhcp, dhcp: 'unknown' }, full)).toMatch(/^range: There is nothing to propose/);
  });
});

test('who is asked on the LAN is each address of the range that a machine can have', () => {
  const asked = rangeToAsk(survey, toRange, '192.168.1.252-192.168.1.255');
  expect(asked).toEqual({
    segment: { link: 'eth0', vlans: [], kind: 'macvlan' },
    addresses: ['192.168.1.252', '192.168.1.253', '192.168.1.254'],
  });
  const wide = hostOf({ links: [link('eth0', ['10.0.0.5/8'])] });
  expect(rangeToAsk(wide, { link: 'eth0' }, '10.0.0.0-10.0.3.0')).toBe(undefined);
  expect(rangeToAsk(survey, { link: 'none' }, '192.168.1.32/27')).toBe(undefined);
});
