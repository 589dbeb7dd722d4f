import { element, keyed, write } from './dom.js';
import { ringView } from './ring.js';

/** What matters to each system, by the view's kind: a title, and what is shown. */
const VIEWS = {
  messages: { title: 'Messages handled', show: showMessages },
  queue: { title: 'Tasks', show: showQueue },
  ring: { title: 'The ring', show: ringView },
  replicas: { title: 'The replicas', show: showReplicas },
  chat: { title: 'Rooms', show: showChat },
  raft: { title: 'Terms, votes and logs', show: showRaft },
};

/** The part of the panel that is another for each system. */
export class SystemView {
  constructor() {
    this.body = element('div');
  }

  /** @returns its title */
  show(view) {
    if (this.kind !== view.kind) this.body.replaceChildren();
    this.kind = view.kind;
    const { title, show } = VIEWS[view.kind] ?? { title: 'The system', show: () => {} };
    show(this.body, view);
    return title;
  }
}

/** Rows of words under column heads; the rows that are there are kept. */
function table(body, heads, rows) {
  if (body.firstChild?.tagName !== 'TABLE') {
    const head = element('tr', {}, ...heads.map((name) => element('th', { scope: 'col' }, name)));
    body.replaceChildren(element('table', {}, element('thead', {}, head), element('tbody')));
  }
  const cells = (count) => Array.from({ length: count }, () => element('td'));
  keyed(
    body.querySelector('tbody'),
    rows,
    ([name]) => name,
    (row) => element('tr', {}, element('th', { scope: 'row' }), ...cells(row.length - 1)),
    (item, row) => {
      for (const [at, text] of row.entries()) write(item.children[at], String(text ?? ''));
    },
  );
}

function showMessages(body, { nodes }) {
  const rows = nodes.map(({ name, handled, counter, last }) => [name, handled, counter, last]);
  table(body, ['Node', 'Handled', 'Counter', 'Last'], rows);
}

const COLUMNS = ['pending', 'processing', 'completed', 'failed'];

/** The tasks, each in the column where it is: it is seen to move. */
function showQueue(body, { answers, stats, tasks }) {
  if (!answers) return body.replaceChildren(element('p', { class: 'live-faint' }, 'The broker does not answer.'));
  if (body.firstChild?.tagName === 'P') body.replaceChildren();
  if (!body.firstChild) {
    const columns = COLUMNS.map((status) =>
      element('div', { 'data-status': status }, element('h4', {}), element('ul', {})),
    );
    body.append(element('div', { class: 'live-columns' }, ...columns));
  }
  for (const status of COLUMNS) {
    const column = body.querySelector(`[data-status=${status}]`);
    write(column.querySelector('h4'), `${status} ${stats[status] ?? 0}`);
    const shown = tasks.filter((task) => task.status === status).slice(-6);
    keyed(
      column.querySelector('ul'),
      shown,
      ({ id }) => id,
      ({ id }) => element('li', { class: 'live-task', title: id }),
      (item, task) => {
        const who = status === 'processing' && task.worker ? ` at ${task.worker}` : '';
        const again = task.retries > 0 ? ` (retry ${task.retries})` : '';
        write(item, `${shortId(task.id)}${who}${again}`);
      },
    );
  }
}

/** The end of an id tells tasks of one producer apart. */
function shortId(id) {
  return id.length > 8 ? `…${id.slice(-6)}` : id;
}

/** How far each copy is, and what a read there may miss. */
function showReplicas(body, { nodes }) {
  const rows = nodes.map(({ name, role, term, lastLogIndex, commitIndex, behind, silentMs }) => {
    const stale = behind === undefined ? '' : behind === 0 ? 'up to date' : `may miss ${behind} writes`;
    const heard = silentMs === null || silentMs === undefined || role === 'leader' ? '' : `${Math.round(silentMs)} ms`;
    return [name, role, term, lastLogIndex, commitIndex, stale, heard];
  });
  table(body, ['Node', 'Role', 'Term', 'Log', 'Commit', 'A local read', 'Leader heard'], rows);
}

function showChat(body, { rooms }) {
  const rows = rooms.map(({ roomId, sequencer, sequenceNumber, present }) => {
    const users = present.map(({ userId, status }) => (status === 'online' ? userId : `${userId} (${status})`));
    return [roomId, sequencer, sequenceNumber, users.join(', ') || 'nobody'];
  });
  if (rows.length === 0) return body.replaceChildren(element('p', { class: 'live-faint' }, 'No rooms yet.'));
  table(body, ['Room', 'Numbered by', 'Number', 'Present'], rows);
}

const MOST_ENTRIES = 14;

/** For each node its term and vote, and the end of its log: a box an entry with its term, filled up to the commit index. */
function showRaft(body, { nodes }) {
  if (!body.querySelector('ul')) {
    const words = 'Each box is an entry with its term; a filled one is committed.';
    body.replaceChildren(element('ul'), element('p', { class: 'live-faint' }, words));
  }
  const last = Math.max(0, ...nodes.map(({ lastLogIndex }) => lastLogIndex ?? 0));
  const from = Math.max(1, last - MOST_ENTRIES + 1);
  keyed(
    body.querySelector('ul'),
    nodes,
    ({ name }) => name,
    () => element('li', {}, element('span'), element('div', { class: 'live-bar', 'aria-hidden': 'true' })),
    (item, node) => {
      write(item.firstChild, raftWords(node));
      const entries = (node.entries ?? []).filter(({ index }) => index >= from);
      keyed(
        item.lastChild,
        entries,
        ({ index }) => index,
        () => element('span', { class: 'live-cell' }),
        (cell, { index, term }) => {
          cell.dataset.committed = String(index <= (node.commitIndex ?? 0));
          cell.title = `entry ${index}, term ${term}`;
          write(cell, String(term));
        },
      );
    },
  );
}

function raftWords({ name, state, currentTerm, votedFor, commitIndex, lastLogIndex }) {
  if (state === undefined) return `${name} does not answer`;
  const vote = votedFor ? `voted for ${votedFor}` : 'has not voted';
  return `${name}: ${state}, term ${currentTerm}, ${vote}, log ${lastLogIndex ?? 0}, commit ${commitIndex ?? 0}`;
}
