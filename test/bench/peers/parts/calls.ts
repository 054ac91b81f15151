import { proxyEngine } from '../../../integration/support/engine-proxy.js';
import { netctl, openBed } from '../bed.js';
import { pinned, specOf } from '../networks.js';
import type { Part } from '../part.js';

/** What an apply asks the engine when there is nothing to do. */
export const calls: Part = async () => {
  await using bed = await openBed();
  await using proxy = await proxyEngine(bed.host.socket);
  const rows: string[][] = [];
  for (const count of [1, 10, 50]) {
    const spec = await bed.desk.write('some.yaml', specOf(pinned(count, 'n', 100)));
    await bed.time(netctl('apply', spec));
    const before = proxy.calls.length;
    await bed.time(netctl('apply', spec), { DOCKER_HOST: proxy.dockerHost });
    const made = proxy.calls.slice(before).map(({ method, path }) => `${method} ${path}`);
    rows.push([String(count), String(made.length), made.join(', ')]);
  }
  const [counts] = [new Set(rows.map(([, number]) => number))];
  const notes = [counts.size === 1 ? 'The number of calls does not depend on the number of networks.' : 'It depends.'];
  return [{ title: 'Calls of an apply with nothing to do', table: { head: ['networks', 'calls', ''], rows }, notes }];
};
