import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Host, Lan } from '@netctl/lab';
import { expect } from 'vitest';
import { consulProgram } from '../../consul/support/agent.js';
import { netctlProgram } from '../../integration/support/netctl.js';
import { composeProgram } from '../../integration/support/replace/compose.js';
import { differences } from './compare.js';
import { readGuide } from './guide.js';
import { openSession, type Session } from './session.js';
import { newestEngine } from './stage.js';

const docs = resolve(import.meta.dirname, '../../../docs');

/** NETCTL_GUIDES=write puts what was printed into the pages. */
const write = process.env['NETCTL_GUIDES'] === 'write';

/** The machines of a guide, by their prompts: `''` is the host that `$ ` stands for. */
export type Machines = Readonly<Record<string, Host | Lan>>;

/** Does what a page tells its reader to, and compares what it shows with what is printed. */
export async function follow(page: string, machines: Machines, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const path = join(docs, page);
  const markdown = await readFile(path, 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'netctl-guide-'));
  const sessions = new Map<string, Session>();
  const wrong: string[] = [];
  const lines = markdown.split('\n');
  try {
    await placeNetctl(folder);
    for (const [name, machine] of Object.entries(machines)) {
      sessions.set(name, openSession(...shellOf(machine, folder, env)));
    }
    let moved = 0;
    for (const part of readGuide(markdown)) {
      if (part.type === 'file') {
        await mkdir(dirname(join(folder, part.name)), { recursive: true });
        await writeFile(join(folder, part.name), part.text);
        continue;
      }
      const session = sessions.get(part.machine);
      if (session === undefined) throw new Error(`${page} has no machine ${part.machine}`);
      const printed = (await session.type(part.command)).map((line) =>
        line.replaceAll(process.execPath, '/usr/bin/node'),
      );
      if (part.type === 'hidden') continue;
      const found = differences(part.shown, printed);
      if (found.length > 0) wrong.push(`${part.machine}$ ${part.command}`, ...found.map((one) => `  ${one}`));
      if (!write || found.length === 0) continue;
      lines.splice(part.line + moved + 1, part.shown.length, ...printed);
      moved += printed.length - part.shown.length;
    }
  } finally {
    for (const session of sessions.values()) await session[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
  if (write) await writeFile(path, lines.join('\n'));
  expect(wrong, wrong.join('\n')).toEqual([]);
}

/** `netctl` on the PATH of the guide, and what else it names, with a home of its own. */
async function placeNetctl(folder: string): Promise<void> {
  await mkdir(join(folder, '.bin'));
  await mkdir(join(folder, '.home'));
  const program = join(folder, '.bin/netctl');
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${netctlProgram}" "$@"\n`);
  await chmod(program, 0o755);
  if (consulProgram !== undefined) await symlink(consulProgram, join(folder, '.bin/consul'));
  if (composeProgram === undefined) return;
  await mkdir(join(folder, '.home/.docker/cli-plugins'), { recursive: true });
  await symlink(composeProgram, join(folder, '.home/.docker/cli-plugins/docker-compose'));
}

function shellOf(
  machine: Host | Lan,
  folder: string,
  env: NodeJS.ProcessEnv,
): [readonly [string, ...string[]], NodeJS.ProcessEnv] {
  const engine = 'dockerHost' in machine ? { DOCKER_HOST: machine.dockerHost } : {};
  const path = [join(folder, '.bin'), newestEngine().path[0], process.env['PATH']].join(':');
  const home = join(folder, '.home');
  return [
    machine.command('env', [`--chdir=${folder}`, 'sh']),
    { ...process.env, PATH: path, HOME: home, XDG_STATE_HOME: join(home, 'state'), LANG: 'C.UTF-8', ...engine, ...env },
  ];
}
