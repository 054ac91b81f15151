import { LINK_GROUP } from '@netctl/core';
import { netctl, openBed } from '../bed.js';
import { alternate, ratioOf } from '../measure.js';
import type { Part } from '../part.js';

const ROUNDS = 5;
const COUNT = 100;

/** Host shims, on one parent, so that they are made on every kernel; a VLAN link takes fewer lines. */
export const links: Part = async () => {
  await using bed = await openBed();
  const indexes = Array.from({ length: COUNT }, (_, index) => index);
  const range = (index: number): string => `10.120.${String(index)}.128/25`;
  const networks = indexes.map(
    (index) =>
      `  n${String(index)}: { driver: macvlan, parent: eth0, subnet: 10.120.${String(index)}.0/24, ` +
      `gateway: 10.120.${String(index)}.1, ip_range: ${range(index)}, shim: { name: s${String(index)} } }\n`,
  );
  const spec = await bed.desk.write('shims.yaml', `name: bench\nnetworks:\n${networks.join('')}`);
  const lines = indexes.flatMap((index) => {
    const name = `s${String(index)}`;
    return [
      `link add link eth0 name ${name} group ${String(LINK_GROUP)} type macvlan mode bridge`,
      `link set dev ${name} alias netctl:bench/link:${name}`,
      `link set dev ${name} up`,
      `addr replace 10.120.${String(index)}.255/32 dev ${name}`,
      `route add ${range(index)} dev ${name} src 10.120.${String(index)}.255 proto static`,
    ];
  });
  const batch = await bed.desk.write('lines', `${lines.join('\n')}\n`);
  const away = await bed.desk.write('away', indexes.map((index) => `link del s${String(index)}\n`).join(''));
  const after = async (): Promise<void> => {
    await bed.host.run('ip', ['-batch', away]);
  };
  const timings = await alternate(
    [
      // Without asking the LAN for each address, which no batch does.
      { name: 'netctl apply', run: () => bed.time(netctl('apply', '--links-only', '--no-probe', spec)), after },
      { name: 'ip -batch', run: () => bed.time(['ip', '-batch', batch]), after },
    ],
    ROUNDS,
  );
  return [{ title: 'Making 100 shims', timings, ratios: [ratioOf(timings, 'netctl apply', ['ip -batch'], 1.5)] }];
};
