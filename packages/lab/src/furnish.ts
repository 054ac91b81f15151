import type { Init } from './init.js';
import { run } from './run.js';

/** For what the lab itself needs, inside the host. */
const own = '/run/netctl-lab';

/**
 * Gives a host what a machine has of its own, in its mount namespace: hostname, /run, /sys and a writable /etc. The
 * rest of the file system is the machine's.
 */
export async function furnish(init: Init, hostname: string, socket: string): Promise<void> {
  const inside = async (command: string, ...args: readonly string[]) => run(init.command(command, args));
  await inside('hostname', hostname);

  // The engine would find the machine's containerd, firewalld, systemd and iptables lock there.
  await inside('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/run');
  await inside('mkdir', '/run/lock', own, `${own}/cgroup`, `${own}/upper`, `${own}/work`);
  await inside('ln', '-s', socket, '/run/docker.sock');

  // /sys/class/net lists the links of the network namespace that /sys was mounted in.
  await inside('mount', '--rbind', '/sys/fs/cgroup', `${own}/cgroup`);
  await inside('mount', '-t', 'sysfs', 'sysfs', '/sys');
  await inside('mount', '--rbind', `${own}/cgroup`, '/sys/fs/cgroup');
  await inside('umount', '--recursive', '--lazy', `${own}/cgroup`);

  // The machine's resolver cannot be reached from here; with none named, a lookup fails at once instead of in 20 s.
  await inside('touch', `${own}/upper/resolv.conf`);
  // Engines before 25 take their id from /etc/docker/key.json: two hosts must not be one engine to those who ask.
  const layers = `lowerdir=/etc,upperdir=${own}/upper,workdir=${own}/work`;
  await inside('mount', '-t', 'overlay', '-o', layers, 'overlay', '/etc');
}
