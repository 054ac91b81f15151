import { makePlan } from '../../../../packages/core/src/plan/plan.js';
import { parseSpec } from '../../../../packages/core/src/spec/load.js';
import { SHAPES } from '../../shapes.js';
import { milliseconds } from '../markdown.js';
import { spreadOf } from '../measure.js';
import type { Part } from '../part.js';

const RUNS = 9;
const SIZES = [1000, 10_000];

/** The plan alone, in memory, of bridges that are all there already, and of bridges of which none is. */
export const planning: Part = () => {
  const shapes = SHAPES.filter(({ title }) => title.startsWith('bridges alone'));
  const rows = shapes.flatMap(({ title, specOf, factsOf }) =>
    SIZES.map((size) => {
      const loaded = parseSpec({ bytes: specOf(size), file: 'bench.yaml', env: {} });
      const facts = factsOf(size, loaded);
      const times = Array.from({ length: RUNS }, () => {
        const before = process.cpuUsage();
        const begun = performance.now();
        makePlan(loaded, new Map([['local', facts]]));
        const wall = performance.now() - begun;
        const { user, system } = process.cpuUsage(before);
        return { wall, cpu: (user + system) / 1000 };
      });
      const wall = spreadOf(times.map((one) => one.wall));
      const cpu = spreadOf(times.map((one) => one.cpu));
      const range = `${milliseconds(wall.least)} to ${milliseconds(wall.most)}`;
      const each = ((wall.median / size) * 1000).toFixed(0);
      return [
        title,
        String(size),
        `${milliseconds(wall.median)} ms`,
        range,
        `${milliseconds(cpu.median)} ms`,
        `${each} µs`,
      ];
    }),
  );
  const head = ['', 'networks', 'wall, median', 'least to most', 'CPU, median', 'each'];
  const notes = ['The target for 1,000 is less than 50 ms, growing linearly to 10,000.'];
  return Promise.resolve([{ title: 'Planning in memory', table: { head, rows }, notes }]);
};
