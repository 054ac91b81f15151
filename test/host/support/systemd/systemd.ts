import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@netctl/lab';
import { repository } from '../../../integration/support/netctl.js';
import { bootProgram } from './boot-tools.js';

const boot = join(repository, 'test/host/support/systemd/boot');
const units = '/etc/systemd/system';

/** The targets that units name, with nothing in them: what a machine does at boot beside is not done here. */
const targets = ['sysinit', 'basic', 'network', 'network-online', 'multi-user', 'shutdown'];

const bare = '[Unit]\nDefaultDependencies=no\n';

/** A real udev, with the rules by which links get what a .link file says, and systemd knows them as devices. */
const udev = (): string => `${bare}[Service]
Type=notify
ExecStart=@${bootProgram('udevadm')} systemd-udevd
ExecStartPost=${bootProgram('udevadm')} trigger --subsystem-match=net
`;
const rules = `SUBSYSTEM=="net", IMPORT{builtin}="net_setup_link"
SUBSYSTEM=="net", KERNEL!="lo", TAG+="systemd", ENV{SYSTEMD_ALIAS}+="/sys/subsystem/net/devices/$name"
`;

/** A real systemd-networkd; what it logs goes where the units of netctl do. */
const networkd = `${bare}[Service]
User=systemd-network
AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW
ExecStart=!!/lib/systemd/systemd-networkd
RuntimeDirectory=systemd/netif
RuntimeDirectoryPreserve=yes
`;

/** A Docker that writes down what it finds when it is started. */
const docker = (found: string): string => `${bare}Wants=sysinit.target
After=sysinit.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=ip -json -details address show
StandardOutput=file:${found}
`;

export interface BootOptions {
  readonly udev?: boolean;
  readonly networkd?: boolean;
}

/** A host that runs no systemd until it is booted, and has no units but those that are put there from now on. */
export interface SystemdHost {
  boot(options?: BootOptions): Promise<Booted>;
}

export interface Booted {
  /** The names of the links that Docker found when it was started; undefined as long as it was not. */
  dockerFound(): Promise<readonly string[] | undefined>;
  /** What the units have said of what went wrong. */
  log(): Promise<string>;
  /** What runs a program where this systemd is process 1: it speaks to nobody else. */
  inside(): Promise<readonly string[]>;
  /** Ends it with all that it has started, and with what it kept in /run. */
  off(): Promise<void>;
}

/**
 * Has a host boot to its docker.service, by a real systemd in its network: with the units that are installed there, and
 * stand-ins for all that a machine has beside. `folder` is for what the host is to tell.
 */
export async function systemdHost(host: Host, folder: string): Promise<SystemdHost> {
  const [found, log] = [join(folder, 'docker-found.json'), join(folder, 'units.log')];
  const put = async (name: string, text: string) => host.run('tee', [`${units}/${name}`], { input: text });
  const clear = async () => host.run('rm', ['-rf', found, '/run/systemd', '/run/udev']);
  // The machine's own units are none of its business.
  await host.run('mount', ['-t', 'tmpfs', 'tmpfs', units]);
  await host.run('mkdir', ['-p', `${units}/service.d`]);
  for (const target of targets) await put(`${target}.target`, bare);
  await put('docker.service', docker(found));
  await put('service.d/log.conf', `[Service]\nStandardError=append:${log}\n`);
  return {
    boot: async (options = {}) => {
      await clear();
      await host.run('mkdir', ['-p', '/run/systemd', '/run/udev/rules.d']);
      await host.run('tee', ['/run/udev/rules.d/99-net.rules'], { input: rules });
      const first = [
        ...(options.udev === true ? ['systemd-udevd.service'] : []),
        ...(options.networkd === true ? ['systemd-networkd.service'] : []),
      ].join(' ');
      if (options.udev === true) await put('systemd-udevd.service', udev());
      await put('systemd-networkd.service', networkd);
      await put('sysinit.target', `${bare}Wants=${first}\nAfter=${first}\n`);
      const [program, ...args] = host.command(boot, [units, await cgroupFor(host), 'docker.service', folder]);
      const child = spawn(program, args, { stdio: 'ignore' });
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      return {
        dockerFound: async () => {
          const text = await readFile(found, 'utf8').catch(() => '');
          if (text === '') return undefined;
          return (JSON.parse(text) as readonly { readonly ifname: string }[]).map(({ ifname }) => ifname);
        },
        log: () => readFile(log, 'utf8').catch(() => ''),
        inside: async () => {
          const { stdout } = await host.run('ps', ['-o', 'pid=', '-C', 'systemd']);
          return ['nsenter', '--target', stdout.trim(), '--mount', '--pid', '--'];
        },
        off: async () => {
          child.kill('SIGKILL');
          await ended;
          await clear();
        },
      };
    },
  };
}

let boots = 0;

/** Below the cgroup of the host, so that it goes with the host. */
async function cgroupFor({ namespace }: Host): Promise<string> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const root = mounts.find((line) => line.includes(' - cgroup2 '))?.split(' ')[4];
  if (root === undefined) throw new Error('this machine has no cgroup2');
  return join(root, namespace.replace(/^nl-/, 'netctl-lab-'), `systemd-${String((boots += 1))}`);
}
