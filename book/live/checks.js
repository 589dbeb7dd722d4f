import { element, keyed, write } from './dom.js';
import { timelineView } from './timeline.js';

const MARKS = { pass: '✔', fail: '✖', inconclusive: '?', environment: '!', running: '…', waiting: '·' };
const WORDS = {
  pass: 'kept',
  fail: 'broken',
  inconclusive: 'not decided',
  environment: 'stopped by this machine',
  running: 'is being checked',
  waiting: 'not checked yet',
  ended: 'interrupted',
};

/** The checks of the last `dsc verify`, as they are decided; one that failed with its evidence and its timeline. */
export class Checks {
  constructor() {
    this.list = element('ul');
    this.summary = element('p', { class: 'live-faint' });
    this.body = element('div', {}, this.summary, this.list);
  }

  show(run) {
    if (run === null) {
      write(this.summary, 'Nothing was verified yet.');
      this.list.replaceChildren();
      return;
    }
    const kept = run.checks.filter(({ verdict }) => verdict === 'pass').length;
    const state = run.verdict === null ? 'running' : (WORDS[run.verdict] ?? run.verdict);
    write(this.summary, `${kept} of ${run.checks.length} kept · ${run.verdict === 'pass' ? 'all kept' : state}`);
    const key = ({ id }) => `${run.id} ${id}`;
    keyed(this.list, run.checks, key, (check) => this.#make(check), (item, check) => this.#update(item, check, run));
  }

  #make({ promise }) {
    return element(
      'li',
      { class: 'live-check' },
      element('span', { class: 'live-mark', 'aria-hidden': 'true' }),
      ' ',
      element('span', {}, promise),
      ' ',
      element('span', { class: 'live-faint' }),
    );
  }

  #update(item, { id, verdict, result }, run) {
    if (item.dataset.verdict === verdict) return;
    item.dataset.verdict = verdict;
    item.querySelector('.live-mark').textContent = MARKS[verdict];
    const took = result ? `, ${(result.ms / 1000).toFixed(1)} s` : '';
    item.querySelector('.live-faint').textContent = `${WORDS[verdict]}${took}`;
    if (result && verdict !== 'pass') item.append(why(id, result, run));
  }
}

/** What was expected and seen, the timeline, the hint, and where to read. */
function why(id, { failure, problem, hint, chapter }, run) {
  const facts = failure
    ? [
        ['Expected', failure.expected],
        ['Seen', failure.seen],
        ['Evidence', ...failure.evidence],
        ['Hint', hint],
      ]
    : [
        ['Why', problem.why],
        ['Next', problem.next],
      ];
  const told = facts.filter(([, ...texts]) => texts.length > 0);
  const list = element(
    'dl',
    {},
    ...told.flatMap(([term, ...texts]) => [element('dt', {}, term), ...texts.map((text) => element('dd', {}, text))]),
  );
  const links = element('p', { class: 'live-row' }, element('a', { href: pageOf(chapter) }, 'Read the chapter'));
  const box = element('div', { class: 'live-why' }, list, links);
  if (failure?.timeline.rows.length > 0) {
    const { list: rows } = timelineView(failure.timeline);
    links.append(element('a', { href: replayOf(run.id, id) }, 'Step through it'));
    const scroll = element('div', { class: 'live-scroll', tabindex: '0', role: 'group', 'aria-label': 'Timeline' }, rows);
    box.append(element('details', {}, element('summary', {}, 'Timeline'), scroll));
  }
  return box;
}

/** `consensus/13-raft.md#terms` is a page of this book. */
function pageOf(chapter) {
  const [path, anchor] = chapter.split('#');
  return `/${path.replace(/\.md$/, '')}.html${anchor ? `#${anchor}` : ''}`;
}

export function replayOf(run, check) {
  return `?${new URLSearchParams({ run, check })}`;
}
