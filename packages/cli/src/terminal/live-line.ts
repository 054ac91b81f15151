import { readFileSync } from 'node:fs';

import { printable } from '@netctl/core';
import stringWidth from 'string-width';

import { toAscii } from './ascii.js';
import type { Traits } from './traits.js';
import { cut } from './wrap.js';

/** A line at the bottom of a terminal that is written over. The cursor stays where it is, so that nothing has to be undone. */
export interface LiveLine extends Disposable {
  /** Shows it anew, and from now on every second. */
  show(text: () => string): void;
  /** Takes the line away for as long as something else is written. */
  above(write: () => void): void;
}

const TICK_MS = 1000;

/** What the terminal adds to it when somebody presses Ctrl-C or Ctrl-Z. */
const ECHO = 2;

/** While it is there, it is taken away before this process is suspended (Ctrl-Z), and when it ends in whatever way. */
export function liveLine(stream: NodeJS.WriteStream, { reflows, unicode }: Traits): LiveLine {
  let text: (() => string) | undefined;
  let drawn = 0;
  let hidden = false;
  /** To where the line begins, and nothing behind that. */
  const away = (): string => {
    if (drawn === 0) return '';
    // Of a terminal that was made narrower, it takes several rows by now.
    const rows = reflows ? Math.ceil(drawn / columnsOf(stream)) - 1 : 0;
    drawn = 0;
    return `\r${rows > 0 ? `\u001b[${String(rows)}A` : ''}\u001b[J`;
  };
  const draw = (): void => {
    if (text === undefined || hidden) return;
    const before = away();
    // It names what others say, such as who holds a lock.
    const safe = printable(text());
    const line = cut(unicode ? safe : toAscii(safe), columnsOf(stream) - 1 - ECHO, unicode ? '…' : '...');
    drawn = stringWidth(line);
    stream.write(before + line);
  };
  const erase = (): void => {
    const before = away();
    if (before !== '') stream.write(before);
  };
  const suspend = (): void => {
    erase();
    process.kill(process.pid, 'SIGSTOP');
  };
  const resume = (): void => {
    hidden = !isInForeground();
    draw();
  };
  const timer = setInterval(draw, TICK_MS);
  timer.unref();
  stream.on('resize', draw);
  process.on('SIGTSTP', suspend).on('SIGCONT', resume).on('exit', erase);
  return {
    show: (next) => {
      text = next;
      draw();
    },
    above: (write) => {
      erase();
      write();
      draw();
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      stream.off('resize', draw);
      process.off('SIGTSTP', suspend).off('SIGCONT', resume).off('exit', erase);
      text = undefined;
      erase();
    },
  };
}

/** Some pseudo-terminals say that they have none. */
function columnsOf({ columns }: NodeJS.WriteStream): number {
  return columns > 0 ? columns : 80;
}

/** Whether the terminal is ours, and not the shell's that goes on beside us (`bg`). See proc_pid_stat(5). */
function isInForeground(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === foreground;
}
