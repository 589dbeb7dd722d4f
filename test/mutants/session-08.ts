import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const ELECTION = 'consensus/election.ts';
const LEADER = 'consensus/leader.ts';
const CORE = 'consensus/core.ts';
const REPLICATION = 'consensus/replication.ts';
const SHELL = 'consensus/shell.ts';
const QUORUM = 'consensus/quorum.ts';

const typescript: Sketch[] = [
  {
    id: 'votes-twice',
    mistake: 'votes for whoever asks, also if it has voted for somebody else in this term',
    file: ELECTION,
    replace: [['const isFree = node.votedFor === null || node.votedFor === from;', 'const isFree = true;']],
  },
  {
    id: 'refuses-who-asks-again',
    mistake: 'refuses the candidate that it has voted for, when it asks once more',
    file: ELECTION,
    replace: [['node.votedFor === null || node.votedFor === from', 'node.votedFor === null']],
  },
  {
    id: 'does-not-note-its-vote',
    mistake: 'grants the vote and does not note for whom',
    file: ELECTION,
    replace: [['    node.votedFor = from;\n', '']],
  },
  {
    id: 'vote-in-memory',
    mistake: 'notes its vote, and does not write it to disk',
    file: ELECTION,
    replace: [['    node.votedFor = from;\n    effects.persist = true;\n', '    node.votedFor = from;\n']],
  },
  {
    id: 'term-in-memory',
    mistake: 'enters a later term, and does not write it to disk',
    file: ELECTION,
    replace: [['    node.votedFor = null;\n    effects.persist = true;\n', '    node.votedFor = null;\n']],
  },
  {
    id: 'own-vote-in-memory',
    mistake: 'stands for election without writing the new term and its own vote to disk',
    file: ELECTION,
    replace: [
      [
        '  node.votes = new Set([node.id]);\n  effects.persist = true;\n',
        '  node.votes = new Set([node.id]);\n',
      ],
    ],
  },
  {
    id: 'answers-before-disk',
    mistake: 'does not wait for the disk before it answers',
    file: SHELL,
    replace: [
      ['      await this.#storage.sync();\n', '      setTimeout(() => void this.#storage.sync(), 500);\n'],
    ],
  },
  {
    id: 'keeps-its-vote',
    mistake: 'enters a later term with the vote of the term before',
    file: ELECTION,
    replace: [['    node.votedFor = null;\n', '']],
  },
  {
    id: 'every-message-is-a-new-term',
    mistake: 'forgets its vote whenever it becomes a follower, also in the same term',
    file: ELECTION,
    replace: [["  node.state = 'follower';\n", "  node.state = 'follower';\n  node.votedFor = null;\n"]],
  },
  {
    id: 'does-not-compare-logs',
    mistake: 'votes for a candidate whose log is behind its own',
    file: ELECTION,
    replace: [['isFree && isUpToDate', 'isFree']],
  },
  {
    id: 'longest-log-wins',
    mistake: 'compares the lengths of the logs only',
    file: ELECTION,
    replace: [
      [
        'lastLogTerm > own.term || (lastLogTerm === own.term && lastLogIndex >= own.index)',
        'lastLogIndex >= own.index',
      ],
    ],
  },
  {
    id: 'last-term-alone',
    mistake: 'compares the last terms only',
    file: ELECTION,
    replace: [
      [
        'lastLogTerm > own.term || (lastLogTerm === own.term && lastLogIndex >= own.index)',
        'lastLogTerm >= own.term',
      ],
    ],
  },
  {
    id: 'term-and-length',
    mistake: 'wants the last term and the length to be as large as its own, both',
    file: ELECTION,
    replace: [
      [
        'lastLogTerm > own.term || (lastLogTerm === own.term && lastLogIndex >= own.index)',
        'lastLogTerm >= own.term && lastLogIndex >= own.index',
      ],
    ],
  },
  {
    id: 'strictly-ahead',
    mistake: 'votes only for a log that is ahead of its own: with equal logs nobody is ever elected',
    file: ELECTION,
    replace: [['lastLogIndex >= own.index', 'lastLogIndex > own.index']],
  },
  {
    id: 'votes-in-the-past',
    mistake: 'gives its vote in a term that is over',
    file: ELECTION,
    replace: [['term === node.currentTerm && isFree', 'isFree']],
  },
  {
    id: 'counts-refusals',
    mistake: 'counts every answer as a vote',
    file: ELECTION,
    replace: [['  if (!voteGranted) return;\n', '  void voteGranted;\n']],
  },
  {
    id: 'counts-old-votes',
    mistake: 'counts votes that were given in an earlier term',
    file: ELECTION,
    replace: [
      [
        "  if (node.state !== 'candidate' || term !== node.currentTerm) return;",
        "  if (node.state !== 'candidate' || term > node.currentTerm) return;",
      ],
    ],
  },
  {
    id: 'half-is-enough',
    mistake: 'takes half of the nodes, rounded down, for a majority',
    file: QUORUM,
    replace: [['return nodes > clusterSize / 2;', 'return nodes >= Math.floor(clusterSize / 2);']],
  },
  {
    id: 'wants-all-votes',
    mistake: 'leads only if all nodes have voted for it',
    file: ELECTION,
    replace: [['hasMajority(node.votes.size, node.clusterSize)', 'node.votes.size === node.clusterSize']],
  },
  {
    id: 'does-not-vote-for-itself',
    mistake: 'stands for election and forgets to vote for itself',
    file: ELECTION,
    replace: [
      ['  node.votedFor = node.id;\n', '  node.votedFor = null;\n'],
      ['new Set([node.id])', 'new Set()'],
    ],
  },
  {
    id: 'stays-in-its-term',
    mistake: 'stands for election in the term that is over',
    file: ELECTION,
    replace: [['  node.currentTerm += 1;\n', '']],
  },
  {
    id: 'stands-once',
    mistake: 'does not wait again when it stands: if nobody is elected, nobody tries a second time',
    file: ELECTION,
    replace: [
      [
        '  effects.persist = true;\n  effects.resetElectionTimer = true;\n  const data',
        '  effects.persist = true;\n  const data',
      ],
    ],
  },
  {
    id: 'refusal-resets-the-timer',
    mistake: 'begins to wait anew whenever somebody asks for its vote',
    file: ELECTION,
    replace: [['  if (voteGranted) {\n', '  effects.resetElectionTimer = true;\n  if (voteGranted) {\n']],
  },
  {
    id: 'vote-does-not-reset-the-timer',
    mistake: 'gives its vote and stands for election itself the moment after',
    file: ELECTION,
    replace: [
      [
        '    effects.persist = true;\n    effects.resetElectionTimer = true;\n  }\n',
        '    effects.persist = true;\n  }\n',
      ],
    ],
  },
  {
    id: 'heartbeat-does-not-reset-the-timer',
    mistake: 'does not wait anew when it hears the leader',
    file: REPLICATION,
    replace: [['  effects.resetElectionTimer = true;\n', '']],
  },
  {
    id: 'leads-on',
    mistake: 'enters a later term, and goes on as what it was before',
    file: ELECTION,
    replace: [["  node.state = 'follower';\n", '']],
  },
  {
    id: 'answers-have-no-term',
    mistake: 'looks at the term of questions, not at that of answers',
    file: CORE,
    replace: [['      observeTerm(node, input.message, effects);\n      onResponse(', '      onResponse(']],
  },
  {
    id: 'questions-have-no-term',
    mistake: 'looks at the term of answers, not at that of questions',
    file: CORE,
    replace: [
      ['      observeTerm(node, input.message, effects);\n      effects.reply =', '      effects.reply ='],
    ],
  },
  {
    id: 'follows-old-leaders',
    mistake: 'follows a leader of an earlier term',
    file: REPLICATION,
    replace: [['  if (term < node.currentTerm) return { success: false, matchIndex: 0 };\n', '']],
  },
  {
    id: 'candidate-stays-candidate',
    mistake: 'does not follow the leader of its own term when it stands itself',
    file: REPLICATION,
    replace: [
      [
        'effects: Effects): void {\n  becomeFollower(',
        "effects: Effects): void {\n  if (node.state === 'candidate') return;\n  becomeFollower(",
      ],
    ],
  },
  {
    id: 'leads-without-being-heard',
    mistake: 'as a leader counts who has ever answered, and so never steps down',
    file: LEADER,
    replace: [
      [
        '  node.heardFrom = new Set();\n  effects.resetElectionTimer = true;\n  if (!has',
        '  effects.resetElectionTimer = true;\n  if (!has',
      ],
    ],
  },
  {
    id: 'tells-one-only',
    mistake: 'sends its heartbeats to the first peer only',
    file: LEADER,
    replace: [['for (const peer of node.peers) send', 'for (const peer of node.peers.slice(0, 1)) send']],
  },
  {
    id: 'asks-one-only',
    mistake: 'asks the first peer only for its vote',
    file: ELECTION,
    replace: [['for (const to of node.peers) {', 'for (const to of node.peers.slice(0, 1)) {']],
  },
  {
    id: 'fixed-timeout',
    mistake: 'always waits for the same time: whoever tied once ties again',
    file: SHELL,
    replace: [['Math.random() * (electionMaxMs', '0.5 * (electionMaxMs']],
  },
  {
    id: 'old-leader-resets-the-timer',
    mistake: 'begins to wait anew when it hears a leader of an earlier term',
    file: 'consensus/replication.ts',
    replace: [
      [
        '  if (term < node.currentTerm) return { success: false, matchIndex: 0 };\n',
        '  effects.resetElectionTimer = true;\n  if (term < node.currentTerm) return { success: false, matchIndex: 0 };\n',
      ],
    ],
  },
  {
    id: 'leader-does-not-count-itself',
    mistake: 'as a leader does not count itself: with one of two followers it steps down',
    file: 'consensus/leader.ts',
    replace: [['node.heardFrom.size + 1;', 'node.heardFrom.size;']],
  },
  {
    id: 'slow-heartbeats',
    mistake: 'sends a heartbeat for every tenth that is due',
    file: 'consensus/shell.ts',
    replace: [['}, this.#settings.heartbeatMs);', '}, this.#settings.heartbeatMs * 10);']],
  },
  {
    id: 'term-on-disk-with-votes-only',
    mistake: 'writes the term to disk only when its vote has changed, too',
    file: 'consensus/storage.ts',
    replace: [
      [
        'if (currentTerm !== written.currentTerm || votedFor !== written.votedFor) {',
        'if (votedFor !== written.votedFor) {',
      ],
    ],
  },
  {
    id: 'sends-before-disk',
    mistake: 'asks for votes before its own vote is on disk',
    file: 'consensus/shell.ts',
    replace: [
      [
        '      await this.#storage.sync();\n',
        '      for (const { effects } of steps) for (const message of effects.send.splice(0)) void this.#ask(message);\n      await new Promise((resolve) => setTimeout(resolve, 30));\n      await this.#storage.sync();\n',
      ],
    ],
  },
];

const PY_ELECTION = 'consensus/election.py';
const UP_TO_DATE = '(data.last_log_term, data.last_log_index) >= (own_term, own_index)';

const python: Sketch[] = [
  {
    id: 'votes-twice',
    mistake: 'votes for whoever asks, also if it has voted for somebody else in this term',
    file: PY_ELECTION,
    replace: [['is_free = node.voted_for is None or node.voted_for == from_', 'is_free = True']],
  },
  {
    id: 'vote-in-memory',
    mistake: 'notes its vote, and does not write it to disk',
    file: PY_ELECTION,
    replace: [
      [
        '        node.voted_for = from_\n        effects.persist = True\n',
        '        node.voted_for = from_\n',
      ],
    ],
  },
  {
    id: 'term-in-memory',
    mistake: 'enters a later term, and does not write it to disk',
    file: PY_ELECTION,
    replace: [
      ['        node.voted_for = None\n        effects.persist = True\n', '        node.voted_for = None\n'],
    ],
  },
  {
    id: 'keeps-its-vote',
    mistake: 'enters a later term with the vote of the term before',
    file: PY_ELECTION,
    replace: [['        node.voted_for = None\n', '']],
  },
  {
    id: 'longest-log-wins',
    mistake: 'compares the lengths of the logs only',
    file: PY_ELECTION,
    replace: [[UP_TO_DATE, 'data.last_log_index >= own_index']],
  },
  {
    id: 'compares-pairs-the-wrong-way-round',
    mistake: 'compares (index, term) instead of (term, index)',
    file: PY_ELECTION,
    replace: [[UP_TO_DATE, '(data.last_log_index, data.last_log_term) >= (own_index, own_term)']],
  },
  {
    id: 'strictly-ahead',
    mistake: 'votes only for a log that is ahead of its own: with equal logs nobody is ever elected',
    file: PY_ELECTION,
    replace: [['>= (own_term', '> (own_term']],
  },
  {
    id: 'votes-in-the-past',
    mistake: 'gives its vote in a term that is over',
    file: PY_ELECTION,
    replace: [['term == node.current_term and is_free', 'is_free']],
  },
  {
    id: 'counts-refusals',
    mistake: 'counts every answer as a vote',
    file: PY_ELECTION,
    replace: [['    if not data.vote_granted:\n        return\n', '']],
  },
  {
    id: 'counts-old-votes',
    mistake: 'counts votes that were given in an earlier term',
    file: PY_ELECTION,
    replace: [
      [
        'or term != node.current_term:\n        return\n    if not',
        'or term > node.current_term:\n        return\n    if not',
      ],
    ],
  },
  {
    id: 'truthy-majority',
    mistake: 'takes half of the nodes, rounded down, for a majority: cluster_size // 2',
    file: 'consensus/quorum.py',
    replace: [['return nodes > cluster_size / 2', 'return nodes >= cluster_size // 2']],
  },
  {
    id: 'refusal-resets-the-timer',
    mistake: 'begins to wait anew whenever somebody asks for its vote',
    file: PY_ELECTION,
    replace: [['    if vote_granted:\n', '    effects.reset_election_timer = True\n    if vote_granted:\n']],
  },
  {
    id: 'vote-does-not-reset-the-timer',
    mistake: 'gives its vote and stands for election itself the moment after',
    file: PY_ELECTION,
    replace: [
      [
        '        effects.persist = True\n        effects.reset_election_timer = True\n    return',
        '        effects.persist = True\n    return',
      ],
    ],
  },
  {
    id: 'leads-on',
    mistake: 'enters a later term, and goes on as what it was before',
    file: PY_ELECTION,
    replace: [['    node.state = "follower"\n', '']],
  },
  {
    id: 'stands-once',
    mistake: 'does not wait again when it stands: if nobody is elected, nobody tries a second time',
    file: PY_ELECTION,
    replace: [
      [
        '    effects.persist = True\n    effects.reset_election_timer = True\n    data =',
        '    effects.persist = True\n    data =',
      ],
    ],
  },
  {
    id: 'own-vote-in-memory',
    mistake: 'stands for election without writing the new term and its own vote to disk',
    file: PY_ELECTION,
    replace: [['    node.votes = {node.id}\n    effects.persist = True\n', '    node.votes = {node.id}\n']],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 8, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 8, language: 'python' as const })),
];
