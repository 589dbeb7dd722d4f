import { element, keyed } from './dom.js';

/**
 * The buttons for the whole cluster: verify, kill the leader, heal; and a form each for a partition, loss and delay.
 * @param act called with the fault and its arguments, as `dsc chaos` takes them
 */
export class ClusterFaults {
  constructor(act) {
    this.verify = button('Verify', () => act('verify'), 'live-main');
    this.killLeader = button('Kill the leader', () => act('kill-leader'));
    this.sides = element('span', { class: 'live-row' });
    const cut = () => {
      const boxes = [...this.sides.querySelectorAll('input')];
      const side = (checked) => boxes.filter((box) => box.checked === checked).map(({ value }) => value);
      act('partition', [side(true).join(','), side(false).join(',')].filter(Boolean));
    };
    this.loss = number('30', '%', 'Loss, percent');
    this.delay = number('500', 'ms', 'Delay, milliseconds');
    this.body = element(
      'div',
      {},
      element('div', { class: 'live-row' }, this.verify, this.killLeader, button('Heal', () => act('heal'))),
      element(
        'details',
        {},
        element('summary', {}, 'More faults'),
        element(
          'fieldset',
          {},
          element('legend', {}, 'Partition: these nodes on one side'),
          element('div', { class: 'live-row' }, this.sides, button('Partition', cut)),
        ),
        element(
          'fieldset',
          {},
          element('legend', {}, 'All messages'),
          element(
            'div',
            { class: 'live-row' },
            this.loss,
            button('Lose', () => act('loss', [`${this.loss.querySelector('input').value}%`])),
            this.delay,
            button('Delay', () => act('delay', [`${this.delay.querySelector('input').value}ms`])),
          ),
        ),
      ),
    );
  }

  show({ nodes, run, running }) {
    this.killLeader.hidden = !nodes.some((node) => node.role !== undefined && node.term !== undefined);
    const verifying = running && run !== null && run.verdict === null;
    this.verify.setAttribute('aria-disabled', String(verifying));
    this.verify.textContent = verifying ? 'Verifying ...' : 'Verify';
    keyed(this.sides, nodes, ({ name }) => name, ({ name }) =>
      element('label', {}, element('input', { type: 'checkbox', value: name }), ` ${name}`),
    );
  }
}

function button(label, onclick, look) {
  const press = ({ currentTarget }) => {
    if (currentTarget.getAttribute('aria-disabled') !== 'true') onclick();
  };
  return element('button', { type: 'button', class: look, onclick: press }, label);
}

function number(value, unit, label) {
  return element('label', {}, element('input', { type: 'number', min: '0', value, 'aria-label': label }), ` ${unit}`);
}
