import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatOwners, formatUse, subnetUses } from '../../../packages/core/src/addresses/use.js';
import type { SubnetUse, UseInput } from '../../../packages/core/src/addresses/use.js';
import type { Holder } from '../../../packages/core/src/model.js';

const holder = (name: string, ipv4: string): Holder => ({ type: 'container', id: name, name, state: 'running', ipv4 });

function use(input: Partial<UseInput>): SubnetUse {
  const [first] = subnetUses({ entries: [], holders: [], reserve: {}, own: [], implicitGateway: false, ...input });
  if (first === undefined) throw new Error('no subnet');
  return first;
}

const lan = { subnet: '192.168.1.0/24', ipRange: '192.168.1.192/27', gateway: '192.168.1.1' };

test('a LAN: who has what, each address once, and a bar from the first to the last', () => {
  const shown = use({
    entries: [{ ...lan, auxAddresses: { 'netctl-shim': '192.168.1.223', nas: '192.168.1.200' } }],
    holders: [holder('web', '192.168.1.193'), holder('printer', '192.168.1.20')],
    own: [{ address: '192.168.1.10', who: 'this host, by eth0' }],
    reserve: { router: '192.168.1.1', dhcp: '192.168.1.100-192.168.1.150', nas: '192.168.1.200' },
  });
  expect(formatUse(shown)).toBe(
    '192.168.1.0/24  [xx#.........xxxxxxx.....#x--x...]  2 used, 55 reserved, 29 dynamic, 168 free',
  );
  expect(formatOwners(shown)).toEqual([
    '192.168.1.1                  reserved  gateway',
    '192.168.1.10                 reserved  this host, by eth0',
    '192.168.1.20                 used      printer',
    '192.168.1.100-192.168.1.150  reserved  dhcp',
    '192.168.1.192/27             dynamic   handed out by Docker',
    '192.168.1.193                used      web',
    '192.168.1.200                reserved  nas',
    '192.168.1.223                reserved  shim',
  ]);
});

describe('the gateway', () => {
  const bridge = { subnet: '10.5.0.0/29' };

  test('that a bridge takes by itself is one', () => {
    expect(formatUse(use({ entries: [bridge], implicitGateway: true }))).toBe(
      '10.5.0.0/29  [x-----]  0 used, 1 reserved, 5 dynamic, 0 free',
    );
  });

  test('that nobody takes is none', () => {
    expect(use({ entries: [bridge] }).reserved).toBe('0');
  });
});

test('blocks of one range are one subnet, and IPv6 counts beyond what a number holds', () => {
  const entries = ['192.168.1.100/30', '192.168.1.104/29'].map((ipRange) => ({ subnet: '192.168.1.0/24', ipRange }));
  expect(subnetUses({ entries, holders: [], reserve: {}, own: [], implicitGateway: false })).toHaveLength(1);
  expect(use({ entries }).dynamic).toBe('12');
  expect(use({ entries: [{ subnet: 'fd00::/64' }] }).dynamic).toBe('18446744073709551615');
});

test('every address is counted once, and the bar shows nothing that is not there', () => {
  const low = fc.integer({ min: 0, max: 63 });
  const address = low.map((value) => `10.0.0.${String(value)}`);
  const input = fc.record({
    holders: fc.array(address, { maxLength: 8 }),
    aux: fc.array(address, { maxLength: 4 }),
    reserve: fc.array(fc.tuple(low, low), { maxLength: 4 }),
    gateway: address,
    range: fc.constantFrom('10.0.0.0/27', '10.0.0.32/28', undefined),
  });
  fc.assert(
    fc.property(input, ({ holders, aux, reserve, gateway, range }) => {
      const shown = use({
        entries: [
          {
            subnet: '10.0.0.0/26',
            gateway,
            ...(range === undefined ? {} : { ipRange: range }),
            auxAddresses: Object.fromEntries(aux.map((one, index) => [`a${String(index)}`, one])),
          },
        ],
        holders: holders.map((one, index) => holder(`c${String(index)}`, one)),
        reserve: Object.fromEntries(
          reserve.map(([a, b], index) => [
            `r${String(index)}`,
            `10.0.0.${String(Math.min(a, b))}-10.0.0.${String(Math.max(a, b))}`,
          ]),
        ),
      });
      const { used, reserved, dynamic, free, size, bar } = shown;
      expect([used, reserved, dynamic, free].reduce((sum, one) => sum + Number(one), 0)).toBe(Number(size));
      expect(size).toBe('62');
      expect(bar).toHaveLength(32);
      expect(bar.includes('#')).toBe(used !== '0');
    }),
  );
});
