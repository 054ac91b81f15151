import { readFile } from 'node:fs/promises';

/** The children of a process, as this process's pid namespace numbers them; none when it is gone. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.trim().split(/\s+/).filter(Boolean).map(Number);
}

/**
 * When a process started, in clock ticks since boot: field 22 of its stat (proc(5)). With it a process id that was
 * used again is told from the one that was meant. Undefined when there is no such process or it is a zombie, which
 * owns nothing any more.
 */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The program's name, in parentheses, may itself contain spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** One process, not another that got its number later. */
export interface Running {
  readonly pid: number;
  readonly startTime: string | undefined;
}

/** The process that has this number now. */
export async function identify(pid: number): Promise<Running> {
  return { pid, startTime: await startTimeOf(pid) };
}

/** Whether it still runs. */
export async function lives({ pid, startTime }: Running): Promise<boolean> {
  return startTime !== undefined && startTime === (await startTimeOf(pid));
}

/** Sends a signal; a process that is already gone is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
