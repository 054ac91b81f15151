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
export async function isOver(owner: JournalOwner): Promise<boolean> {
  const me = await thisOwner();
  if (owner.bootId !== me.bootId || me.bootId === '') {
    // It may be this machine before it was booted, or another one.
    return me.machineId !== '' && owner.machineId === me.machineId && owner.host === me.host;
  }
  // The lock is one for a network namespace, and whoever wrote the journal there held it.
  if (owner.netNamespace === me.netNamespace && me.netNamespace !== '') return true;
  if (owner.pidNamespace === me.pidNamespace) return (await startTimeOf(String(owner.pid))) !== owner.startTime;
  if (me.pidNamespace !== INIT_PID_NAMESPACE) return false;
  // From here every process is seen, and with its last one a namespace is gone.
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const namespaces = await Promise.all(pids.map(pidNamespaceOf));
  return !namespaces.includes(owner.pidNamespace);
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
