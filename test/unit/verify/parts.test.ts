import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Check } from '../../../packages/core/src/verify/check.js';
import { pairsOf } from '../../../packages/core/src/verify/checks/pairs.js';
import { judge } from '../../../packages/core/src/verify/judge.js';
import type { EspProof } from '../../../packages/core/src/verify/answers.js';
import { pingKey } from '../../../packages/core/src/verify/prober.js';

test('in a crowd of any size everybody sends and everybody answers, nobody to himself, and no more than four times', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), (size) => {
      const all = Array.from({ length: size }, (_, index) => index);
      const pairs = pairsOf(all);
      expect(new Set(pairs.map(([from]) => from)).size).toBe(size);
      expect(new Set(pairs.map(([, to]) => to)).size).toBe(size);
      expect(pairs.every(([from, to]) => from !== to)).toBe(true);
      expect(pairs.length).toBe(size <= 8 ? size * (size - 1) : size * 4);
    }),
  );
  expect(pairsOf([])).toEqual([]);
  expect(pairsOf(['alone'])).toEqual([]);
});

const state = (source: string, destination: string, packets: number) => ({ source, destination, packets });
const one = '192.168.1.10';
const two = '192.168.1.11';
const six = 'fd00::10';
const seven = 'fd00::11';

function espVerdict(given: (Omit<EspProof, 'wire'> & Partial<Pick<EspProof, 'wire'>>) | undefined) {
  const proof = given === undefined ? undefined : { wire: { esp: 12, clear: 0 }, ...given };
  const ping = { address: '10.7.0.3', payload: 900, seconds: 10, count: 10 };
  const at = (host: string) => ({ host, spot: { pid: 1 } });
  const party = { type: 'container', host: 'one', name: 'a' } as const;
  const check: Check = {
    id: 'x',
    kind: 'encryption',
    host: 'one',
    network: 'network:secret',
    from: party,
    claim: '',
    ask: {
      how: 'esp',
      from: at('one'),
      to: at('two'),
      ping,
      clearLength: 978,
      source: [one, six],
      destination: [two, seven],
    },
  };
  return judge(check, { pings: new Map(), names: new Map(), esp: new Map(proof && [['x', proof]]) }, new Set());
}

test('encryption: each packet has to be counted by a state of that direction, there and here', () => {
  const still = [state(one, two, 5), state(two, one, 7)];
  const moved = [state(one, two, 15), state(two, one, 17)];
  expect(espVerdict({ answered: 10, sender: [still, moved], receiver: [still, moved] }).state).toBe('passed');
  // A state that is new has counted from nothing.
  const fresh = [...still, state(one, two, 10)];
  expect(espVerdict({ answered: 10, sender: [still, fresh], receiver: [still, moved] }).state).toBe('passed');
  expect(espVerdict({ answered: 10, sender: [still, still], receiver: [still, still] })).toMatchObject({
    state: 'failed',
    cause: expect.stringContaining('in the clear') as string,
  });
  // The other direction alone is none.
  expect(
    espVerdict({ answered: 10, sender: [still, [state(one, two, 5), state(two, one, 99)]], receiver: [still, moved] })
      .state,
  ).toBe('failed');
  expect(espVerdict({ answered: 10, sender: [still, moved], receiver: [[], []] }).state).toBe('failed');
  expect(espVerdict({ answered: 10, sender: [[], []], receiver: [[], []] })).toMatchObject({
    cause: expect.stringContaining('no ESP state') as string,
  });
  // What the wire says has to agree, where somebody could hear it.
  const counted = { answered: 10, sender: [still, moved], receiver: [still, moved] } as const;
  expect(espVerdict({ ...counted, wire: { why: 'there is no Perl on node02' } })).toMatchObject({
    state: 'passed',
    evidence: [expect.any(String), 'the wire was not listened to: there is no Perl on node02'],
  });
  expect(espVerdict({ ...counted, wire: { esp: 9, clear: 0 } }).state).toBe('failed');
  expect(espVerdict({ ...counted, wire: { esp: 10, clear: 1 } })).toMatchObject({
    state: 'failed',
    cause: 'packets of this network came to the other host in the clear',
  });
  expect(espVerdict({ answered: 0, sender: [still, still], receiver: [still, still] }).state).toBe('untested');
  expect(espVerdict(undefined).state).toBe('untested');
});

test('encryption: the wire counts for nothing where it cannot have heard what the states took', () => {
  const passes = (wire: EspProof['wire'], [source, destination]: readonly [string, string]) => {
    const states = [[state(source, destination, 5)], [state(source, destination, 15)]] as const;
    const { state: what, evidence = [] } = espVerdict({ answered: 10, sender: states, receiver: states, wire });
    return [what, evidence[1]];
  };
  const unheard = (why: string): readonly unknown[] => ['passed', `the wire was not listened to: ${why}`];
  const v6 = unheard('only IPv4 is heard, and the hosts speak by IPv6');
  expect(passes({ esp: 0, clear: 0 }, [six, seven])).toEqual(v6);
  expect(passes({ esp: 3, clear: 0 }, [six, seven])).toEqual(v6);
  const decrypted = unheard(
    'what came was decrypted before it could be heard (esp4_offload), so that the states alone count',
  );
  expect(passes({ esp: 0, clear: 0 }, [one, two])).toEqual(decrypted);
  expect(passes({ esp: 0, clear: 10 }, [one, two])).toEqual(decrypted);
  // What is in the clear beside ESP is so, and so is what no state took.
  expect(passes({ esp: 10, clear: 10 }, [one, two])[0]).toBe('failed');
  for (const states of [[], [state(one, two, 5)], [state(six, seven, 5)]]) {
    const still = [states, states] as const;
    const wire = { esp: 0, clear: 10 };
    expect(espVerdict({ answered: 10, sender: still, receiver: still, wire }).state).toBe('failed');
  }
});

test('what was not asked proves nothing, whatever is wanted, and an answer counts all the same', () => {
  const from = { host: 'local', spot: { pid: 7 } };
  const ping = { address: '10.5.0.3', payload: 56, seconds: 3 };
  const party = { type: 'container', host: 'local', name: 'a', address: '10.5.0.2' } as const;
  const verdict = (wants: 'answer' | 'silence', keys: readonly string[]) => {
    const ask = { how: 'ping', from, ping, wants } as const;
    const check: Check = {
      id: 'p',
      kind: 'isolation',
      host: 'local',
      network: 'network:web',
      from: party,
      claim: '',
      ask,
    };
    const pings = new Map([
      ['local 7', { answered: new Map(keys.map((key) => [key, 1])), said: [], unasked: 'it took too long to send' }],
    ]);
    return judge(check, { pings, names: new Map(), esp: new Map() }, new Set(['local 10.5.0.2', 'local 10.5.0.3']));
  };
  expect(verdict('answer', [])).toEqual({ state: 'untested', cause: 'it took too long to send' });
  expect(verdict('silence', [])).toEqual({ state: 'untested', cause: 'it took too long to send' });
  expect(verdict('answer', [pingKey(ping)]).state).toBe('passed');
  expect(verdict('silence', [pingKey(ping)]).state).toBe('failed');
});

test('a packet of one byte more that goes through is a failure, and what the kernel said is told', () => {
  const fits = { address: '10.5.0.3', payload: 1472, whole: true, seconds: 3 } as const;
  const over = { ...fits, payload: 1473 };
  const asker = { host: 'local', spot: { pid: 7 } };
  const party = { type: 'container', host: 'local', name: 'a' } as const;
  const ask = { how: 'mtu', from: asker, fits, over, mtu: 1500, beside: [1400] } as const;
  const check: Check = { id: 'm', kind: 'mtu', host: 'local', network: 'network:web', from: party, claim: '', ask };
  const verdict = (keys: readonly string[], said: readonly string[] = []) =>
    judge(
      check,
      {
        pings: new Map([['local 7', { answered: new Map(keys.map((key) => [key, 1])), said }]]),
        names: new Map(),
        esp: new Map(),
      },
      new Set(),
    );
  expect(verdict([pingKey(fits)])).toEqual({ state: 'passed' });
  expect(verdict([pingKey(fits), pingKey(over)])).toMatchObject({
    state: 'failed',
    evidence: ['1501 bytes went through in one packet'],
  });
  expect(
    verdict(
      [],
      [
        'From 10.5.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1300)',
        'ping: local error: message too long, mtu=1500',
        'ping: local error: message too long, mtu=1400',
      ],
    ).evidence,
  ).toEqual(['no answer to 1500 bytes in one packet', 'a link on the way takes 1300']);
});
