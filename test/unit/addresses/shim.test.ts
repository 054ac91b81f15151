import { expect, test } from 'vitest';
import { formatAddress, parsePrefix } from '../../../packages/core/src/addresses/prefix.js';
import { parseRange } from '../../../packages/core/src/addresses/range.js';
import { defaultShimAddress } from '../../../packages/core/src/addresses/shim.js';

test.each([
  { range: '192.168.1.192/27', subnet: '192.168.1.0/24', address: '192.168.1.223' },
  { range: '192.168.1.10-192.168.1.20', subnet: '192.168.1.0/24', address: '192.168.1.20' },
  // The broadcast address of the LAN is nobody's.
  { range: '192.168.1.128/25', subnet: '192.168.1.0/24', address: '192.168.1.254' },
  { range: '10.0.0.2/31', subnet: '10.0.0.2/31', address: '10.0.0.3' },
  { range: 'fd00::ff00/120', subnet: 'fd00::/112', address: 'fd00::ffff' },
])('the shim of $range in $subnet is $address', ({ range, subnet, address }) => {
  const parsed = parseRange(range);
  if (parsed === undefined) throw new Error(range);
  expect(formatAddress(defaultShimAddress(parsed, parsePrefix(subnet)?.prefix))).toBe(address);
});
