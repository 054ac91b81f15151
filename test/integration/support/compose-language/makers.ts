import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply, connectDocker, loadSpecText, NetctlError } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import type { Host, RunResult } from '@netctl/lab';
import { composeProgram } from '../replace/compose.js';

/** Networks by key, each a block in one line of YAML. */
export type Networks = ReadonlyMap<string, string>;

/** Who makes networks on a host out of the same blocks: Compose, and netctl as a library. */
export interface Makers extends AsyncDisposable {
  /** `docker-compose create` for a service on all of them, of which no container is made; the result is Compose's. */
  compose(networks: Networks): Promise<RunResult>;
  composeDown(): Promise<RunResult>;
  /** `netctl apply --yes`, which throws where it refuses. */
  netctl(networks: Networks): Promise<void>;
  /** What stands against these as a spec: the codes of the errors, without asking any engine. */
  refusals(networks: Networks): Promise<readonly string[]>;
}

export const PROJECT = 'lang';

export async function openMakers(host: Host, image: string): Promise<Makers> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-language-'));
  const engine = await connectDocker({ host: host.dockerHost, timeout: 60_000 });
  const backends = { engine, links: iproute2({ command: host.command('ip'), timeout: 60_000 }) };
  const file = join(folder, 'compose.yaml');
  const run = async (...args: readonly string[]) =>
    host.run(composeProgram ?? '', ['--file', file, ...args], { reject: false, timeout: 110_000 });
  const load = async (networks: Networks) =>
    loadSpecText(`name: ${PROJECT}\n${block(networks)}`, { file: 'spec.yaml', folder });
  return {
    compose: async (networks) => {
      const service = `{ image: ${image}, pull_policy: never, networks: [${[...networks.keys()].join(', ')}] }`;
      await writeFile(file, `name: ${PROJECT}\nservices:\n  one: ${service}\n${block(networks)}`);
      return run('create', '--scale', 'one=0');
    },
    composeDown: async () => run('down'),
    netctl: async (networks) => {
      try {
        await apply(await load(networks), backends, { stateDir: folder, probe: false, allowDisruptive: true });
      } catch (error) {
        // vitest shows the message alone.
        if (error instanceof NetctlError)
          for (const { path, message } of error.problems) error.message += `\n${path} ${message}`;
        throw error;
      }
    },
    refusals: async (networks) => {
      try {
        await load(networks);
        return [];
      } catch (error) {
        if (!(error instanceof NetctlError)) throw error;
        return error.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function block(networks: Networks): string {
  return ['networks:', ...[...networks].map(([key, yaml]) => `  ${key}: ${yaml}`), ''].join('\n');
}
