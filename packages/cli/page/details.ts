import { isSameContainer } from '../src/graph/page-item.js';
import { element, make } from './element.js';
import type { Items, PageItem } from './items.js';
import type { Selection } from './selection.js';

/** What is told of the chosen item, beside the drawing. */
export function showDetails(items: Items, selection: Selection): void {
  const panel = element('details');
  selection.onChange((id) => {
    const item = id === undefined ? undefined : items.byId.get(id);
    panel.hidden = item === undefined;
    panel.replaceChildren(...(item === undefined ? [] : contentOf(item, items, selection)));
    panel.scrollTop = 0;
  });
}

function contentOf(item: PageItem, items: Items, selection: Selection): readonly Element[] {
  const close = make('button', '✕', 'close');
  close.setAttribute('aria-label', 'Close details');
  close.addEventListener('click', () => selection.clear());
  const word = document.querySelector(`#legend [data-state="${item.state}"]`);
  const state = make('p', '', `state is-${item.state}`);
  // The sign and the word, without the count.
  state.textContent = [...(word?.childNodes ?? [])]
    .slice(0, 2)
    .map(({ textContent }) => textContent)
    .join('')
    .trim();
  const others = items.all.filter((one) => isSameContainer(one, item) && one.id !== item.id);
  const parent = item.parent === undefined ? undefined : items.byId.get(item.parent);
  return [
    close,
    make('p', item.kind, 'kind'),
    make('h2', item.name),
    state,
    ...(item.why === undefined ? [] : [make('p', item.why, `why is-${item.state}`)]),
    make('p', item.about, 'about'),
    facts(item),
    ...checks(item),
    ...links('In', parent === undefined ? [] : [parent], selection),
    ...links('Also', others, selection, items),
    ...links(item.kind === 'network' ? 'Containers' : 'Has', items.inside(item.id), selection),
  ];
}

function facts({ details }: PageItem): Element {
  const list = make('dl');
  for (const [label, value] of details) list.append(make('dt', label), make('dd', value));
  return list;
}

const CHECK_STATES = { passed: ['ok', '✓ proved'], failed: ['blocked', '✗ failed'], untested: ['other', '? untested'] };

function checks({ checks: all }: PageItem): readonly Element[] {
  if (all.length === 0) return [];
  const list = make('ul', '', 'checks');
  for (const { state, claim, cause, cure } of all) {
    const [look = '', said = ''] = CHECK_STATES[state];
    const entry = make('li');
    entry.append(make('span', said, `state is-${look}`), make('span', ` ${claim}`));
    for (const more of [cause, cure]) if (more !== undefined) entry.append(make('span', more, 'why'));
    list.append(entry);
  }
  return [make('h3', 'Proved by packets'), list];
}

function links(head: string, all: readonly PageItem[], selection: Selection, items?: Items): readonly Element[] {
  if (all.length === 0) return [];
  const list = make('ul', '', 'links');
  for (const { id, name, state, parent } of all) {
    const on = parent === undefined ? undefined : items?.byId.get(parent)?.name;
    const button = make('button', on === undefined ? name : `on ${on}`, `is-${state}`);
    button.addEventListener('click', () => selection.choose(id));
    const entry = make('li');
    entry.append(button);
    list.append(entry);
  }
  return [make('h3', head), list];
}
