/** An element that the page has, by its id. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no #${id}`);
  return found;
}

/** A new element with a text, which is never taken for HTML. */
export function make(tag: string, text = '', className = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}

/** Everything that stands for an item: in the drawing, where it may have several parts, and in the list. */
export function partsOf(id: string): readonly Element[] {
  return [...document.querySelectorAll(`[data-item="${id}"]`)];
}
