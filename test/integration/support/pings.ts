import type { Host, Lan } from '@netctl/lab';
import type { StartedTestContainer } from 'testcontainers';
import { until } from './until.js';

/** One echo request; whether it was answered within a second. */
export async function pings(from: Host | Lan, address: string): Promise<boolean> {
  const { exitCode } = await from.run('ping', ['-c', '1', '-W', '1', address], { reject: false });
  return exitCode === 0;
}

/** The same from inside a container. */
export async function pingsFrom(container: StartedTestContainer, address: string): Promise<boolean> {
  return (await container.exec(['ping', '-c', '1', '-W', '1', address])).exitCode === 0;
}

/** Polls until it is answered: a fresh neighbour may take a moment. Throws when it never is. */
export async function reaches(from: Host | Lan, address: string): Promise<void> {
  await until(`${address} answers`, () => pings(from, address));
}

export async function reachesFrom(container: StartedTestContainer, address: string): Promise<void> {
  await until(`${address} answers ${container.getName()}`, () => pingsFrom(container, address));
}
