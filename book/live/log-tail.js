import { element, keyed } from './dom.js';

/** The last lines that the nodes printed; it follows them while the reader is at its end. */
export class LogTail {
  #numbers = new WeakMap();
  #last = 0;

  constructor() {
    this.list = element('ol', { class: 'live-log' });
    this.node = element('select', { 'aria-label': 'Lines of which node', onchange: () => this.show(this.lines) });
    // Said by no screen reader by itself: who wants to hear the lines goes there.
    const box = { class: 'live-scroll', role: 'log', 'aria-live': 'off', 'aria-label': 'Log', tabindex: '0' };
    this.scroll = element('div', box, this.list);
    this.body = element('div', {}, element('p', { class: 'live-row' }, this.node), this.scroll);
    this.lines = [];
  }

  /** @param names of the nodes that can be chosen */
  choices(names) {
    const present = [...this.node.options].slice(1).map(({ value }) => value);
    if (present.join() === names.join()) return;
    const options = names.map((name) => element('option', { value: name }, name));
    this.node.replaceChildren(element('option', { value: '' }, 'all nodes'), ...options);
  }

  show(lines) {
    this.lines = lines;
    const wanted = this.node.value;
    const shown = wanted ? lines.filter(({ node }) => node === wanted) : lines;
    const { scroll } = this;
    const atEnd = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 8;
    keyed(this.list, shown, (line) => this.#numberOf(line), ({ node, text }) =>
      element('li', {}, element('b', {}, node), ` ${text}`),
    );
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  }

  #numberOf(line) {
    if (!this.#numbers.has(line)) this.#numbers.set(line, ++this.#last);
    return this.#numbers.get(line);
  }
}
