import type {
  ChatView,
  MessagesView,
  QueueView,
  RaftView,
  ReplicasView,
  RingView,
  SystemView,
} from '../../live/view.ts';
import { renderTable } from '../output/table.ts';

/** What matters to a system, in lines of at most so many columns. */
export function systemLines(view: SystemView, width: number): string[] {
  return linesOf(view, width).map((line) => cut(line, width));
}

function linesOf(view: SystemView, width: number): string[] {
  switch (view.kind) {
    case 'messages':
      return messagesLines(view);
    case 'queue':
      return queueLines(view, width);
    case 'ring':
      return ringLines(view);
    case 'replicas':
      return replicasLines(view);
    case 'chat':
      return chatLines(view);
    case 'raft':
      return raftLines(view, width);
  }
}

/** The same in one line, for where nothing can be drawn. */
export function systemSummary(view: SystemView): string {
  switch (view.kind) {
    case 'queue':
      return view.answers ? counts(view) : 'the broker does not answer';
    case 'messages':
      return view.nodes.map(({ name, handled }) => `${name} handled ${handled ?? '?'}`).join(', ');
    case 'ring':
      return view.nodes.map(({ name, keys }) => `${name} keeps ${keys ?? '?'} keys`).join(', ');
    case 'replicas':
      return view.nodes
        .map(({ name, commitIndex, lastLogIndex }) => `${name} ${commitIndex ?? '?'}/${lastLogIndex ?? '?'}`)
        .join(', ')
        .replace(/^/, 'committed/log: ');
    case 'chat':
      return view.rooms.length === 0
        ? 'no rooms yet'
        : view.rooms.map(({ roomId, sequenceNumber }) => `${roomId} at ${sequenceNumber}`).join(', ');
    case 'raft':
      return view.nodes
        .map(({ name, currentTerm, commitIndex, lastLogIndex }) =>
          currentTerm === undefined
            ? `${name} silent`
            : `${name} term ${currentTerm} ${commitIndex}/${lastLogIndex}`,
        )
        .join(', ');
  }
}

function messagesLines({ nodes }: MessagesView): string[] {
  return renderTable(
    nodes.map(({ name, handled, counter, last }) => [
      name,
      handled === undefined ? 'does not answer' : `handled ${handled}`,
      counter === undefined ? '' : `counter ${counter}`,
      last === undefined ? '' : `last: ${last}`,
    ]),
  );
}

const COLUMNS = ['pending', 'processing', 'completed', 'failed'] as const;

function counts({ stats }: QueueView): string {
  return COLUMNS.map((status) => `${status} ${stats[status]}`).join('   ');
}

/** The tasks that are seen, each in the row where it is. */
function queueLines(view: QueueView, width: number): string[] {
  if (!view.answers) return ['The broker does not answer.'];
  const rows = COLUMNS.map((status) => {
    const tasks = view.tasks.filter((task) => task.status === status);
    const words = tasks.map(({ id, worker, retries }) => {
      const who = status === 'processing' && worker ? `@${worker}` : '';
      return `${shortId(id)}${who}${retries > 0 ? `(retry ${retries})` : ''}`;
    });
    return `${status.padEnd(10)} ${String(view.stats[status]).padStart(5)}  ${lastThatFit(words, width - 18)}`;
  });
  return rows.map((row) => row.trimEnd());
}

/** The end of an id tells tasks of one producer apart. */
function shortId(id: string): string {
  return id.length > 8 ? `..${id.slice(-6)}` : id;
}

const BAR = 24;

/** How much of the ring each node owns, and how many keys it keeps. */
function ringLines({ mode, replicas, points, nodes }: RingView): string[] {
  const about = [
    mode && `mode ${mode}`,
    replicas && `${replicas} copies of each key`,
    `${points.length} points`,
  ];
  const rows = nodes.map(({ name, share, keys }) => {
    const bar = '█'.repeat(Math.round(share * BAR)).padEnd(BAR, '░');
    return [
      name,
      bar,
      `${Math.round(share * 100)}% of the ring`,
      keys === undefined ? 'does not answer' : `${keys} keys`,
    ];
  });
  return [about.filter(Boolean).join(' · '), ...renderTable(rows)];
}

/** How far each copy is, and what a read there may miss. */
function replicasLines({ nodes }: ReplicasView): string[] {
  return renderTable(
    nodes.map(({ name, role, term, lastLogIndex, commitIndex, behind, silentMs }) => {
      if (commitIndex === undefined) return [name, 'silent'];
      const heard = silentMs === undefined || silentMs === null || role === 'leader';
      return [
        name,
        role ?? '',
        term === undefined ? '' : `term ${term}`,
        `commit ${commitIndex}/${lastLogIndex ?? '?'}`,
        behind === 0 ? 'up to date' : `a read may miss ${behind}`,
        heard ? '' : `heard ${(silentMs / 1000).toFixed(1)} s ago`,
      ];
    }),
  );
}

const LONGEST_ROOM = 24;

function chatLines({ rooms }: ChatView): string[] {
  if (rooms.length === 0) return ['No rooms yet.'];
  return renderTable(
    rooms.map(({ roomId, sequencer, sequenceNumber, present }) => {
      const users = present.map(({ userId, status }) =>
        status === 'online' ? userId : `${userId} (${status})`,
      );
      return [
        cut(`#${roomId}`, LONGEST_ROOM),
        `number ${sequenceNumber}`,
        sequencer ? `numbered by ${sequencer}` : '',
        users.join(', ') || 'nobody',
      ];
    }),
  );
}

/** Of each log the terms of its last entries; what is committed stands before the bar. */
function raftLines({ nodes }: RaftView, width: number): string[] {
  const last = Math.max(0, ...nodes.map(({ lastLogIndex }) => lastLogIndex ?? 0));
  const heads = renderTable(
    nodes.map(({ name, state, currentTerm, votedFor, commitIndex, lastLogIndex }) =>
      currentTerm === undefined
        ? [name, 'silent']
        : [
            name,
            state ?? '',
            `term ${currentTerm}`,
            votedFor ? `vote ${votedFor}` : 'no vote',
            `commit ${commitIndex ?? 0}/${lastLogIndex ?? 0}`,
          ],
    ),
  );
  const room = width - Math.max(...heads.map((head) => head.length)) - 2;
  const from = Math.max(1, last - Math.floor(room / 3) + 2);
  const column = Math.max(...heads.map((head) => head.length)) + 2;
  return nodes.map(({ entries = [], commitIndex = 0 }, index) => {
    const cells = entries.filter((entry) => entry.index >= from);
    const text = cells.map(({ index: at, term }) => `${term}${at === commitIndex ? '|' : ' '}`).join('');
    return `${heads[index]!.padEnd(column)}${text}`.trimEnd();
  });
}

/** The last of these words that fit beside each other. */
function lastThatFit(words: readonly string[], width: number): string {
  const shown: string[] = [];
  let length = 0;
  for (const word of words.toReversed()) {
    length += word.length + 1;
    if (length > width) break;
    shown.unshift(word);
  }
  return shown.join(' ');
}

/** At most so many columns. */
export function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 3))}...` : text;
}
