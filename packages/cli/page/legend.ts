import { element, partsOf } from './element.js';
import type { Items } from './items.js';

/** A press on a state shows what is in it, and lets the rest step back; another press ends it. */
export function followLegend(items: Items): void {
  const buttons = [...element('legend').querySelectorAll('button')];
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const on = button.getAttribute('aria-pressed') !== 'true';
      for (const other of buttons) other.setAttribute('aria-pressed', String(on && other === button));
      document.body.classList.toggle('filtered', on);
      for (const { id, state } of items.all) {
        for (const part of partsOf(id)) part.classList.toggle('apart', on && state === button.dataset['state']);
      }
    });
  }
}
