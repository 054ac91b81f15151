import type { Init } from './init.js';
import { run } from './run.js';

/** For what the lab itself needs, inside the host. */
const own = '/run/netctl-lab';

/**
 * Gives a host what a machine has of its own, in its mount namespace: hostname, /run, /sys, writable /etc and /var/lib,
 * and /var/lib/netctl for the unfinished plans of its own. The rest of the file system is the machine's.
 */
export async function furnish(init: Init, hostname: string, socket: string): Promise<void> {
  const inside = async (command: string, ...args: readonly string[]) => run(init.command(command, args));
  await inside('hostname', hostname);

  // The engine would find the machine's containerd, firewalld, systemd and iptables lock there.
  await inside('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/run');
  await inside('mkdir', '/run/lock', own, `${own}/cgroup`);
  await inside('ln', '-s', socket, '/run/docker.sock');

  // /sys/class/net lists the links of the network namespace that /sys was mounted in.
  await inside('mount', '--rbind', '/sys/fs/cgroup', `${own}/cgroup`);
  await inside('mount', '-t', 'sysfs', 'sysfs', '/sys');
  await inside('mount', '--rbind', `${own}/cgroup`, '/sys/fs/cgroup');
  await inside('umount', '--recursive', '--lazy', `${own}/cgroup`);

  // The machine's resolver cannot be reached from here; with none named, a lookup fails at once instead of in 20 s.
  const etc = await layersOf('etc', '/etc');
  await inside('touch', `${etc.upper}/resolv.conf`);
  // Engines before 25 take their id from /etc/docker/key.json: two hosts must not be one engine to those who ask.
  await etc.mount();

  // netctl keeps unfinished plans below /var/lib. The layer takes the folder to mount on, which the machine may not
  // have and must not get; the mount hides the one that it may have.
  const lib = await layersOf('lib', '/var/lib');
  await lib.mount();
  await inside('mkdir', '-p', '/var/lib/netctl');
  await inside('mount', '-t', 'tmpfs', '-o', 'mode=700', 'tmpfs', '/var/lib/netctl');

  /** What is written to a folder of the machine goes to `upper`. */
  async function layersOf(name: string, folder: string) {
    const [upper, work] = [`${own}/${name}/upper`, `${own}/${name}/work`];
    await inside('mkdir', '-p', upper, work);
    const layers = `lowerdir=${folder},upperdir=${upper},workdir=${work}`;
    return { upper, mount: async () => inside('mount', '-t', 'overlay', '-o', layers, 'overlay', folder) };
  }
}
