import { expect, test } from 'vitest';
import { wholeStacks } from '../../../packages/cli/src/persist/persisted.js';

const file = (stack: string, path: string) => ({ stack, path, text: '' });
const script = file('home', '/etc/NetworkManager/dispatcher.d/50-netctl-home');
const keyfile = file('home', '/etc/NetworkManager/system-connections/netctl-home-eth0.30.nmconnection');
const other = file('other', '/etc/netctl/other/links.yaml');

test.each([
  ['nothing', [], [script, keyfile, other]],
  ['a keyfile', ['/etc/NetworkManager/system-connections/netctl-home-lan.nmconnection'], [other]],
  ['the folder of keyfiles', ['/etc/NetworkManager/system-connections/'], [other]],
  ['the script', ['/etc/NetworkManager/dispatcher.d/50-netctl-home'], [other]],
  ['the spec of another stack', ['/etc/netctl/other/links.yaml'], [script, keyfile]],
  ['a file of a stack with a longer name', ['/etc/network/interfaces.d/netctl-homes'], [script, keyfile, other]],
])('where this user may not read %s, nothing is said of half a stack', (_what, unread, left) => {
  expect(wholeStacks([script, keyfile, other], unread)).toEqual(left);
});
