import { element, keyed, write } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const RADIUS = 78;
/** Of the hashes: 32 bits. */
const WHOLE = 2 ** 32;

/**
 * The ring of consistent hashing: an arc for each point, drawn in the pattern of its owner, and how much each owns.
 * @param view `{ mode, replicas, points: [{ hash, node }], nodes: [{ name, share, keys }] }`
 */
export function ringView(body, { mode, replicas, points, nodes }) {
  if (!body.querySelector('svg')) {
    body.replaceChildren(element('p', { class: 'live-faint' }), drawing(), element('ul'));
  }
  const about = [mode && `mode ${mode}`, replicas && `${replicas} copies of each key`];
  write(body.querySelector('p'), about.filter(Boolean).join(' · '));
  const names = nodes.map(({ name }) => name);
  const drawn = JSON.stringify(points);
  if (body.dataset.points !== drawn) {
    body.dataset.points = drawn;
    draw(body.querySelector('g'), points, names);
  }
  keyed(
    body.querySelector('ul'),
    nodes,
    ({ name }) => name,
    () => element('li'),
    (item, { name, share, keys }) => {
      write(item, `${name}: ${Math.round(share * 100)}% of the ring${keys === undefined ? '' : `, holds ${keys} keys`}`);
    },
  );
}

function drawing() {
  const svg = shape('svg', { viewBox: '-110 -95 220 190', class: 'live-ring', 'aria-hidden': 'true' });
  svg.append(shape('circle', { r: RADIUS }), shape('g', {}));
  return svg;
}

function draw(group, points, names) {
  group.replaceChildren();
  for (const [at, { hash, node }] of points.entries()) {
    const owner = names.indexOf(node);
    const arc = shape('path', {
      d: arcOf(points.at(at - 1).hash, hash, RADIUS - 14 + owner * 9),
      fill: 'none',
      'stroke-width': 7,
      stroke: `var(--dsc-${['accent', 'right', 'wrong'][owner % 3]})`,
    });
    group.append(arc);
  }
  for (const [at, name] of names.entries()) {
    const label = shape('text', { y: (at - (names.length - 1) / 2) * 14 + 4, style: `fill: var(--dsc-${['accent', 'right', 'wrong'][at % 3]})` });
    label.textContent = `${['inner', 'middle', 'outer'][at] ?? ''} ${name}`;
    group.append(label);
  }
}

function arcOf(from, to, radius) {
  const place = (hash) => {
    const turn = (hash / WHOLE) * 2 * Math.PI - Math.PI / 2;
    return `${(Math.cos(turn) * radius).toFixed(1)} ${(Math.sin(turn) * radius).toFixed(1)}`;
  };
  const large = (to - from + WHOLE) % WHOLE > WHOLE / 2 ? 1 : 0;
  return `M${place(from)} A${radius} ${radius} 0 ${large} 1 ${place(to)}`;
}

function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
