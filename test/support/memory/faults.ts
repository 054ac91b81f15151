/** The process was killed: nothing that it does afterwards reaches the host. */
export class Killed extends Error {
  constructor() {
    super('killed (by the test)');
    this.name = 'Killed';
  }
}

/** Whether an apply ended because the process was killed. */
export function isKilled(error: unknown): boolean {
  return error instanceof Killed || (error instanceof Error && isKilled(error.cause));
}

/** What to do to one write. `before`: it never happens; `after`: it happens, and nobody hears of it. */
export interface Fault {
  /** Counted from 0, over the engine's writes and each single command of `ip`. */
  readonly write: number;
  readonly when: 'before' | 'after';
  /** `crash`: the process is killed there and then. An error: it is thrown, and the process lives on. */
  readonly how: 'crash' | Error;
}

/** Counts the writes to a host, and lets one of them go wrong. */
export interface Faults {
  /** Writes since the last `arm`. */
  readonly writes: number;
  /** What was written since then, for failure messages. */
  readonly log: readonly string[];
  /** Starts to count anew, as a new process; without a fault all goes well. */
  arm(fault?: Fault): void;
  read(): void;
  write(what: string, change: () => void): void;
}

/** A process that changes several hosts: killed at a write to one of them, it is dead for all. */
export interface Life {
  dead: boolean;
}

export function makeFaults(life: Life = { dead: false }): Faults {
  let armed: Fault | undefined;
  let log: string[] = [];
  const strike = (fault: Fault): never => {
    if (fault.how !== 'crash') throw fault.how;
    life.dead = true;
    throw new Killed();
  };
  const read = (): void => {
    if (life.dead) throw new Killed();
  };
  return {
    get writes() {
      return log.length;
    },
    get log() {
      return log;
    },
    arm: (fault) => {
      armed = fault;
      life.dead = false;
      log = [];
    },
    read,
    write: (what, change) => {
      read();
      const hit = armed?.write === log.length ? armed : undefined;
      log.push(what);
      if (hit?.when === 'before') strike(hit);
      change();
      if (hit?.when === 'after') strike(hit);
    },
  };
}
