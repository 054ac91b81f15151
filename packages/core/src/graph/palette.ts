import type { TopologyState } from './topology.js';

/** A colour on light and on dark ground. */
export interface Shade {
  readonly light: string;
  readonly dark: string;
}

/** No two light ones are the same: a page in the dark finds by it what to show instead. */
export const GROUND = {
  page: { light: '#f6f8fa', dark: '#0d1117' },
  host: { light: '#fbfcfd', dark: '#12181f' },
  card: { light: '#fefefe', dark: '#171e27' },
  hostLine: { light: '#c9d3de', dark: '#323d4a' },
  rule: { light: '#e3e8ee', dark: '#2a333f' },
  line: { light: '#8494a7', dark: '#6f8096' },
  ink: { light: '#16202c', dark: '#e8edf3' },
  muted: { light: '#4d5b6b', dark: '#a5b2c1' },
} as const satisfies Readonly<Record<string, Shade>>;

/** Of a state: the colour of its words and lines, and the ground of its card's head. */
export const STATE_COLORS: Readonly<Record<TopologyState, { readonly strong: Shade; readonly tint: Shade }>> = {
  ok: { strong: { light: '#116337', dark: '#6fd39a' }, tint: { light: '#e3f5ea', dark: '#14301f' } },
  drifted: { strong: { light: '#8a4300', dark: '#f2b562' }, tint: { light: '#fdeed9', dark: '#3a2a10' } },
  missing: { strong: { light: '#0b56b8', dark: '#82b7ff' }, tint: { light: '#e4effd', dark: '#142a47' } },
  blocked: { strong: { light: '#b01e24', dark: '#ff9a94' }, tint: { light: '#fde7e7', dark: '#421a1c' } },
  unwanted: { strong: { light: '#77309a', dark: '#d9a6f2' }, tint: { light: '#f4e8fa', dark: '#331b40' } },
  wanted: { strong: { light: '#3b4a9c', dark: '#a9b6ff' }, tint: { light: '#e9ecfb', dark: '#20264a' } },
  other: { strong: { light: '#4e5763', dark: '#b3bdc9' }, tint: { light: '#edf0f3', dark: '#242c36' } },
};

/** Every colour of a drawing. */
export const SHADES: readonly Shade[] = [
  ...Object.values(GROUND),
  ...Object.values(STATE_COLORS).flatMap(({ strong, tint }) => [strong, tint]),
];
