import { expect, test } from 'vitest';
import { aliveOf } from '../../../packages/core/src/verify/answers.js';
import { isolationChecks } from '../../../packages/core/src/verify/checks/isolation.js';
import { containerChecks } from '../../../packages/core/src/verify/checks/pairs.js';
import type { Member } from '../../../packages/core/src/verify/member.js';
import { pingKey } from '../../../packages/core/src/verify/prober.js';
import type { Subject } from '../../../packages/core/src/verify/subject.js';

const network = (host: string, key: string, more: Partial<Subject> = {}): Subject =>
  ({
    host,
    key,
    ref: `network:${key}`,
    driver: 'bridge',
    isolatedFrom: [],
    subnets: [],
    ...more,
  }) as unknown as Subject;

const member = (host: string, name: string, address: string, pid = 7): Member => ({
  party: { type: 'container', host, name, id: `${host} ${name}` },
  addresses: { 4: address },
  spot: { pid },
  inside: { links: [], routes: [], mayChange: false },
  interface: { name: 'eth0' } as Member['interface'],
});

test('isolation from a bridge is tried on one host, and from a LAN on all', () => {
  const claims = (driver: string): readonly string[] => {
    const web = { subject: network('one', 'web', { isolatedFrom: ['db'] }), members: [member('one', 'a', '10.5.0.2')] };
    const dbs = ['one', 'two'].map((host) => ({
      subject: network(host, 'db', { driver }),
      members: [member(host, `db-${host}`, '10.6.0.2')],
    }));
    return isolationChecks(web, [web, ...dbs]).map(({ id }) => id);
  };
  expect(claims('bridge')).toEqual(['isolation:one/web/a->db-one/db']);
  expect(claims('macvlan')).toEqual(['isolation:one/web/a->db-one/db', 'isolation:one/web/a->db-two@two/db']);
});

test('who answers on one host is not alive on another that has the same address', () => {
  const peopled = ['one', 'two'].map((host) => ({
    subject: network(host, 'web'),
    members: [member(host, 'a', '10.5.0.2', 7), member(host, 'b', '10.5.0.3', 8)],
  }));
  const answered = new Map([[pingKey({ address: '10.5.0.3', payload: 56 }), 1]]);
  const pings = new Map([['one 7', { answered, said: [] }]]);
  const alive = aliveOf(containerChecks(peopled), { pings, names: new Map(), esp: new Map() });
  expect([...alive].sort()).toEqual(['one 10.5.0.2', 'one 10.5.0.3']);
});
