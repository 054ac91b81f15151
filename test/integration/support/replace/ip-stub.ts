import { mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Desk } from '../netctl.js';

/** What happens at one of the commands that change a link. */
export interface IpFault {
  /** Counted from 1. */
  readonly write: number;
  /** `before`: it changes nothing; `after`: it has done its work. */
  readonly when: 'before' | 'after';
  /** The command fails, or whoever ran it is sent a signal. */
  readonly how: 'fails' | 'SIGKILL' | 'SIGINT' | 'SIGTERM';
}

/** A program that is found in place of `ip` and of `tee`, and runs the real one, but for the fault that it is given. */
export interface IpStub {
  /** As PATH. */
  readonly path: string;
  /** The commands that change anything, in their order. */
  writes(): Promise<readonly string[]>;
}

/** What `ip` says when the fault strikes. */
export const INJECTED_BY_IP = 'RTNETLINK answers: injected by the test';

export async function stubIp(desk: Desk, fault?: IpFault): Promise<IpStub> {
  const folder = await mkdtemp(join(desk.folder, 'ip-'));
  const log = join(folder, 'writes');
  await writeFile(log, '');
  await writeFile(join(folder, 'ip'), script(log, fault), { mode: 0o755 });
  await symlink('ip', join(folder, 'tee'));
  return {
    path: `${folder}:${process.env['PATH'] ?? ''}`,
    writes: async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== ''),
  };
}

/** Whoever reads, or tries in a namespace of its own, is let through. A command that is struck down before its work never does it. */
function script(log: string, { write, when, how }: IpFault = { write: 0, when: 'after', how: 'fails' }): string {
  const strike = {
    fails: `echo '${INJECTED_BY_IP}' >&2; exit 2`,
    SIGKILL: 'kill -KILL "$PPID"; exit 2',
    SIGINT: 'kill -INT "$PPID"',
    SIGTERM: 'kill -TERM "$PPID"',
  }[how];
  return `#!/bin/sh
PATH=\${PATH#*:}
name=\${0##*/}
case $1 in -json | -batch | -V* | */conf/default/*) exec "$name" "$@" ;; esac
echo "$name $*" >>'${log}'
[ "$(wc -l <'${log}')" = ${String(write)} ] || exec "$name" "$@"
${when === 'before' ? strike : ''}
"$name" "$@" || exit
${when === 'after' ? strike : ''}
`;
}
