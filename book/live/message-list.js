import { element, write } from './dom.js';
import { WINDOW_MS } from './model.js';

const MOST_ROWS = 15;

/** The diagram in words: how many messages there were, and the last that were more than routine. */
export class MessageList {
  constructor() {
    this.summary = element('p', { class: 'live-faint' });
    this.rows = element('tbody');
    const head = ['Time', 'From', 'To', 'Message', 'What became of it'];
    const table = element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
      this.rows,
    );
    const scroll = element('div', { class: 'live-scroll', tabindex: '0', role: 'group', 'aria-label': 'Messages' }, table);
    this.details = element('details', {}, element('summary', {}, 'The messages as text'), scroll);
    this.details.addEventListener('toggle', () => this.model && this.show(this.model));
    this.body = element('div', {}, this.summary, this.details);
  }

  show(model) {
    this.model = model;
    const { messages, dropped } = model;
    const now = messages.at(-1)?.sentAt ?? 0;
    const recent = messages.filter(({ sentAt }) => sentAt > now - WINDOW_MS);
    const lost = recent.filter(({ outcome }) => !['answered', 'waiting'].includes(outcome)).length;
    const missed = dropped > 0 ? ` · ${dropped} events were too many for this browser` : '';
    write(this.summary, `${recent.length} messages in the last ${WINDOW_MS / 1000} s, ${lost} of them lost or unanswered${missed}`);
    if (!this.details.open) return;
    const told = messages.filter(({ routine, outcome }) => !routine || !['answered', 'waiting'].includes(outcome));
    this.rows.replaceChildren(
      ...told
        .slice(-MOST_ROWS)
        .reverse()
        .map(({ sentAt, from, to, label, outcome, status, faults }) => {
          const fate = [outcome === 'answered' ? `answered ${status}` : outcome, ...faults].join(', ');
          const time = new Date(sentAt).toISOString().slice(17, 23);
          return element('tr', {}, ...[time, from, to, label, fate].map((text) => element('td', {}, text)));
        }),
    );
  }
}
