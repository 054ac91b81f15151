import type { LinkProps } from '@netctl/core';
import { describe, expect, test } from 'vitest';
import { addRoute, changeCommands, makeCommand } from '../../../packages/iproute2/src/commands.js';
import type { IpCommand } from '../../../packages/iproute2/src/commands.js';
import { failureToError } from '../../../packages/iproute2/src/errors.js';
import type { Outcome } from '../../../packages/iproute2/src/run.js';

const nothing: Outcome = {
  stdout: '',
  stderr: '',
  exit: undefined,
  endedBy: undefined,
  timedOut: false,
  missing: false,
  startError: undefined,
};

function first(commands: readonly IpCommand[]): IpCommand {
  if (commands[0] === undefined) throw new Error('no command');
  return commands[0];
}
const make = (change: Partial<LinkProps> = {}): IpCommand =>
  makeCommand({ name: 'shim0', kind: 'macvlan', parent: 'eth0', addresses: [], routes: [], ...change }, { index: 2 });
const shim0 = { name: 'shim0', index: 7, kind: 'macvlan' };
const vlan30 = { name: 'vlan30', index: 8, kind: 'vlan' };
const macvlan = make();
const vlan = make({ kind: 'vlan', name: 'vlan30', vlanId: 30 });
const large = make({ mtu: 9000 });
const up = first(changeCommands(shim0, { up: true }, 'eth0').slice(-1));
const mtu = first(changeCommands(shim0, { mtu: 20 }));
const up30 = first(changeCommands(vlan30, { up: true }));
const mtu30 = first(changeCommands(vlan30, { mtu: 9000 }));
const ipvlan = make({ kind: 'ipvlan' });
const v6 = first(changeCommands(shim0, { addAddresses: ['fd00::1'] }));
const route = addRoute(shim0, { destination: '10.0.0.0/8', source: '10.0.0.1' });

const failed = (command: IpCommand, outcome: Partial<Outcome>, argv = ['ip']): { code: string; text: string } => {
  const error = failureToError({
    argv: [...argv, ...command.args],
    command,
    timeout: 10_000,
    outcome: { ...nothing, ...outcome },
  });
  return { code: error.code, text: `${error.message} | ${error.hint ?? ''}` };
};

describe('what the kernel says', () => {
  // Seen with iproute2 6.1 on Linux 6.18, those of 802.1Q and ipvlan on 6.1; those of older kernels are from their source.
  test.each<[string, IpCommand, string, string]>([
    ['RTNETLINK answers: Operation not permitted', macvlan, 'PERMISSION', 'may not change the links'],
    ['nsenter: cannot open /run/netns/x: Permission denied', macvlan, 'PERMISSION', 'CAP_NET_ADMIN'],
    ['Error: Unknown device type.', macvlan, 'LINK_FAILED', 'module macvlan'],
    ['Error: Unknown device type.', vlan, 'LINK_FAILED', 'modprobe 8021q'],
    ['RTNETLINK answers: Operation not supported', vlan, 'LINK_FAILED', 'linux-modules-extra-'],
    ['RTNETLINK answers: Device or resource busy', macvlan, 'LINK_FAILED', 'eth0 is taken: it is a port of a bridge'],
    ['RTNETLINK answers: Address already in use', up, 'LINK_FAILED', 'its MAC address is taken'],
    ['RTNETLINK answers: Device or resource busy', up, 'LINK_FAILED', 'its MAC address is taken'],
    ['RTNETLINK answers: Address already in use', v6, 'LINK_FAILED', 'another ipvlan link'],
    ['RTNETLINK answers: File exists', macvlan, 'LINK_FAILED', 'there is a link shim0 already'],
    ['RTNETLINK answers: File exists', vlan, 'LINK_FAILED', 'there is a link vlan30 already, or'],
    [
      'Error: 8021q: VLAN device already exists.',
      vlan,
      'LINK_FAILED',
      'VLAN has a link of another name on eth0 already',
    ],
    ['Error: 8021q: VLANs not supported on device.', vlan, 'LINK_FAILED', 'eth0 cannot carry VLANs'],
    ['RTNETLINK answers: Device or resource busy', ipvlan, 'LINK_FAILED', 'or it carries links of the other kind'],
    ['Error: Address already assigned to an ipvlan device.', v6, 'LINK_FAILED', 'another ipvlan link'],
    ['Cannot find device "eth0"', macvlan, 'LINK_FAILED', 'there is no link eth0'],
    ['Device "shim0" does not exist.', up, 'LINK_FAILED', 'there is no link shim0'],
    ['RTNETLINK answers: No such device', macvlan, 'LINK_FAILED', 'eth0 was removed meanwhile'],
    ['RTNETLINK answers: No such device', up, 'LINK_FAILED', 'shim0 was removed meanwhile'],
    ['RTNETLINK answers: No such device', mtu, 'LINK_FAILED', 'shim0 was removed meanwhile'],
    ['Error: ipv4: Device not found.', v6, 'LINK_FAILED', 'shim0 was removed meanwhile'],
    ['Error: ipv6: Unable to find the interface.', v6, 'LINK_FAILED', 'shim0 was removed meanwhile'],
    ['RTNETLINK answers: Invalid argument', large, 'LINK_FAILED', 'MTU 9000 is probably above that of eth0'],
    [
      'RTNETLINK answers: Numerical result out of range',
      mtu30,
      'LINK_FAILED',
      "after the @ in 'ip link show dev vlan30'",
    ],
    ['RTNETLINK answers: Invalid argument', macvlan, 'LINK_FAILED', 'loopback link or no Ethernet'],
    ['Error: mtu less than device minimum.', mtu, 'LINK_FAILED', 'an MTU of 20 is less than this kind'],
    ['Error: mtu greater than device maximum.', mtu, 'LINK_FAILED', 'an MTU of 20 is greater than this kind'],
    ['RTNETLINK answers: Cannot assign requested address', macvlan, 'LINK_FAILED', 'cannot have this MAC'],
    ['Error: ipv6: IPv6 is disabled on this device.', v6, 'LINK_FAILED', 'net/ipv6/conf/shim0/disable_ipv6=0'],
    ['RTNETLINK answers: Permission denied', v6, 'LINK_FAILED', 'IPv6 is switched off on shim0'],
    ['Error: Invalid prefsrc address.', route, 'LINK_FAILED', 'its source is not an address of this host'],
    ['Error: Invalid source address.', route, 'LINK_FAILED', 'its source is not an address of this host'],
    ['Error: Invalid prefix for given prefix length.', route, 'LINK_FAILED', 'bits set beyond'],
    ['RTNETLINK answers: Network is down', up, 'LINK_FAILED', 'eth0 is down'],
    ['RTNETLINK answers: Network is down', up30, 'LINK_FAILED', "after the @ in 'ip link show dev vlan30'"],
    ['Error: Device for nexthop is not up.', route, 'LINK_FAILED', 'shim0 is down'],
    ['RTNETLINK answers: Some new trouble', route, 'LINK_FAILED', 'Cannot route 10.0.0.0/8 to shim0: ip ended with 2'],
  ])('%s', (stderr, command, code, part) => {
    const error = failed(command, { exit: 2, stderr: `${stderr}\n` });
    expect(error.code).toBe(code);
    expect(error.text).toContain(part);
    expect(error.text).toContain(`Cannot ${command.does}: `);
    // Its own words are never lost.
    expect(error.text).toContain(`(it said: ${stderr})`);
  });

  test('a message and its hint, whole', () => {
    expect(failed(vlan, { exit: 2, stderr: 'Error: Unknown device type.\n' }).text).toBe(
      'Cannot make the vlan link vlan30 on eth0: this kernel has no vlan links, for which it needs its module 8021q ' +
        "(it said: Error: Unknown device type.) | Try 'modprobe 8021q'. If there is no such module, install the package " +
        'that has it (Ubuntu: linux-modules-extra-$(uname -r), on a Raspberry Pi linux-modules-extra-raspi).',
    );
  });

  test('nothing at all', () => {
    expect(failed(up, { exit: 1 }).text).toBe(
      'Cannot bring shim0 up: ip ended with 1 and said nothing | Mend what it names, and run the same command again; netctl doctor knows many such errors.',
    );
  });
});

describe('the program', () => {
  test.each<[string, Partial<Outcome>, string[], string, string]>([
    ['not there', { missing: true }, ['ip'], 'IPROUTE2_MISSING', 'package iproute2'],
    ['not there by path', { missing: true }, ['/sbin/ip'], 'IPROUTE2_MISSING', 'package iproute2'],
    ['prefix not there', { missing: true }, ['nsenter', 'ip'], 'LINK_FAILED', "'nsenter' is not on this machine"],
    ['not there behind nsenter', { exit: 127, stderr: 'x' }, ['nsenter', 'ip'], 'IPROUTE2_MISSING', '(it said: x)'],
    ['not there for sudo', { exit: 1, stderr: 'sudo: ip: command not found' }, ['sudo', 'ip'], 'IPROUTE2_MISSING', ''],
    ['of BusyBox', { exit: 1, stderr: 'BusyBox v1.35.0 (Debian)\n\nUsage: ip' }, ['ip'], 'IPROUTE2_MISSING', 'BusyBox'],
    ['too old', { exit: 255, stderr: 'Option "-Numeric" is unknown, try' }, ['ip'], 'IPROUTE2_MISSING', 'too old'],
    ['not to be started', { startError: 'spawn ip EACCES' }, ['ip'], 'LINK_FAILED', 'spawn ip EACCES'],
    ['too slow', { timedOut: true, endedBy: 'SIGTERM' }, ['ip'], 'LINK_TIMEOUT', 'longer than 10000 ms'],
    ['interrupted', { endedBy: 'SIGINT' }, ['ip'], 'INTERRUPTED', ''],
    ['terminated', { endedBy: 'SIGTERM' }, ['ip'], 'TERMINATED', ''],
    ['killed', { endedBy: 'SIGKILL' }, ['ip'], 'LINK_FAILED', 'ended by SIGKILL'],
  ])('%s', (_, outcome, argv, code, part) => {
    const error = failed(macvlan, outcome, argv);
    expect(error.code).toBe(code);
    expect(error.text).toContain(part);
  });
});
