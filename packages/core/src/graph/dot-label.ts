import { printable } from '../printable.js';
import { GROUND, STATE_COLORS } from './palette.js';
import type { TopologyState } from './topology.js';

/*
 * The labels of Graphviz that look like HTML and are XML to its parser, where they name no entity that XML does not know.
 * Nothing but `text` puts words of others into them.
 */

/** Longer names are cut in a drawing; what is told of the thing has all of it. */
const LONGEST = 60;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Anybody's words, in one line. What XML has no character for becomes the one that stands for any. */
export function text(words: string): string {
  const letters = Array.from(printable(words));
  const cut = letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join('')}…` : letters.join('');
  // A backslash would begin the name of something: \\N that of the node.
  return escapeXml(cut).replaceAll('\\', '\\\\') + room(cut);
}

/** Graphviz takes a letter that is not of ASCII for as narrow as a space. */
function room(words: string): string {
  const missing = Array.from(words, (letter) => (letter < '\u0080' ? 0 : letter < '\u0250' ? 1 : 2));
  return '\u00A0'.repeat(missing.reduce<number>((sum, one) => sum + one, 0));
}

/** For the text of an element and for the value of an attribute in quotes. */
export function escapeXml(words: string): string {
  return words.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter).replace(/[\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD');
}

export function bold(words: string): string {
  // Graphviz refuses an empty element.
  return words === '' ? '' : `<B>${text(words)}</B>`;
}

export function colored(color: string, words: string): string {
  return words === '' ? '' : `<FONT COLOR="${color}">${text(words)}</FONT>`;
}

export interface CellLook {
  readonly align?: 'LEFT';
  readonly fill?: string;
  readonly span?: number;
  /** Makes it something of its own in the drawing. */
  readonly id?: string;
}

/** `content` is a label already. */
export function cell(content: string, { align, fill, span, id }: CellLook = {}): string {
  const attributes = [
    align === undefined ? '' : ` ALIGN="${align}"`,
    fill === undefined ? '' : ` BGCOLOR="${fill}"`,
    span === undefined ? '' : ` COLSPAN="${String(span)}"`,
    id === undefined ? '' : ` ID="${id}" HREF="#${id}"`,
  ].join('');
  return `<TD${attributes}>${content}</TD>`;
}

export function row(...cells: readonly string[]): string {
  return `<TR>${cells.join('')}</TR>`;
}

/** A card; what is not there has a line of dots around it. */
export function table(state: TopologyState, rows: readonly string[]): string {
  const there = state !== 'missing' && state !== 'wanted';
  const style = there ? 'ROUNDED' : 'ROUNDED,DASHED';
  return `<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="${style}" BGCOLOR="${GROUND.card.light}" COLOR="${STATE_COLORS[state].strong.light}">${rows.join('')}</TABLE>`;
}
