import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@netctl/lab';
import { askEngine } from '../engine-client.js';
import type { Desk } from '../netctl.js';

/** Docker Compose, as scripts/compose fetched it; undefined where it could not. */
export const composeProgram = found(
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netctl/compose/docker-compose'),
);

function found(program: string): string | undefined {
  return existsSync(program) ? program : undefined;
}

/** A project on the external network `lan`, whose services have a place of their own there and one that they are given. */
export async function writeProject(desk: Desk, image: string): Promise<string> {
  const common = { image, pull_policy: 'never', init: true, stop_grace_period: '1s' };
  return desk.write('compose.yaml', {
    name: 'shop',
    networks: { lan: { external: true } },
    services: {
      cart: { ...common, networks: { lan: { ipv4_address: '10.5.0.60', aliases: ['basket'] } } },
      till: { ...common, networks: { lan: {} } },
    },
  });
}

/** `docker compose up -d`; it says on standard error what it did. */
export async function composeUp(
  host: Host,
  project: string,
): Promise<{ readonly exitCode: number; readonly stderr: string }> {
  return host.run(composeProgram ?? '', ['--file', project, 'up', '--detach', '--timeout', '1'], {
    reject: false,
    timeout: 60_000,
  });
}

/** Its containers' ids, by name. */
export async function composed(host: Host): Promise<Readonly<Record<string, string>>> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['com.docker.compose.project=shop'] }));
  const containers = await askEngine<readonly { Id: string; Names: readonly string[] }[]>(
    host,
    'GET',
    `/containers/json?all=1&filters=${filters}`,
  );
  return Object.fromEntries(
    containers.map(({ Id, Names }): [string, string] => [(Names[0] ?? '').slice(1), Id]).sort(),
  );
}
