import { expect, test } from 'vitest';
import { GROUND, SHADES, STATE_COLORS } from '../../../packages/core/src/graph/palette.js';
import type { Shade } from '../../../packages/core/src/graph/palette.js';

/** The contrast of two colours (WCAG 2.2, relative luminance). */
function contrast(one: string, other: string): number {
  const luminance = (color: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

test('a page in the dark finds each colour by the one that it has in the light', () => {
  const light = SHADES.map((shade) => shade.light);
  expect(new Set(light).size).toBe(light.length);
  expect(light.filter((color) => !/^#[0-9a-f]{6}$/.test(color))).toEqual([]);
});

test.each(['light', 'dark'] as const)('all words can be read: 4.5 to 1, %s', (ground) => {
  const { card, page, ink, muted } = GROUND;
  const states = Object.values(STATE_COLORS);
  const pairs: readonly (readonly [Shade, Shade])[] = [
    ...[ink, muted, ...states.map(({ strong }) => strong)].flatMap((words) => [
      [words, card] as const,
      [words, page] as const,
    ]),
    ...states.flatMap(({ strong, tint }) => [[strong, tint] as const, [ink, tint] as const]),
  ];
  expect(pairs.filter(([words, behind]) => contrast(words[ground], behind[ground]) < 4.5)).toEqual([]);
});
