import type { DoctorFacts, HostFacts } from '../facts.js';
import { finding } from '../finding.js';
import type { Finding } from '../finding.js';
import { linksOfNetctl } from '../own-links.js';
import { shellWord } from '../shell-word.js';

/** Programs that write rules beside Docker's. */
export function frontEnds(facts: DoctorFacts, host: HostFacts): readonly Finding[] {
  return [...ufw(host), ...firewalld(facts, host), ...firehol(host), ...nftablesService(host)];
}

function ufw({ files }: HostFacts): readonly Finding[] {
  if (!/^\s*ENABLED\s*=\s*"?yes"?\s*$/im.test(files.get('/etc/ufw/ufw.conf') ?? '')) return [];
  return [
    finding('UFW_BYPASSED', {
      evidence: ['/etc/ufw/ufw.conf: ENABLED=yes'],
      cause:
        'Packets to a published port are redirected before the rules of ufw, so it stops none of them; what is on macvlan or ipvlan passes no rule of the host at all.',
      cure: [
        'docker run --publish 127.0.0.1:80:80 …   # for ports that are for this host alone',
        'iptables -I DOCKER-USER -i eth0 ! -s 192.168.1.0/24 -j DROP   # who may come in by eth0',
      ],
    }),
  ];
}

function firewalld(facts: DoctorFacts, { present }: HostFacts): readonly Finding[] {
  const evidence = ['/run/firewalld.pid', '/run/firewalld'].find((path) => present.has(path));
  if (evidence === undefined) return [];
  const names = linksOfNetctl(facts).map(({ name }) => name);
  return [
    finding('FIREWALLD', {
      evidence: [`${evidence} is there`, ...(names.length === 0 ? [] : [`links of netctl: ${names.join(', ')}`])],
      cause:
        'A shim is a new link in the default zone, which lets little in; and an engine that started before firewalld has lost its rules.',
      cure: [
        ...(names.length === 0 ? ['SHIM'] : names).map(
          (name) => `firewall-cmd --permanent --zone=trusted --add-interface=${shellWord(name)}`,
        ),
        'firewall-cmd --reload',
      ],
    }),
  ];
}

function firehol({ present }: HostFacts): readonly Finding[] {
  if (!present.has('/etc/firehol/firehol.conf')) return [];
  return [
    finding('FIREHOL', {
      evidence: ['/etc/firehol/firehol.conf is there'],
      cause: 'It replaces all rules when it starts, those of Docker too.',
      cure: ['systemctl restart docker   # after each start of FireHOL'],
    }),
  ];
}

function nftablesService({ files, present }: HostFacts): readonly Finding[] {
  const enabled = '/etc/systemd/system/sysinit.target.wants/nftables.service';
  const flushes = /^\s*flush\s+ruleset/m.test(files.get('/etc/nftables.conf') ?? '');
  if (!flushes || !present.has(enabled)) return [];
  return [
    finding('NFTABLES_FLUSHES', {
      evidence: ['/etc/nftables.conf: flush ruleset', `${enabled} is there`],
      cause: 'A reload of nftables.service removes all tables, those of Docker too.',
      cure: [
        'In /etc/nftables.conf, for each table of that file, write `table inet filter` and `flush table inet filter` in place of `flush ruleset`.',
        'systemctl restart docker   # after a reload that has flushed them',
      ],
    }),
  ];
}
