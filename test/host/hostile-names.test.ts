import { chmod, mkdir } from 'node:fs/promises';
import type { RunResult } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lanNetwork } from '../integration/support/fault-bench.js';
import { testEngine } from '../integration/support/engine.js';
import { copiedProgram, installSudo, ordinaryUser } from './support/install-sudo.js';
import { openSshBench, type SshBench, targetAddress } from './support/ssh-bench.js';

/*
 * What a shell would run is only a name here: on the way to `ip`, through sudo, through ssh and to the engine. Each word
 * would make a file M in the folder that it is run in.
 */

const WORDS = [';>M', '$(>M)', "';`>M`'", 'a\n>M\n', '--help'] as const;

/** Those that the kernel takes as the name of a link. */
const LINKS = [';>M', '$(>M)', '`>M`', "';>M'", '";>M"', '-x', '{}'] as const;

const lan = { ...lanNetwork, gateway: '192.168.1.1' };
const shimmed = { ...lan, shim: true };

/** Places of a spec from which something could go into the arguments of a program, with what the spec is then. */
const PLACES: Readonly<Record<string, readonly [exit: number, spec: (word: string) => object]>> = {
  'the name of the stack': [65, (word) => ({ name: word, networks: { lan: shimmed } })],
  'the key of a network': [65, (word) => ({ name: 'home', networks: { [word]: { ...shimmed, name: 'lan' } } })],
  'the name of a network': [65, (word) => ({ name: 'home', networks: { lan: { ...shimmed, name: word } } })],
  'the name of a shim': [65, (word) => ({ name: 'home', networks: { lan: { ...lan, shim: { name: word } } } })],
  'a parent': [65, (word) => ({ name: 'home', networks: { lan: { ...shimmed, parent: word } } })],
  'the address of a shim': [65, (word) => ({ name: 'home', networks: { lan: { ...lan, shim: { address: word } } } })],
  'a VLAN link': [65, (word) => ({ name: 'home', vlans: { [word]: { parent: 'eth0', id: 30 } } })],
  'a label': [0, (word) => ({ name: 'home', networks: { web: { subnet: '10.5.0.0/24', labels: { said: word } } } })],
};

let bench: SshBench;
let asUser: Awaited<ReturnType<typeof installSudo>>;

beforeAll(async () => {
  bench = await openSshBench();
  const { target, desk } = bench;
  await chmod(desk.folder, 0o755);
  await mkdir(desk.stateFolder);
  await chmod(desk.stateFolder, 0o777);
  asUser = await installSudo(target, '64990', `${ordinaryUser} ALL=(root) NOPASSWD: ALL`);
  await target.run('chmod', ['755', target.socket.replace(/\/[^/]*$/, '')]);
  await target.run('chgrp', ['64990', target.socket]);
  await target.run('chmod', ['660', target.socket]);
  for (const [index, name] of LINKS.entries()) {
    const link = ['link', 'add', 'link', 'eth0', 'name', name, 'type', 'macvlan', 'mode', 'bridge'];
    await target.run('ip', link);
    await target.run('ip', ['address', 'add', `10.77.${String(index)}.1/24`, 'dev', name]);
  }
});
afterAll(() => bench[Symbol.asyncDispose]());

// Nothing was run that a name says.
afterEach(async () => {
  const places = [bench.desk.folder, '/run', '/root', '/tmp', '/'];
  const { stdout } = await bench.target.run('find', [...places, '-maxdepth', '2', '-name', 'M']);
  expect(stdout).toBe('');
});

/** netctl on the host itself, as these arguments run it. */
async function onHost(
  through: readonly string[],
  path: readonly string[],
  args: readonly string[],
): Promise<RunResult> {
  const { desk, target } = bench;
  const PATH = [...path, ...(testEngine().path ?? []), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
  return target.run('env', [`--chdir=${desk.folder}`, ...through, process.execPath, copiedProgram, ...args], {
    reject: false,
    timeout: 60_000,
    env: { XDG_STATE_HOME: desk.stateFolder, HOME: desk.folder, PATH },
  });
}

/** How netctl comes to the links of the host. */
const WAYS: Readonly<Record<string, (args: readonly string[]) => Promise<RunResult>>> = {
  'as root': async (args) => onHost([], [], args),
  'by sudo': async (args) => onHost(asUser('--inh-caps=-all'), ['/run/sudo-bin'], args),
  'by ssh': async (args) => bench.desk.netctl([...args, '--host', `ssh://root@${targetAddress}`]),
};

describe.each(Object.entries(WAYS))('%s', (way, netctl) => {
  // What is refused before anything is asked is so whatever the way.
  const places = Object.entries(PLACES).filter(([, [exit]]) => way === 'as root' || exit === 0);
  const cases = places.flatMap(([place, how]) => WORDS.map((word) => [place, word, how] as const));
  test.each(cases)('%s is %j in a spec', async (_place, word, [exit, spec]) => {
    const file = await bench.desk.write('spec.yaml', spec(word));
    const applied = await netctl(['apply', file, '--yes', '--no-probe']);
    expect(applied.exitCode, applied.stdout + applied.stderr).toBe(exit);
    if (exit !== 0) return;
    const { stdout } = await bench.target.run('docker', ['network', 'inspect', '--format', '{{.Labels.said}}', 'web']);
    expect(`${stdout}\n`).toBe(`${word}\n`);
    const gone = await netctl(['destroy', file, '--yes']);
    expect(gone.exitCode, gone.stderr).toBe(0);
  });

  test.each([
    ['apply', ['apply', 'links.yaml', '--yes', '--no-probe']],
    ['status', ['status', 'links.yaml']],
    ['destroy', ['destroy', 'links.yaml', '--yes']],
    ['import', ['import', '--name', 'home']],
    ['doctor', ['doctor']],
    ['init', ['init', '--yes', '--no-probe', '-o', '-']],
  ])('links that are called so are on the host: %s', async (_command, args) => {
    await bench.desk.write('links.yaml', { name: 'home', networks: { lan: shimmed } });
    const { exitCode, stdout, stderr } = await netctl(args);
    expect([0, ...(args[0] === 'doctor' ? [1] : [])], stdout + stderr).toContain(exitCode);
  });
});
