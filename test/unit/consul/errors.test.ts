import { expect, test } from 'vitest';
import { refusal } from '../../../packages/consul/src/errors.js';

test('what Consul says of a value is told without what would move the cursor of a terminal', () => {
  const { message } = refusal(
    400,
    'Key "\u001b[2Ja\r\nb" is invalid\n',
    'http://here',
    'PUT /v1/agent/service/register',
  );
  expect(message).toBe(
    'The Consul agent at http://here refused PUT /v1/agent/service/register (400): Key "\\u001b[2Ja\\r\\nb" is invalid',
  );
});
