import { oneAfterTheOther } from './one-after-the-other.ts';
import type { Sketch, Variant } from './variant.ts';

const ELECTION = 'consensus/election.ts';

const typescript: Sketch[] = [
  {
    id: 'compares-by-difference',
    style: 'compares term and index by their differences, and refuses by reason',
    file: ELECTION,
    replace: [
      [
        `  const own = { term: lastTerm(node.log), index: lastIndex(node.log) };
  const isUpToDate = lastLogTerm > own.term || (lastLogTerm === own.term && lastLogIndex >= own.index);
  const isFree = node.votedFor === null || node.votedFor === from;
  const voteGranted = term === node.currentTerm && isFree && isUpToDate;
  if (voteGranted) {
    node.votedFor = from;
    effects.persist = true;
    effects.resetElectionTimer = true;
  }
  return { voteGranted };
`,
        `  if (term < node.currentTerm) return { voteGranted: false };
  if (node.votedFor !== null && node.votedFor !== from) return { voteGranted: false };
  const ahead = lastLogTerm - lastTerm(node.log) || lastLogIndex - lastIndex(node.log);
  if (ahead < 0) return { voteGranted: false };
  effects.resetElectionTimer = true;
  effects.persist = node.votedFor !== from || effects.persist;
  node.votedFor = from;
  return { voteGranted: true };
`,
      ],
    ],
  },
  {
    id: 'waits-after-a-later-term',
    style: 'begins to wait anew whenever it enters a later term',
    file: ELECTION,
    replace: [
      [
        '    node.votedFor = null;\n    effects.persist = true;\n',
        '    node.votedFor = null;\n    effects.persist = true;\n    effects.resetElectionTimer = true;\n',
      ],
    ],
  },
  {
    id: 'says-why',
    style: 'says more than it must: fields that nobody asked for',
    file: 'consensus/core.ts',
    replace: [
      [
        "return { type: 'RequestVoteResponse', term: node.currentTerm, from: node.id, to: from, data };",
        "const more = { ...data, votedFor: node.votedFor, log: node.log.length };\n      return { type: 'RequestVoteResponse', term: node.currentTerm, from: node.id, to: from, data: more };",
      ],
    ],
  },
  {
    id: 'leader-has-the-vote',
    style: 'notes the leader of the term as the one it has voted for, where it had voted for nobody',
    file: 'consensus/replication.ts',
    replace: [
      [
        '  node.leader = leader;\n',
        '  node.leader = leader;\n  if (node.votedFor === null) effects.persist = true;\n  node.votedFor ??= leader;\n',
      ],
    ],
  },
  {
    id: 'writes-every-time',
    style: 'writes to disk before every answer, whether something has changed or not',
    file: 'consensus/core.ts',
    replace: [
      ['  const effects = noEffects();\n', '  const effects = noEffects();\n  effects.persist = true;\n'],
    ],
  },
  {
    id: 'asks-the-last-first',
    style: 'asks its peers in another order, and counts votes in a list',
    file: ELECTION,
    replace: [
      ['for (const to of node.peers) {', 'for (const to of [...node.peers].reverse()) {'],
      [
        '  node.votes.add(from);\n  if (hasMajority(node.votes.size, node.clusterSize)) becomeLeader(node, effects);\n',
        '  node.votes.add(from);\n  const given = [node.id, ...node.peers].filter((voter) => node.votes.has(voter));\n  if (2 * given.length > node.peers.length + 1) becomeLeader(node, effects);\n',
      ],
    ],
  },
  {
    id: 'heard-with-the-next-heartbeat',
    style: 'as a new leader says nothing before the next heartbeat',
    file: 'consensus/leader.ts',
    replace: [['  sendToAll(node, effects);\n}\n\n', '}\n\n']],
  },
  {
    id: 'no-vote-beside-a-leader',
    style: 'votes for nobody in a term whose leader it knows',
    file: 'consensus/election.ts',
    replace: [
      [
        'term === node.currentTerm && isFree',
        "term === node.currentTerm && node.state === 'follower' && (node.leader === null || node.leader === from) && isFree",
      ],
    ],
  },
  {
    id: 'asks-again',
    style: 'asks for a vote again and again until it is answered',
    file: 'consensus/shell.ts',
    replace: [
      [
        "      if (this.node.state === 'leader') this.#happened({ type: 'heartbeatTimeout' });\n",
        "      if (this.node.state === 'leader') this.#happened({ type: 'heartbeatTimeout' });\n      if (this.node.state !== 'candidate') return;\n      for (const message of this.#asked) if (!this.node.votes.has(message.to)) void this.#ask(message);\n",
      ],
      [
        '    for (const message of effects.send) void this.#ask(message);\n',
        "    for (const message of effects.send) void this.#ask(message);\n    if (effects.send[0]?.type === 'RequestVote') this.#asked = effects.send;\n",
      ],
      [
        '  #working = false;\n',
        '  /** What a candidate asks again until it is answered. */\n  #asked: RaftMessage[] = [];\n  #working = false;\n',
      ],
    ],
  },
  oneAfterTheOther,
];

const python: Sketch[] = [
  {
    id: 'refuses-by-reason',
    style: 'asks one thing after the other',
    file: 'consensus/election.py',
    replace: [
      [
        `    is_up_to_date = (data.last_log_term, data.last_log_index) >= (own_term, own_index)
    is_free = node.voted_for is None or node.voted_for == from_
    vote_granted = term == node.current_term and is_free and is_up_to_date
`,
        `    if data.last_log_term == own_term:
        is_up_to_date = data.last_log_index >= own_index
    else:
        is_up_to_date = data.last_log_term > own_term
    vote_granted = is_up_to_date and term == node.current_term and node.voted_for in (None, from_)
`,
      ],
    ],
  },
];

export const variants: Variant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 8, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 8, language: 'python' as const })),
];
