/** The script of the page that `netctl graph --format html` writes. It asks nobody for anything. */
import { showDetails } from './details.js';
import { createDrawing } from './drawing.js';
import { element } from './element.js';
import { readItems } from './items.js';
import { followKeys } from './keys.js';
import { followLegend } from './legend.js';
import { followSearch } from './search.js';
import { createSelection } from './selection.js';

const items = readItems();
const drawing = createDrawing(element('drawing'));
const selection = createSelection(items, drawing);

document.documentElement.classList.add('scripted');
showDetails(items, selection);
const search = followSearch(items, selection);
followLegend(items);
followKeys(items, selection, drawing, search);

const asList = element('as-list');
asList.addEventListener('click', () => {
  const listed = document.body.classList.toggle('listed');
  asList.setAttribute('aria-pressed', String(listed));
  if (!listed) drawing.fit();
});

drawing.fit();
const named = items.byId.get(location.hash.slice(1));
if (named !== undefined) selection.choose(named.id);
