import { describe, expect, test } from 'vitest';
import type { HostReader, Printout } from '../../../packages/core/src/doctor/host-reader.js';
import { lookAtHost } from '../../../packages/core/src/doctor/look-host.js';
import { lookAtStore } from '../../../packages/core/src/doctor/look-store.js';
import { LINKS, RULES } from './healthy.js';

const MISSING: Printout = { stdout: '', stderr: '', exit: undefined };
const said = (stdout: string): Printout => ({ stdout, stderr: '', exit: 0 });

/** A host of files and of what programs print there; it notes what was run. */
function reader(files: Readonly<Record<string, string>>, programs: Readonly<Record<string, Printout>> = {}) {
  const ran: string[] = [];
  const host: HostReader = {
    read: (paths) =>
      Promise.resolve(new Map(paths.flatMap((path) => (path in files ? [[path, files[path] ?? '']] : [])))),
    present: (paths) => Promise.resolve(new Set(paths.filter((path) => path in files))),
    list: (folder) => {
      const below = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      return Promise.resolve([...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))]);
    },
    print: (argv) => {
      ran.push(argv.join(' '));
      const known = Object.entries(programs).find(([start]) => argv.join(' ').startsWith(start));
      return Promise.resolve(known?.[1] ?? MISSING);
    },
  };
  return { host, ran };
}

const LOG = [
  'time="…" level=warning msg="Could not create macvlan network for id aaaa from persistent state"',
  'time="…" level=info msg="Starting up"',
  'time="…" level=warning msg="Could not create macvlan network for id aaaa from persistent state"',
  'time="…" level=info msg="Starting up"',
  'time="…" level=warning msg="Could not create macvlan network for id bbbb from persistent state"',
].join('\n');

describe('a look at a host', () => {
  test('reads drop-ins, the settings of links with an address, and the log since the engine started last', async () => {
    const files = {
      '/proc/sys/kernel/osrelease': '6.1.0\n',
      '/lib/modules/6.1.0/modules.dep': '',
      '/run/systemd/netif/state': '',
      '/etc/systemd/network/10-x.network': 'one',
      '/etc/systemd/network/10-x.network.d/more.conf': 'two',
      '/usr/lib/NetworkManager/conf.d/y.conf': 'three',
      '/proc/sys/net/ipv4/conf/eth0/rp_filter': '1\n',
      '/etc/NetworkManager/system-connections/netctl-home-lan-shim.nmconnection': 'ours',
      '/etc/NetworkManager/system-connections/cafe.nmconnection': 'secret',
    };
    const { host } = reader(files, { 'iptables-save': said(RULES), 'journalctl --boot': said(LOG) });
    const facts = await lookAtHost(host, LINKS, '/var/lib/docker');
    expect(facts).toMatchObject({
      kernelRelease: '6.1.0',
      modulesOf: ['6.1.0'],
      rules: { seen: RULES },
      legacyRules: '',
    });
    expect([...facts.files.values()]).toEqual(expect.arrayContaining(['one', 'two', 'three', '1\n']));
    expect([...facts.files.values()]).not.toContain('secret');
    expect([...facts.present].filter((path) => path.endsWith('.nmconnection'))).toEqual([
      '/etc/NetworkManager/system-connections/netctl-home-lan-shim.nmconnection',
    ]);
    expect(facts.log.join()).toContain('bbbb');
    expect(facts.log.join()).not.toContain('aaaa');
  });

  test.each([
    ['there are none', '', RULES, false],
    ['there are some beside those of nftables', 'filter\n', RULES, true],
    ['nftables has no table', 'filter\n', '', true],
    ['nftables has no table, and they neither', '', '', false],
    ['they are what iptables-save prints', 'filter\n', RULES.replace('nf_tables', 'legacy'), false],
  ])('with legacy tables: %s', async (_, names, saved, asked) => {
    const programs = { 'iptables-save': said(saved), 'iptables-legacy-save': said('legacy') };
    const { host, ran } = reader({ '/proc/net/ip_tables_names': names }, programs);
    expect((await lookAtHost(host, undefined, undefined)).legacyRules).toBe(asked ? 'legacy' : '');
    expect(ran.includes('iptables-legacy-save')).toBe(asked);
  });

  test('says why there are no rules to see', async () => {
    const denied: Printout = {
      stdout: '',
      stderr: 'iptables-save v1.8.9: Could not fetch rule set: Permission denied\n',
      exit: 4,
    };
    const { host } = reader({}, { 'iptables-save': denied });
    expect((await lookAtHost(host, undefined, undefined)).rules).toMatchObject({
      why: expect.stringContaining('Permission') as string,
    });
    expect((await lookAtHost(reader({}).host, undefined, undefined)).rules).toMatchObject({
      why: expect.stringContaining('not there') as string,
    });
  });

  test('runs only programs that read', async () => {
    const { host, ran } = reader({ '/proc/net/ip_tables_names': 'filter\n' }, { 'iptables-save': said(RULES) });
    await lookAtHost(host, LINKS, undefined);
    expect([...new Set(ran.map((line) => line.split(' ')[0]))].sort()).toEqual([
      'iptables-legacy-save',
      'iptables-save',
      'journalctl',
      'od',
      'stat',
      'tail',
    ]);
  });
});

describe('a look at the store', () => {
  const mounts = ['/dev/sda1 / ext4 ro 0 0', '/dev/sdb1 /srv/my\\040data ext4 rw,relatime 0 0', ''].join('\n');
  const programs = { stat: said('4096 100 50\n'), od: said(' ed0cdaed 00000002\n') };

  test('goes by the mount that the folder is on', async () => {
    const { host, ran } = reader({ '/proc/self/mounts': mounts }, programs);
    expect(await lookAtStore(host, '/srv/my data/docker')).toEqual({
      seen: {
        path: '/srv/my data/docker/network/files/local-kv.db',
        freeBytes: 409_600,
        freeInodes: 50,
        readOnly: false,
        metas: ['ed0cdaed 00000002', 'ed0cdaed 00000002'],
      },
    });
    expect(ran).toContain('od -A n -t x4 -j 4112 -N 8 /srv/my data/docker/network/files/local-kv.db');
    expect(await lookAtStore(host, '/srv/my')).toMatchObject({ seen: { readOnly: true } });
  });

  test('says that there is no folder, or that the file may not be read', async () => {
    const none: Printout = {
      stdout: '',
      stderr: 'stat: cannot read file system information: No such file or directory',
      exit: 1,
    };
    expect(await lookAtStore(reader({}, { stat: none }).host, undefined)).toMatchObject({
      why: expect.stringContaining('no folder /var/lib/docker, and no engine says') as string,
    });
    const unreadable = await lookAtStore(
      reader({}, { stat: programs.stat, od: { stdout: '', stderr: '', exit: 1 } }).host,
      '/x',
    );
    expect('seen' in unreadable && unreadable.seen.metas).toBe(undefined);
  });
});
