/**
 * An element with attributes and children. Text is text, never HTML: what nodes print is shown as they print it.
 * Attributes that begin with "on" are listeners; those that are undefined, null or false are left out.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/** Says it only when it changed: a screen reader and a focus are not disturbed. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Makes the children of `parent` those of `items`, and keeps the ones that are there already. */
export function keyed(parent, items, keyOf, make, update) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let before = null;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = present.get(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    present.delete(key);
    const place = before ? before.nextSibling : parent.firstChild;
    if (child !== place) parent.insertBefore(child, place);
    update?.(child, item);
    before = child;
  }
  for (const gone of present.values()) gone.remove();
}
