import { readFile, readdir, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** The process that wrote a journal, told well enough to know later whether it is over. */
export interface JournalOwner {
  readonly host: string;
  readonly machineId: string;
  readonly bootId: string;
  /** `net:[4026531840]` */
  readonly netNamespace: string;
  /** `pid:[4026531836]` */
  readonly pidNamespace: string;
  readonly pid: number;
  /** When it began, in the kernel's ticks: process ids are used again. */
  readonly startTime: string;
}

/** That of the machine itself, on every kernel (include/linux/proc_ns.h, PROC_PID_INIT_INO). */
const INIT_PID_NAMESPACE = 'pid:[4026531836]';

let mine: Promise<JournalOwner> | undefined;

/** This process; nothing of it changes while it lives. */
export function thisOwner(): Promise<JournalOwner> {
  mine ??= readOwner();
  return mine;
}

async function readOwner(): Promise<JournalOwner> {
  return {
    host: hostname(),
    machineId: await textOf('/etc/machine-id'),
    bootId: await textOf('/proc/sys/kernel/random/boot_id'),
    netNamespace: await readlink('/proc/self/ns/net').catch(() => ''),
    pidNamespace: await pidNamespaceOf('self'),
    pid: process.pid,
    startTime: await startTimeOf('self'),
  };
}

/**
 * Whether that process is over for certain, asked by who holds the local lock. What cannot be seen from here counts as
 * alive.
 */
export async function isOver(owner: JournalOwner, startedAt: string): Promise<boolean> {
  const me = await thisOwner();
  if (owner.bootId !== me.bootId || me.bootId === '') {
    // It may be this machine before it was booted, or another one; of two that were cloned one is up all the time.
    const sameMachine = me.machineId !== '' && owner.machineId === me.machineId && owner.host === me.host;
    return sameMachine && (await bootedAt()) > Date.parse(startedAt);
  }
  // The lock is one for a network namespace, and whoever wrote the journal there held it.
  if (owner.netNamespace === me.netNamespace && me.netNamespace !== '') return true;
  if (owner.pidNamespace === me.pidNamespace) {
    const now = await startTimeOf(String(owner.pid));
    return now !== owner.startTime && !(now === '' && isThere(owner.pid));
  }
  // Who may not look at the processes of others does not see that they are there.
  if (me.pidNamespace !== INIT_PID_NAMESPACE || (await pidNamespaceOf('1')) === '') return false;
  // From here every process is seen, and with its last one a namespace is gone.
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const namespaces = await Promise.all(pids.map(pidNamespaceOf));
  const hidden = pids.some((pid, index) => namespaces[index] === '' && isThere(Number(pid)));
  return !hidden && !namespaces.includes(owner.pidNamespace);
}

/** Milliseconds since 1970; never, where the kernel does not say. */
async function bootedAt(): Promise<number> {
  const seconds = /^btime (\d+)$/m.exec(await textOf('/proc/stat'))?.[1];
  return seconds === undefined ? Number.NEGATIVE_INFINITY : Number(seconds) * 1000;
}

/** Whether there is such a process, whether or not it may be looked at. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function textOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

async function pidNamespaceOf(pid: string): Promise<string> {
  return readlink(`/proc/${pid}/ns/pid`).catch(() => '');
}

/** Field 22 of `stat`, counted after the name, which may hold anything; empty where there is no such process. */
async function startTimeOf(pid: string): Promise<string> {
  const stat = await textOf(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
