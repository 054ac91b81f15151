import { isSameContainer } from '../src/graph/page-item.js';
import type { Drawing } from './drawing.js';
import { partsOf } from './element.js';
import type { Items } from './items.js';

/** The one item that is chosen. */
export interface Selection {
  readonly chosen: string | undefined;
  /** Chooses an item and shows where it is. */
  choose(id: string, options?: { readonly focus?: boolean }): void;
  clear(): void;
  /** Tells of each change. */
  onChange(listener: (id: string | undefined) => void): void;
}

export function createSelection(items: Items, drawing: Drawing): Selection {
  const listeners: ((id: string | undefined) => void)[] = [];
  let chosen: string | undefined;
  const mark = (id: string | undefined): void => {
    for (const part of document.querySelectorAll('.chosen, .same')) part.classList.remove('chosen', 'same');
    chosen = id;
    const item = id === undefined ? undefined : items.byId.get(id);
    if (item?.kind === 'container') {
      // The same container on its other networks.
      for (const other of items.all) {
        if (isSameContainer(other, item)) partsOf(other.id).forEach(addClass('same'));
      }
    }
    if (id !== undefined) partsOf(id).forEach(addClass('chosen'));
    history.replaceState(null, '', id === undefined ? '#' : `#${id}`);
    for (const listener of listeners) listener(id);
  };
  return {
    get chosen() {
      return chosen;
    },
    choose: (id, { focus = false } = {}) => {
      mark(id);
      const part = drawnPart(items, drawing, id);
      if (part === undefined) return;
      drawing.reveal(part);
      if (focus && part instanceof SVGElement) part.focus({ preventScroll: true });
    },
    clear: () => mark(undefined),
    onChange: (listener) => listeners.push(listener),
  };
}

/** What stands for an item in the drawing; of a container that has no row of its own, its network. */
export function drawnPart(items: Items, { frame }: Drawing, id: string): Element | undefined {
  const part = frame.querySelector(`[data-item="${id}"]`);
  if (part !== null) return part;
  const parent = items.byId.get(id)?.parent;
  return parent === undefined ? undefined : drawnPart(items, { frame } as Drawing, parent);
}

function addClass(name: string): (part: Element) => void {
  return (part) => part.classList.add(name);
}
