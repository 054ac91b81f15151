import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { testEngine } from '../../integration/support/engine.js';
import { type Desk, openDesk } from '../../integration/support/netctl.js';
import { configureSsh, installSshd, type Sshd } from './sshd.js';

/** A host with an engine and sshd, and another one on the same LAN from which netctl reaches it. */
export interface SshBench extends AsyncDisposable {
  readonly target: Host;
  readonly admin: Host;
  readonly desk: Desk;
  readonly sshd: Sshd;
  /** The folder of the docker CLI that fits the engine. */
  readonly dockerFolder: string;
  /** Has sshd and ssh as they were at first. */
  reset(): Promise<void>;
  /** What ssh left on the host that netctl runs on: processes, sockets, folders. */
  left(): Promise<readonly string[]>;
}

export const targetAddress = '192.168.1.10';

/** What a person has in a configuration, and what must not come in between. */
const habits = [
  'Host node02',
  `HostName ${targetAddress}`,
  'User root',
  'Host *',
  'ControlMaster auto',
  'ControlPath /run/habit-%C',
  'ControlPersist 60',
  'RemoteCommand sleep 1000',
  'RequestTTY force',
  'LocalForward 127.0.0.1:9999 127.0.0.1:1',
  'StrictHostKeyChecking no',
  'ForwardAgent yes',
  'LogLevel QUIET',
  'EscapeChar ~',
];

export async function openSshBench(): Promise<SshBench> {
  const lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const eth0 = (address: string): { name: string; lan: Lan; addresses: readonly string[] } => ({
    name: 'eth0',
    lan,
    addresses: [`${address}/24`],
  });
  const target = await startHost({ interfaces: [eth0(targetAddress)], engine: testEngine() });
  const admin = await startHost({ interfaces: [eth0('192.168.1.20')], engine: false });
  const desk = await openDesk(admin);
  const sshd = await installSshd(target, targetAddress);
  const reset = async (): Promise<void> => {
    await sshd.start();
    await configureSsh(admin, sshd, [sshd.knownHost, sshd.knownHost.replace(targetAddress, 'node02')], ...habits);
  };
  await reset();
  return {
    target,
    admin,
    desk,
    sshd,
    dockerFolder: testEngine().path?.[0] ?? '',
    reset,
    left: async () => {
      const { stdout: processes } = await admin.run('ps', ['-e', '-o', 'args=']);
      const { stdout: files } = await admin.run('find', ['/run', '/tmp', '-maxdepth', '1', '-name', '*netctl-ssh-*']);
      const { stdout: habit } = await admin.run('find', ['/run', '-name', 'habit-*']);
      return [
        ...processes.split('\n').filter((line) => line.startsWith('ssh ')),
        ...`${files}\n${habit}`.split('\n'),
      ].filter((line) => line !== '');
    },
    [Symbol.asyncDispose]: async () => {
      await desk[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
      await admin.close();
      await target.close();
      await lan.close();
    },
  };
}
