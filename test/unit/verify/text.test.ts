import { expect, test } from 'vitest';
import { verifyLines } from '../../../packages/cli/src/verify-text.js';
import type { CheckResult } from '../../../packages/core/src/verify/result.js';

const result = (kind: CheckResult['kind'], more: Partial<CheckResult>): CheckResult => ({
  id: '',
  kind,
  host: 'local',
  network: 'network:web',
  from: { type: 'container', host: 'local', name: 'one' },
  claim: 'one reaches two',
  state: 'passed',
  evidence: [],
  ...more,
});

const document = (...checks: readonly CheckResult[]) => ({
  version: 1 as const,
  stack: 'home',
  passed: 1,
  failed: 1,
  untested: 1,
  checks,
});

test('a line for each network and kind, and all that is not as it should be', () => {
  const checks = [
    result('container', {}),
    result('container', {
      state: 'failed',
      evidence: ['no answer', 'twice'],
      cause: 'a firewall',
      cure: 'iptables-save',
    }),
    result('mtu', { state: 'untested', claim: 'one sends 1500 bytes', cause: 'nobody is there' }),
  ];
  expect(verifyLines(document(...checks), false)).toEqual([
    'network  what                    proved',
    'web      container to container  1 of 2, 1 failed',
    'web      path MTU                not tested',
    '',
    'failed   one reaches two',
    '         seen   no answer',
    '                twice',
    '         cause  a firewall',
    '         cure   iptables-save',
    '-        one sends 1500 bytes',
    '         why    nobody is there',
    '',
    'home: 1 passed, 1 failed, 1 not tested',
  ]);
  expect(verifyLines(document(...checks), true)).toContain('ok       one reaches two');
});

test('several hosts are told apart, and what a container is called moves no cursor', () => {
  const lines = verifyLines(
    document(result('name', { host: 'a' }), result('name', { host: 'b', state: 'failed', claim: 'x\u001b[2J' })),
    false,
  );
  expect(lines).toContain('web on a  names  1 of 1');
  expect(lines.join('')).not.toContain('\u001b');
  expect(verifyLines(document(), false)).toEqual(['', 'home: 1 passed, 1 failed, 1 not tested']);
});
