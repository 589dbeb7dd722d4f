import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'language'>;

const ELECTION = 'consensus/election.ts';
const REPLICATION = 'consensus/replication.ts';
const COMMIT = 'consensus/commit.ts';
const READS = 'consensus/reads.ts';
const MACHINE = 'consensus/state-machine.ts';
const QUORUM = 'consensus/quorum.ts';

/** How onAppendEntries takes entries over, as the solution has it. */
const TAKE_OVER = `  for (const entry of entries) {
    if (termAt(node.log, entry.index) === entry.term) continue;
    cutFrom(node.log, entry.index);
    node.log.push(entry);
    effects.persist = true;
  }
`;

const sketches: Sketch[] = [
  {
    id: 'votes-twice',
    session: 8,
    mistake: 'votes for everybody who asks in the present term',
    file: ELECTION,
    replace: [['const isFree = node.votedFor === null || node.votedFor === from;', 'const isFree = true;']],
  },
  {
    id: 'keeps-its-old-vote',
    session: 8,
    mistake: 'enters a later term and forgets to take its vote back',
    file: ELECTION,
    replace: [['    node.votedFor = null;\n', '']],
  },
  {
    id: 'vote-not-on-disk',
    session: 8,
    mistake: 'votes without having the vote saved',
    file: ELECTION,
    replace: [['    node.votedFor = from;\n    effects.persist = true;\n', '    node.votedFor = from;\n']],
  },
  {
    id: 'term-not-on-disk',
    session: 8,
    mistake: 'enters a later term without having it saved',
    file: ELECTION,
    replace: [['    node.votedFor = null;\n    effects.persist = true;\n', '    node.votedFor = null;\n']],
  },
  {
    id: 'keeps-old-votes',
    session: 8,
    mistake: 'stands again with the votes that it got when it stood before',
    file: ELECTION,
    replace: [['  node.votes = new Set([node.id]);\n', '  node.votes.add(node.id);\n']],
  },
  {
    id: 'remembers-old-matches',
    session: 9,
    mistake: 'leads again with what it knew of the others when it led before',
    file: 'consensus/leader.ts',
    replace: [
      [
        '  node.matchIndex = new Map(node.peers.map((peer) => [peer, 0]));\n',
        '  for (const peer of node.peers) node.matchIndex.set(peer, node.matchIndex.get(peer) ?? 0);\n',
      ],
    ],
  },
  {
    id: 'measures-by-the-commit-index',
    session: 9,
    mistake: "compares the candidate's log with how far its own is committed",
    file: ELECTION,
    replace: [
      ['index: lastIndex(node.log) };\n  const isUpToDate', 'index: node.commitIndex };\n  const isUpToDate'],
    ],
  },
  {
    id: 'own-vote-not-on-disk',
    session: 8,
    mistake: 'stands for election without having its own vote saved',
    file: ELECTION,
    replace: [
      [
        '  effects.persist = true;\n  effects.resetElectionTimer = true;\n  const data',
        '  effects.resetElectionTimer = true;\n  const data',
      ],
    ],
  },
  {
    id: 'half-is-a-majority',
    session: 8,
    mistake: 'counts a third of three nodes, or two of five, as a majority',
    file: QUORUM,
    replace: [['nodes > clusterSize / 2', 'nodes >= Math.floor(clusterSize / 2)']],
  },
  {
    id: 'counts-late-votes',
    session: 8,
    mistake: 'counts votes of an earlier election',
    file: ELECTION,
    replace: [["node.state !== 'candidate' || term !== node.currentTerm", "node.state !== 'candidate'"]],
  },
  {
    id: 'counts-refusals',
    session: 8,
    mistake: 'counts every answer as a vote',
    file: ELECTION,
    replace: [['  if (!voteGranted) return;\n', '']],
  },
  {
    id: 'leader-does-not-step-down',
    session: 8,
    mistake: 'enters a later term and goes on leading',
    file: ELECTION,
    replace: [
      [
        "  node.state = 'follower';\n  node.leader = null;\n",
        "  if (node.state !== 'leader') node.state = 'follower';\n",
      ],
    ],
  },
  {
    id: 'never-waits-again',
    session: 8,
    mistake: 'does not wait once more after an election that failed',
    file: ELECTION,
    replace: [
      [
        '  effects.persist = true;\n  effects.resetElectionTimer = true;\n  const data',
        '  effects.persist = true;\n  const data',
      ],
    ],
  },
  {
    id: 'votes-for-any-log',
    session: 9,
    mistake: 'votes without looking at the logs',
    file: ELECTION,
    replace: [['isFree && isUpToDate', 'isFree']],
  },
  {
    id: 'longer-is-newer',
    session: 9,
    mistake: 'compares only the lengths of the logs',
    file: ELECTION,
    replace: [
      [
        'lastLogTerm > own.term || (lastLogTerm === own.term && lastLogIndex >= own.index)',
        'lastLogIndex >= own.index',
      ],
    ],
  },
  {
    id: 'takes-whatever-comes',
    session: 9,
    mistake: 'does not look at the entry before the new ones',
    file: REPLICATION,
    replace: [
      [
        '  if (termAt(node.log, prevLogIndex) !== prevLogTerm) {',
        '  if (prevLogIndex > lastIndex(node.log)) {',
      ],
    ],
  },
  {
    id: 'cuts-first',
    session: 9,
    mistake: 'cuts everything after prevLogIndex, then appends',
    file: REPLICATION,
    replace: [
      [
        TAKE_OVER,
        `  cutFrom(node.log, prevLogIndex + 1);
  node.log.push(...entries);
  effects.persist = true;
`,
      ],
    ],
  },
  {
    id: 'never-cuts',
    session: 9,
    mistake: 'keeps its own entries where the leader has others',
    file: REPLICATION,
    replace: [
      [
        TAKE_OVER,
        `  for (const entry of entries) {
    if (entry.index <= lastIndex(node.log)) continue;
    node.log.push(entry);
    effects.persist = true;
  }
`,
      ],
    ],
  },
  {
    id: 'entries-not-on-disk',
    session: 9,
    mistake: 'answers before the entries are saved',
    file: REPLICATION,
    replace: [['    node.log.push(entry);\n    effects.persist = true;\n', '    node.log.push(entry);\n']],
  },
  {
    id: 'copies-the-commit-index',
    session: 9,
    mistake: "takes the leader's commitIndex, however far this message went",
    file: REPLICATION,
    replace: [['Math.min(leaderCommit, matchIndex)', 'Math.min(leaderCommit, lastIndex(node.log))']],
  },
  {
    id: 'commit-index-goes-back',
    session: 9,
    mistake: 'takes over a commitIndex that is lower than its own',
    file: REPLICATION,
    replace: [
      [
        'Math.max(node.commitIndex, Math.min(leaderCommit, matchIndex))',
        'Math.min(leaderCommit, matchIndex)',
      ],
    ],
  },
  {
    id: 'follows-old-leaders',
    session: 9,
    mistake: 'takes entries from a leader of an earlier term',
    file: REPLICATION,
    replace: [['  if (term < node.currentTerm) return { success: false, matchIndex: 0 };\n', '']],
  },
  {
    id: 'counts-what-it-has-now',
    session: 9,
    mistake: 'takes a success for its whole log, as long as that is by now',
    file: REPLICATION,
    replace: [
      ['Math.max(known, sent.prevLogIndex + sent.entries.length)', 'Math.max(known, lastIndex(node.log))'],
    ],
  },
  {
    id: 'never-backs-up',
    session: 9,
    mistake: 'tries the same entry again after a refusal',
    file: REPLICATION,
    replace: [['    node.nextIndex.set(from, Math.max(known + 1, earlier));\n', '']],
  },
  {
    id: 'commits-old-terms',
    session: 9,
    mistake: 'counts entries of earlier terms (figure 8)',
    file: COMMIT,
    replace: [['    if (termAt(node.log, index) !== node.currentTerm) return;\n', '']],
  },
  {
    id: 'commits-alone',
    session: 9,
    mistake: 'takes what it has itself for committed',
    file: COMMIT,
    replace: [['    if (!hasMajority(stored, node.clusterSize)) continue;\n', '']],
  },
  {
    id: 'waits-for-everybody',
    session: 9,
    mistake: 'commits only what every node has',
    file: COMMIT,
    replace: [
      ['if (!hasMajority(stored, node.clusterSize)) continue;', 'if (stored < node.clusterSize) return;'],
    ],
  },
  {
    id: 'reads-without-asking',
    session: 10,
    mistake: 'believes to lead, and answers reads at once',
    file: READS,
    replace: [
      [
        'hasMajority(answered.length + 1, node.clusterSize) && node.lastApplied >= read.readIndex',
        'hasMajority(node.clusterSize, node.clusterSize + answered.length * 0) && node.lastApplied >= read.readIndex',
      ],
    ],
  },
  {
    id: 'reads-before-its-own-term',
    session: 10,
    mistake: 'trusts its commitIndex before it has committed anything in its own term',
    file: READS,
    replace: [['Math.max(node.commitIndex, node.firstIndexOfTerm)', 'node.commitIndex']],
  },
  {
    id: 'reads-with-old-answers',
    session: 10,
    mistake: 'takes answers to earlier questions for answers to this one',
    file: READS,
    replace: [['>= read.round)', '>= read.round - 1)']],
  },
  {
    id: 'reads-anywhere',
    session: 10,
    mistake: 'followers answer reads, too',
    file: READS,
    replace: [
      [
        "  if (node.state !== 'leader') {\n    effects.reads.push({ id, confirmed: false });",
        "  if (node.state !== 'leader') {\n    effects.reads.push({ id, confirmed: true });",
      ],
    ],
  },
  {
    id: 'executes-repeats',
    session: 10,
    mistake: 'carries a repeated request out again',
    file: MACHINE,
    replace: [['    if (last?.requestId === requestId) return last.outcome;\n', '']],
  },
  {
    id: 'forgets-requests',
    session: 10,
    mistake: 'does not remember what it has answered',
    file: MACHINE,
    replace: [['    this.#sessions.set(clientId, { requestId, outcome });\n', '']],
  },
  {
    id: 'depends-on-chance',
    session: 10,
    mistake: 'lets chance decide what a command does',
    file: MACHINE,
    replace: [['value: text + value, exists: true', 'value: text + value + Math.random(), exists: true']],
  },
];

/** Wrong cores: the simulator must find each. */
export const coreMutants: Mutant[] = sketches.map((sketch) => ({ ...sketch, language: 'typescript' }));
