import { oneAfterTheOther } from './one-after-the-other.ts';
import type { Sketch, Variant } from './variant.ts';

const REPLICATION = 'consensus/replication.ts';
const LEADER = 'consensus/leader.ts';
const REFUSE = `  if (termAt(node.log, prevLogIndex) !== prevLogTerm) {
    return { success: false, matchIndex: 0, conflictIndex: conflictIndex(node.log, prevLogIndex) };
  }
`;

const typescript: Sketch[] = [
  {
    id: 'no-hints',
    style: 'refuses without a hint, and goes back one by one',
    file: REPLICATION,
    replace: [
      [
        REFUSE,
        '  if (termAt(node.log, prevLogIndex) !== prevLogTerm) return { success: false, matchIndex: 0 };\n',
      ],
      ['import { conflictIndex, cutFrom, lastIndex, termAt }', 'import { cutFrom, lastIndex, termAt }'],
      ['conflictIndex ?? sent.prevLogIndex', 'sent.prevLogIndex'],
      ['{ success, conflictIndex }: AppendEntriesResponse', '{ success }: AppendEntriesResponse'],
    ],
  },
  {
    id: 'cuts-what-is-refuted',
    style: 'cuts an entry as soon as the leader says that it has another one there, and refuses then',
    file: REPLICATION,
    replace: [
      [
        REFUSE,
        `  if (termAt(node.log, prevLogIndex) !== prevLogTerm) {
    const hint = conflictIndex(node.log, prevLogIndex);
    if (prevLogIndex <= lastIndex(node.log)) {
      cutFrom(node.log, prevLogIndex);
      effects.persist = true;
    }
    return { success: false, matchIndex: 0, conflictIndex: hint };
  }
`,
      ],
    ],
  },
  {
    id: 'finds-the-first-difference',
    style: 'looks for the first entry that differs, then takes the rest in one go',
    file: REPLICATION,
    replace: [
      [
        `  for (const entry of entries) {
    if (termAt(node.log, entry.index) === entry.term) continue;
    cutFrom(node.log, entry.index);
    node.log.push(entry);
    effects.persist = true;
  }
`,
        `  const first = entries.findIndex(({ index, term: own }) => termAt(node.log, index) !== own);
  if (first >= 0) {
    const rest = entries.slice(first);
    cutFrom(node.log, rest[0]!.index);
    node.log.push(...rest);
    effects.persist = true;
  }
`,
      ],
    ],
  },
  {
    id: 'middle-of-the-sorted',
    style: 'sorts what the nodes have: the middle one is on a majority',
    file: 'consensus/commit.ts',
    replace: [
      [
        `  for (let index = lastIndex(node.log); index > node.commitIndex; index -= 1) {
    if (termAt(node.log, index) !== node.currentTerm) return;
    const stored = node.peers.filter((peer) => node.matchIndex.get(peer)! >= index).length + 1;
    if (!hasMajority(stored, node.clusterSize)) continue;
    node.commitIndex = index;
    return;
  }
`,
        `  const stored = [lastIndex(node.log), ...node.matchIndex.values()].sort((a, b) => b - a);
  const most = stored[Math.floor(node.clusterSize / 2)] ?? 0;
  if (most > node.commitIndex && termAt(node.log, most) === node.currentTerm) node.commitIndex = most;
`,
      ],
      ["import { hasMajority } from './quorum.ts';\n", ''],
    ],
  },
  {
    id: 'sends-with-the-heartbeat',
    style: 'does not send a command at once, but with the next heartbeat',
    file: LEADER,
    replace: [
      [
        '  for (const peer of node.peers) if (!node.inFlight.has(peer)) sendAppendEntries(node, peer, effects);\n',
        '',
      ],
    ],
  },
  {
    id: 'sends-without-waiting',
    style: 'sends every command at once, whatever is on the way already',
    file: LEADER,
    replace: [['if (!node.inFlight.has(peer)) sendAppendEntries', 'sendAppendEntries']],
  },
  {
    id: 'says-more',
    style: 'answers with fields that nobody asked for',
    file: 'consensus/core.ts',
    replace: [
      [
        "return { type: 'AppendEntriesResponse', term: node.currentTerm, from: node.id, to: from, data };",
        "const more = { ...data, lastLogIndex: node.log.length, commitIndex: node.commitIndex };\n      return { type: 'AppendEntriesResponse', term: node.currentTerm, from: node.id, to: from, data: more };",
      ],
    ],
  },
  {
    id: 'from-the-beginning',
    style: 'as a new leader begins with the first entry for everybody',
    file: 'consensus/leader.ts',
    replace: [
      ['node.peers.map((peer) => [peer, lastIndex(node.log) + 1])', 'node.peers.map((peer) => [peer, 1])'],
    ],
  },
  {
    id: 'believes-the-follower',
    style: 'takes for matchIndex what the follower says',
    file: 'consensus/replication.ts',
    replace: [
      ['Math.max(known, sent.prevLogIndex + sent.entries.length)', 'Math.max(known, answered)'],
      [
        '  { success, conflictIndex }: AppendEntriesResponse,',
        '  { success, conflictIndex, matchIndex: answered }: AppendEntriesResponse,',
      ],
    ],
  },
  {
    id: 'heartbeats-are-empty',
    style: 'sends heartbeats without entries, and entries only to who has answered',
    file: 'consensus/leader.ts',
    replace: [
      [
        '  for (const peer of node.peers) sendAppendEntries(node, peer, effects);\n}',
        '  for (const peer of node.peers) sendAppendEntries(node, peer, effects, 0);\n}',
      ],
      [
        'export function sendAppendEntries(node: RaftState, to: string, effects: Effects): void {',
        'export function sendAppendEntries(node: RaftState, to: string, effects: Effects, most = node.maxEntriesPerAppend): void {',
      ],
      [
        'entriesFrom(node.log, nextIndex, node.maxEntriesPerAppend)',
        'entriesFrom(node.log, nextIndex, most)',
      ],
    ],
  },
  {
    id: 'clients-wait-for-their-time',
    style: 'answers waiting clients when their time is over, not when it steps down',
    file: 'consensus/shell.ts',
    replace: [["      if (this.node.state !== 'leader') this.#clients.abandon();\n", '']],
  },
  {
    id: 'sends-on-trust',
    style: 'takes for granted that what it sends arrives, and sends only what comes next',
    file: LEADER,
    replace: [
      [
        '  node.inFlight.add(to);\n',
        '  node.inFlight.add(to);\n  node.nextIndex.set(to, nextIndex + data.entries.length);\n',
      ],
    ],
  },
  oneAfterTheOther,
];

const python: Sketch[] = [
  {
    id: 'middle-of-the-sorted',
    style: 'sorts what the nodes have: the middle one is on a majority',
    file: 'consensus/commit.py',
    replace: [
      [
        `    for index in range(last_index(node.log), node.commit_index, -1):
        if term_at(node.log, index) != node.current_term:
            return
        stored = sum(node.match_index[peer] >= index for peer in node.peers) + 1
        if not has_majority(stored, node.cluster_size):
            continue
        node.commit_index = index
        return
`,
        `    stored = sorted([last_index(node.log), *node.match_index.values()], reverse=True)
    most = stored[node.cluster_size // 2]
    if most > node.commit_index and term_at(node.log, most) == node.current_term:
        node.commit_index = most
`,
      ],
    ],
  },
];

export const variants: Variant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 9, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 9, language: 'python' as const })),
];
