import { describe, expect, test } from 'vitest';
import { impliedGateway } from '../../../packages/core/src/addresses/ipam.js';
import { formatAddress, parsePrefix } from '../../../packages/core/src/addresses/prefix.js';
import { parseRange } from '../../../packages/core/src/addresses/range.js';
import { resolveText } from './facts.js';

// An engine refuses an auxiliary address that is its own gateway: "Address already in use".
describe('the gateway that an engine takes by itself', () => {
  test.each([
    ['10.4.0.0/24', undefined, '10.4.0.1'],
    ['10.4.0.0/24', '10.4.0.128/25', '10.4.0.128'],
    ['10.4.0.0/24', '10.4.0.0/25', '10.4.0.1'],
    ['10.4.0.0/31', undefined, '10.4.0.0'],
    ['fd00::/64', undefined, 'fd00::1'],
    ['fd00::/64', 'fd00::/80', 'fd00::1'],
    ['fd00::/128', undefined, undefined],
  ])('of %s with the range %s is %s', (subnet, range, gateway) => {
    const prefix = parsePrefix(subnet)?.prefix;
    const address =
      prefix === undefined ? undefined : impliedGateway(prefix, range === undefined ? undefined : parseRange(range));
    expect(address === undefined ? undefined : formatAddress(address)).toBe(gateway);
  });

  test('is not reserved where the range begins with the subnet', () => {
    const text =
      'networks:\n  web: { subnet: 10.4.0.0/24, ip_range: 10.4.0.0/25, reserve: { router: 10.4.0.1, nas: 10.4.0.9 } }\n';
    const [web] = resolveText(text).networks;
    expect(web?.props.ipam.config.map(({ auxAddresses }) => auxAddresses)).toEqual([{ nas: '10.4.0.9' }]);
  });
});
