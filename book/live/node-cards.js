import { element, keyed, write } from './dom.js';
import { stateWords } from './model.js';

/** What can be done to a node, and when it makes sense. */
const ACTS = [
  { act: 'restart', name: 'Restart', when: ({ status }) => status === 'exited' || status === 'absent' },
  { act: 'resume', name: 'Resume', when: ({ status }) => status === 'paused' },
  { act: 'kill', name: 'Kill', when: ({ status }) => status === 'running' || status === 'paused' },
  { act: 'pause', name: 'Pause', when: ({ status }) => status === 'running' },
  { act: 'isolate', name: 'Isolate', when: ({ status }) => status === 'running' },
];

/**
 * One card for each node: what it is in words, and the buttons for its faults.
 * @param act called with the fault and its arguments
 */
export class NodeCards {
  constructor(act) {
    this.act = act;
    this.list = element('ul', { class: 'live-nodes' });
  }

  show(nodes, faults) {
    const make = ({ name }) => this.#card(name);
    keyed(this.list, nodes, ({ name }) => name, make, (card, node) => this.#update(card, node, faults));
  }

  #card(name) {
    const buttons = ACTS.map(({ act, name: label }) =>
      element(
        'button',
        { type: 'button', 'data-act': act, 'aria-label': `${label} ${name}`, onclick: () => this.act(act, [name]) },
        label,
      ),
    );
    return element(
      'li',
      { class: 'live-node' },
      element(
        'div',
        { class: 'live-what' },
        element('strong', {}, name),
        ' ',
        element('span', { class: 'live-state' }),
        element('div', { class: 'live-faint live-details' }),
        element('div', { class: 'live-fault' }),
      ),
      element('div', { class: 'live-row' }, ...buttons),
    );
  }

  #update(card, node, faults) {
    card.dataset.status = node.status;
    card.dataset.role = node.role ?? '';
    const silent = node.status === 'running' && node.answers === false ? ', does not answer' : '';
    write(card.querySelector('.live-state'), `${stateWords(node)}${silent}`);
    write(card.querySelector('.live-details'), details(node));
    const own = faults.filter(({ what }) => what.split(/[^\w-]+/).includes(node.name) && !/killed|paused/.test(what));
    write(card.querySelector('.live-fault'), own.map(({ what }) => what).join('; '));
    let focusLost = false;
    for (const { act, when } of ACTS) {
      const button = card.querySelector(`[data-act=${act}]`);
      const hide = !when(node);
      if (hide && document.activeElement === button) focusLost = true;
      button.hidden = hide;
    }
    // Who pressed Kill finds Restart under the finger.
    if (focusLost) card.querySelector('button:not([hidden])')?.focus();
  }
}

/** `leader, term 5`: what the node says of itself. */
function details(node) {
  if (node.status !== 'running') return '';
  const parts = [node.role, node.term !== undefined && `term ${node.term}`, ...(node.more ?? [])];
  return parts.filter(Boolean).join(' · ');
}
