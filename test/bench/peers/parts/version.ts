import { netctl, openBed } from '../bed.js';
import { alternate, ratioOf } from '../measure.js';
import type { Part } from '../part.js';

const ROUNDS = 40;

/** What it costs to start at all. */
export const version: Part = async () => {
  await using bed = await openBed();
  const timings = await alternate(
    [
      { name: 'netctl --version', run: () => bed.time(netctl('--version')) },
      { name: 'node -e 0', run: () => bed.time([process.execPath, '-e', '0']) },
      { name: 'netctl --help', run: () => bed.time(netctl('--help')) },
    ],
    ROUNDS,
  );
  const ratios = [
    ratioOf(timings, 'netctl --version', ['node -e 0'], 1.15),
    ratioOf(timings, 'netctl --help', ['node -e 0']),
  ];
  return [{ title: 'Start', timings, ratios }];
};
