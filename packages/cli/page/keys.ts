import type { Drawing } from './drawing.js';
import { element } from './element.js';
import type { Items, PageItem } from './items.js';
import type { Search } from './search.js';
import { drawnPart } from './selection.js';
import type { Selection } from './selection.js';

/** The drawing is one stop of the Tab key; inside of it the arrows go from item to item. */
export function followKeys(items: Items, selection: Selection, drawing: Drawing, search: Search): void {
  const drawn = new Map(
    items.all.flatMap((item) => {
      const part = drawing.frame.querySelector<SVGElement>(`[data-item="${item.id}"]`);
      return part === null ? [] : [[item.id, part] as const];
    }),
  );
  let here = items.all[0]?.id;
  for (const [id, part] of drawn) {
    // What is in a button is nothing of its own to a screen reader.
    part.setAttribute('role', part.querySelector('[data-item]') === null ? 'button' : 'group');
    part.setAttribute('aria-label', part.querySelector('title')?.textContent ?? '');
    part.setAttribute('tabindex', id === here ? '0' : '-1');
  }
  const moveTo = (id: string): void => {
    if (here !== undefined) drawn.get(here)?.setAttribute('tabindex', '-1');
    here = id;
    const part = drawn.get(id);
    part?.setAttribute('tabindex', '0');
    part?.focus({ preventScroll: true });
    if (part !== undefined) drawing.reveal(part);
  };
  selection.onChange((id) => {
    const part = id === undefined ? undefined : drawnPart(items, drawing, id);
    const shown = part instanceof SVGElement ? part.dataset['item'] : undefined;
    if (shown === undefined || shown === here) return;
    if (here !== undefined) drawn.get(here)?.setAttribute('tabindex', '-1');
    drawn.get(shown)?.setAttribute('tabindex', '0');
    here = shown;
  });

  document.addEventListener('click', (event) => {
    const id = itemOf(event.target);
    if (id !== undefined) selection.choose(id, { focus: true });
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      const again = selection.chosen;
      if (again !== undefined) selection.clear();
      else search.clear();
      if (again !== undefined && document.activeElement === document.body) moveTo(here ?? again);
      return;
    }
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === '/') {
      event.preventDefault();
      search.field.select();
      search.field.focus();
      return;
    }
    const zoom = { '+': 1.3, '=': 1.3, '-': 1 / 1.3 }[event.key];
    if (zoom !== undefined) drawing.zoom(zoom);
    if (event.key === '0') drawing.fit();
    const id = itemOf(event.target);
    if (id === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      selection.choose(id, { focus: true });
      return;
    }
    const next = neighbour(id, event.key, items, (one) => drawn.has(one.id));
    if (next === undefined) return;
    event.preventDefault();
    moveTo(next);
  });
  element('fit').addEventListener('click', () => drawing.fit());
  element('larger').addEventListener('click', () => drawing.zoom(1.3));
  element('smaller').addEventListener('click', () => drawing.zoom(1 / 1.3));
}

/** What the arrow leads to: right into an item, left out of it, up and down to those beside it. */
function neighbour(id: string, key: string, items: Items, isDrawn: (item: PageItem) => boolean): string | undefined {
  const item = items.byId.get(id);
  if (item === undefined) return undefined;
  if (key === 'ArrowRight') return items.inside(id).find(isDrawn)?.id;
  if (key === 'ArrowLeft') return item.parent;
  const beside = items.inside(item.parent).filter(isDrawn);
  const at = beside.indexOf(item);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: beside.length - 1,
  };
  const step = steps[key];
  return step === undefined ? undefined : beside[step]?.id;
}

function itemOf(target: EventTarget | null): string | undefined {
  const part = target instanceof Element ? target.closest('[data-item]') : null;
  return part?.getAttribute('data-item') ?? undefined;
}
