import type { PathFact, PathQuestion } from '@netctl/core';
import { isV6 } from '../check.js';
import type { Ip } from '../ip.js';
import { defined, fieldsOf, replyItems, textOf } from '../json.js';
import type { Place } from '../place.js';

/**
 * What is said where there is no way: by the kernel, where there is none or one of the types unreachable, prohibit and
 * blackhole (fib_props), in the words of glibc or musl; by `ip` or by the kernel, where the link is gone that it is to go by.
 */
export const NO_WAY =
  /^(?:RTNETLINK answers: (?:Network (?:is )?unreachable|No route to host|Host is unreachable|Permission denied|Invalid argument|No such device)|Cannot find device ".*")$/m;

/** Asks the kernel by which way each address is reached: rules and all tables count, and no packet is sent for it. */
export async function readPaths(
  ip: Ip,
  place: Place,
  questions: readonly PathQuestion[],
): Promise<readonly PathFact[]> {
  return Promise.all(
    questions.map(async (question) => {
      const way = await readWay(ip, question);
      return { ...way, answers: way.link !== undefined && (await answers(place, question)) };
    }),
  );
}

async function readWay(ip: Ip, { address, link }: PathQuestion): Promise<Omit<PathFact, 'answers'>> {
  const does = `see the way to ${address}`;
  const by = link === undefined ? [] : ['oif', link];
  const args = [isV6(address) ? '-6' : '-4', '-json', 'route', 'get', address, ...by];
  const { stdout } = await ip({ args, does, fine: NO_WAY });
  const route = fieldsOf(replyItems(stdout, does)[0]);
  return defined<Omit<PathFact, 'answers'>>({ address, link: textOf(route['dev']), via: textOf(route['gateway']) });
}

/** `-w` with `-c 1`: it asks each second until there is one answer. A host without `ping` is a host that cannot tell. */
async function answers(place: Place, { address, link, patience }: PathQuestion): Promise<boolean> {
  if (patience === 0) return false;
  const target = link === undefined ? address : `${address}%${link}`;
  const argv = ['ping', isV6(address) ? '-6' : '-4', '-n', '-q', '-c', '1', '-w', String(patience), target];
  return (await place.run(argv, { timeout: (patience + 1) * 1000 })).exit === 0;
}
