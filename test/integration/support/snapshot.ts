import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * What the labs of one owner process have on the machine, one line each: processes by their arguments, mounts, run
 * folders, network namespaces, cgroups. Others' labs do not show, since tests run side by side.
 */
export async function labTraces(owner: number): Promise<readonly string[]> {
  const mark = new RegExp(`(netctl-lab|nl)-${owner}-`);
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => `mount ${line}`);
  const folders = ['/tmp', '/run/netns', ...(await cgroupRoots())];
  const entries = (await Promise.all(folders.map(entriesOf))).flat();
  return [...(await processes()), ...mounts, ...entries].filter((line) => mark.test(line)).sort();
}

/** The processes in a pid namespace, given as `pid:[4026531836]`: all of a host, its containers' too. */
export async function processesInPidNamespace(namespace: string): Promise<readonly string[]> {
  const inside = await Promise.all(
    (await pids()).map(async (pid) => (await readlink(`/proc/${pid}/ns/pid`).catch(() => '')) === namespace && pid),
  );
  return inside.filter((pid) => pid !== false);
}

async function processes(): Promise<readonly string[]> {
  const lines = (await pids()).map(async (pid) => {
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return `process ${pid} ${args.replaceAll('\0', ' ')}`;
  });
  return Promise.all(lines);
}

async function pids(): Promise<readonly string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
}

/** Version 2 has one hierarchy at the root, version 1 one for each controller below it. */
async function cgroupRoots(): Promise<readonly string[]> {
  const root = '/sys/fs/cgroup';
  const below = await readdir(root, { withFileTypes: true });
  return [root, ...below.filter((entry) => entry.isDirectory()).map(({ name }) => `${root}/${name}`)];
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).map((name) => `${folder}/${name}`);
}
