import { element, partsOf } from './element.js';
import type { Items, PageItem } from './items.js';
import type { Selection } from './selection.js';

export interface Search {
  readonly field: HTMLInputElement;
  clear(): void;
}

/** Finds items by any of their words, marks them, and goes from one to the next. */
export function followSearch(items: Items, selection: Selection): Search {
  const field = element('query') as HTMLInputElement;
  const found = element('found');
  const buttons = [element('previous'), element('next')] as HTMLButtonElement[];
  const texts = items.all.map((item) => [item, textOf(item)] as const);
  let results: readonly PageItem[] = [];
  let at = -1;

  const tell = (): void => {
    const count = String(results.length);
    found.textContent = field.value.trim() === '' ? '' : at < 0 ? `${count} found` : `${String(at + 1)} of ${count}`;
    for (const button of buttons) button.disabled = results.length === 0;
  };
  const search = (): void => {
    for (const part of document.querySelectorAll('.hit')) part.classList.remove('hit');
    const words = field.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    results =
      words.length === 0
        ? []
        : texts.flatMap(([item, text]) => (words.every((word) => text.includes(word)) ? [item] : []));
    // By name before by what is told of it.
    const named = ({ name }: PageItem): boolean => words.every((word) => name.toLowerCase().includes(word));
    results = [...results.filter(named), ...results.filter((item) => !named(item))];
    at = -1;
    document.body.classList.toggle('searching', words.length > 0);
    for (const { id } of results) for (const part of partsOf(id)) part.classList.add('hit');
    tell();
  };
  const go = (step: 1 | -1): void => {
    if (results.length === 0) return;
    at = at < 0 && step < 0 ? results.length - 1 : (at + step + results.length) % results.length;
    const result = results[at];
    if (result !== undefined) selection.choose(result.id);
    tell();
  };

  field.addEventListener('input', search);
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.shiftKey) return;
    event.preventDefault();
    go(-1);
  });
  element('search').addEventListener('submit', (event) => {
    event.preventDefault();
    go(1);
  });
  element('previous').addEventListener('click', () => go(-1));
  return {
    field,
    clear: () => {
      field.value = '';
      search();
    },
  };
}

function textOf({ name, about, why = '', details, checks }: PageItem): string {
  return [name, about, why, ...details.map(([, value]) => value), ...checks.map(({ claim }) => claim)]
    .join('\n')
    .toLowerCase();
}
