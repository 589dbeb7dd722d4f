import { element } from './dom.js';

/** The lanes together are not wider than this, so that the words have room beside them. */
const LANES_PX = 210;
const WIDEST_LANE_PX = 62;
const ROW_PX = 20;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * The timeline that `dsc verify` prints when a check fails: a line for each participant, time downwards, a row for each
 * message, fault or note. A row's time is a button where `choose` is given.
 * @param timeline `{ participants, rows: [{ at, kind, from, to, label }], earlier }`, times in ms since the check began
 * @returns the element, and `mark(index)` which shows where a replay stands
 */
export function timelineView({ participants, rows, earlier }, choose) {
  const list = element('ol', { class: 'live-timeline', 'aria-label': 'Timeline of the check' });
  list.append(
    element('li', { 'aria-hidden': 'true' }, element('span', { class: 'live-faint' }, 'ms'), names(participants), ''),
  );
  if (earlier > 0) list.append(element('li', {}, '', element('span', { class: 'live-faint' }, `... ${earlier} earlier`)));
  const items = rows.map((row, index) => {
    const time = String(Math.round(row.at));
    const item = element(
      'li',
      { 'data-kind': row.kind },
      choose
        ? element('button', { type: 'button', onclick: () => choose(index), 'aria-label': `Go to ${time} ms` }, time)
        : element('span', { class: 'live-number' }, time),
      lanes(row, participants),
      element(
        'span',
        { class: 'live-label' },
        element('span', { class: 'live-hidden' }, between(row)),
        row.label,
      ),
    );
    list.append(item);
    return item;
  });
  const mark = (index) => {
    for (const [at, item] of items.entries()) {
      if (at === index) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    }
    items[index]?.scrollIntoView({ block: 'nearest' });
  };
  return { list, mark };
}

/** The drawing in words, for those who do not see it. */
function between({ kind, from, to }) {
  const what = { lost: 'lost, ', fault: 'fault, ', answer: 'answer, ' }[kind] ?? '';
  return `${what}${from && to ? `${from} to ${to}: ` : from ? `${from}: ` : ''}`;
}

function names(participants) {
  const { svg, middle, lane } = drawing(participants);
  for (const [index, name] of participants.entries()) {
    const text = shape('text', { x: middle(index), y: 14 });
    text.textContent = name;
    if (name.length * 6 > lane) text.setAttribute('textLength', lane - 3);
    if (name.length * 6 > lane) text.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    svg.append(text);
  }
  return svg;
}

function lanes(row, participants) {
  const { svg, middle } = drawing(participants);
  for (const index of participants.keys()) {
    const x = middle(index);
    svg.append(shape('line', { class: 'live-lane', x1: x, x2: x, y1: 0, y2: '100%' }));
  }
  const [from, to] = [row.from, row.to].map((name) => participants.indexOf(name));
  // Half-way down, however high the words beside it make the row.
  const half = shape('svg', { y: '50%', overflow: 'visible' });
  svg.append(half);
  if (from >= 0 && to >= 0) {
    const towards = to > from ? 1 : -1;
    const whole = middle(to) - middle(from);
    const end = row.kind === 'lost' ? middle(from) + whole * 0.66 : middle(to) - towards * 2;
    half.append(shape('line', { class: 'live-shaft', x1: middle(from), x2: end, y1: 0, y2: 0 }));
    const head =
      row.kind === 'lost'
        ? `M${end - 4} -4 l8 8 M${end - 4} 4 l8 -8`
        : `M${end - towards * 6} -4 L${end} 0 L${end - towards * 6} 4`;
    half.append(shape('path', { d: head }));
  } else if (from >= 0) {
    const x = middle(from);
    half.append(shape('path', { d: row.kind === 'note' ? `M${x - 3} 0 h6` : `M${x - 5} -5 l10 10 M${x - 5} 5 l10 -10` }));
  }
  return svg;
}

function drawing({ length }) {
  const lane = Math.min(WIDEST_LANE_PX, LANES_PX / length);
  const svg = shape('svg', { width: length * lane, height: ROW_PX, 'aria-hidden': 'true' });
  return { svg, lane, middle: (index) => (index + 0.5) * lane };
}

function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
