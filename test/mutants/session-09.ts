import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const REPLICATION = 'consensus/replication.ts';
const COMMIT = 'consensus/commit.ts';
const LEADER = 'consensus/leader.ts';
const WAITING = 'consensus/waiting-clients.ts';

/** How onAppendEntries takes entries over, as the solution has it. */
const TAKE = `    if (termAt(node.log, entry.index) === entry.term) continue;
    cutFrom(node.log, entry.index);
    node.log.push(entry);
    effects.persist = true;
`;
const COMMIT_RULE = 'node.commitIndex = Math.max(node.commitIndex, Math.min(leaderCommit, matchIndex));';
const OWN_TERM = '    if (termAt(node.log, index) !== node.currentTerm) return;\n';

const typescript: Sketch[] = [
  {
    id: 'follows-old-leaders',
    mistake: 'takes over what a leader of an earlier term sends',
    file: REPLICATION,
    replace: [['  if (term < node.currentTerm) return { success: false, matchIndex: 0 };\n', '']],
  },
  {
    id: 'does-not-look-before',
    mistake: 'takes entries without looking at what stands before them',
    file: REPLICATION,
    replace: [['  if (termAt(node.log, prevLogIndex) !== prevLogTerm) {', '  if (prevLogTerm < 0) {']],
  },
  {
    id: 'any-entry-before-will-do',
    mistake: 'asks only whether there is an entry before, not of which term',
    file: REPLICATION,
    replace: [
      ['termAt(node.log, prevLogIndex) !== prevLogTerm', 'termAt(node.log, prevLogIndex) === undefined'],
    ],
  },
  {
    id: 'heartbeats-always-fit',
    mistake: 'says success to every heartbeat, because there is nothing to take over',
    file: REPLICATION,
    replace: [
      [
        '  if (termAt(node.log, prevLogIndex) !== prevLogTerm) {',
        '  if (entries.length > 0 && termAt(node.log, prevLogIndex) !== prevLogTerm) {',
      ],
    ],
  },
  {
    id: 'cuts-for-every-message',
    mistake: 'cuts its log behind prevLogIndex for every message, and takes back what it has promised since',
    file: REPLICATION,
    replace: [
      [
        '  for (const entry of entries) {\n',
        '  cutFrom(node.log, prevLogIndex + 1);\n  for (const entry of entries) {\n',
      ],
    ],
  },
  {
    id: 'cuts-behind-the-message',
    mistake: 'cuts what it has behind the last entry of a message, though nothing differs',
    file: REPLICATION,
    replace: [
      [
        '  const matchIndex = prevLogIndex + entries.length;\n',
        '  const matchIndex = prevLogIndex + entries.length;\n  if (entries.length > 0) cutFrom(node.log, matchIndex + 1);\n',
      ],
    ],
  },
  {
    id: 'never-cuts',
    mistake: 'keeps an entry that it has, although the leader has another one there',
    file: REPLICATION,
    replace: [
      ['termAt(node.log, entry.index) === entry.term', 'termAt(node.log, entry.index) !== undefined'],
    ],
  },
  {
    id: 'same-command-is-the-same',
    mistake: 'keeps its entry where the command is the same, whatever the term',
    file: REPLICATION,
    replace: [
      [
        'if (termAt(node.log, entry.index) === entry.term) continue;',
        'if (JSON.stringify(node.log[entry.index - 1]?.command) === JSON.stringify(entry.command)) continue;',
      ],
    ],
  },
  {
    id: 'keeps-the-tail',
    mistake: 'replaces the entry that differs, and keeps what stands behind it',
    file: REPLICATION,
    replace: [
      [
        '    cutFrom(node.log, entry.index);\n    node.log.push(entry);\n',
        '    node.log[entry.index - 1] = entry;\n',
      ],
    ],
  },
  {
    id: 'appends-copies',
    mistake: 'appends every entry that comes, also those that it has already',
    file: REPLICATION,
    replace: [
      [TAKE, '    node.log.push({ ...entry, index: node.log.length + 1 });\n    effects.persist = true;\n'],
    ],
  },
  {
    id: 'success-before-disk',
    mistake: 'says success while the entries are in memory only',
    file: REPLICATION,
    replace: [['    node.log.push(entry);\n    effects.persist = true;\n', '    node.log.push(entry);\n']],
  },
  {
    id: 'writes-the-first-only',
    mistake: 'takes only the first entry of a message and says that it has all',
    file: REPLICATION,
    replace: [['  for (const entry of entries) {\n', '  for (const entry of entries.slice(0, 1)) {\n']],
  },
  {
    id: 'copies-leader-commit',
    mistake: 'takes over leaderCommit as it is, beyond what it has',
    file: REPLICATION,
    replace: [[COMMIT_RULE, 'node.commitIndex = Math.max(node.commitIndex, leaderCommit);']],
  },
  {
    id: 'commits-to-the-end-of-its-log',
    mistake: 'commits up to the end of its own log, where it may have what the leader has not',
    file: REPLICATION,
    replace: [
      [
        COMMIT_RULE,
        'node.commitIndex = Math.max(node.commitIndex, Math.min(leaderCommit, node.log.length));',
      ],
    ],
  },
  {
    id: 'commit-goes-back',
    mistake: 'lets commitIndex become smaller when an old message comes',
    file: REPLICATION,
    replace: [[COMMIT_RULE, 'node.commitIndex = Math.min(leaderCommit, matchIndex);']],
  },
  {
    id: 'never-told-what-is-committed',
    mistake: 'does not take over from the leader what is committed',
    file: REPLICATION,
    replace: [[`  ${COMMIT_RULE}\n`, '']],
  },
  {
    id: 'commits-at-once',
    mistake: 'as a follower takes for committed whatever it has taken over',
    file: REPLICATION,
    replace: [[COMMIT_RULE, 'node.commitIndex = Math.max(node.commitIndex, matchIndex);']],
  },
  {
    id: 'claims-its-whole-log',
    mistake: 'tells the leader as matchIndex how long its log is, not how far it is like the leader’s',
    file: REPLICATION,
    replace: [
      ['  return { success: true, matchIndex };', '  return { success: true, matchIndex: node.log.length };'],
    ],
  },
  {
    id: 'counts-old-answers',
    mistake: 'takes answers of an earlier term for answers of this one',
    file: REPLICATION,
    replace: [
      [
        "if (node.state !== 'leader' || term !== node.currentTerm) return;",
        "if (node.state !== 'leader' || term > node.currentTerm) return;",
      ],
    ],
  },
  {
    id: 'matches-to-the-end',
    mistake: 'takes a success for the whole log, not for what was sent',
    file: REPLICATION,
    replace: [['Math.max(known, sent.prevLogIndex + sent.entries.length)', 'node.log.length']],
  },
  {
    id: 'refusal-is-success',
    mistake: 'does not look whether the follower has refused',
    file: REPLICATION,
    replace: [['  if (success) {\n', '  if (success || true) {\n']],
  },
  {
    id: 'never-goes-back',
    mistake: 'tries the same place again after a refusal',
    file: REPLICATION,
    replace: [['    node.nextIndex.set(from, Math.max(known + 1, earlier));\n', '']],
  },
  {
    id: 'goes-back-too-far',
    mistake: 'goes back before the first entry: nextIndex becomes 0',
    file: REPLICATION,
    replace: [
      [
        'const earlier = Math.min(sent.prevLogIndex, conflictIndex ?? sent.prevLogIndex);',
        'const earlier = Math.min(sent.prevLogIndex, conflictIndex ?? sent.prevLogIndex) - 1;',
      ],
      ['Math.max(known + 1, earlier)', 'earlier'],
    ],
  },
  {
    id: 'needs-hints',
    mistake: 'goes back only if the follower says where to',
    file: REPLICATION,
    replace: [
      [
        'Math.min(sent.prevLogIndex, conflictIndex ?? sent.prevLogIndex)',
        'conflictIndex ?? sent.prevLogIndex + 1',
      ],
    ],
  },
  {
    id: 'stops-after-one-message',
    mistake: 'does not advance nextIndex after a success: the follower gets the same again and again',
    file: REPLICATION,
    replace: [['    node.nextIndex.set(from, matchIndex + 1);\n', '']],
  },
  {
    id: 'commits-earlier-terms',
    mistake: 'counts entries of earlier terms, too (figure 8)',
    file: COMMIT,
    replace: [[OWN_TERM, '']],
  },
  {
    id: 'one-is-a-majority',
    mistake: 'commits what it has itself',
    file: COMMIT,
    replace: [['hasMajority(stored, node.clusterSize)', 'stored >= 1']],
  },
  {
    id: 'waits-for-everybody',
    mistake: 'commits only what all nodes have',
    file: COMMIT,
    replace: [['hasMajority(stored, node.clusterSize)', 'stored === node.clusterSize']],
  },
  {
    id: 'forgets-itself',
    mistake: 'does not count itself: of three nodes both others must have the entry',
    file: COMMIT,
    replace: [['.length + 1;', '.length;']],
  },
  {
    id: 'commits-one-more',
    mistake: 'commits one entry more than a majority has',
    file: COMMIT,
    replace: [['node.matchIndex.get(peer)! >= index', 'node.matchIndex.get(peer)! >= index - 1']],
  },
  {
    id: 'never-commits',
    mistake: 'notes who has what, and never asks whether a majority has it',
    file: REPLICATION,
    replace: [['    advanceCommitIndex(node);\n', '    void advanceCommitIndex;\n']],
  },
  {
    id: 'no-entry-of-its-own',
    mistake: 'does not begin its term with an entry, and so cannot commit what others have left',
    file: LEADER,
    replace: [['  append(node, null, effects);\n', '']],
  },
  {
    id: 'acknowledges-at-once',
    mistake: 'answers the client when the command is in its own log',
    file: WAITING,
    replace: [
      ['    return promise;\n', '    this.#take(index)?.resolve({ index, term });\n    return promise;\n'],
    ],
  },
  {
    id: 'any-entry-there-will-do',
    mistake: 'answers the client when some entry is committed at its index, whichever',
    file: WAITING,
    replace: [
      ['if (waiter?.term === result.term) waiter.resolve(result);', 'if (waiter) waiter.resolve(result);'],
    ],
  },
  {
    id: 'not-done-for-maybe',
    mistake: 'answers 503 for a command that is in its log already',
    file: WAITING,
    replace: [["new HttpError(504, 'timeout', message)", "new HttpError(503, 'no_quorum', message)"]],
  },
  {
    id: 'matches-from-the-start',
    mistake: 'as a new leader takes for granted that all logs are like its own',
    file: 'consensus/leader.ts',
    replace: [
      ['node.peers.map((peer) => [peer, 0])', 'node.peers.map((peer) => [peer, lastIndex(node.log)])'],
    ],
  },
  {
    id: 'own-entry-in-memory',
    mistake: 'as a leader does not write its own entries to disk, and counts itself',
    file: 'consensus/leader.ts',
    replace: [['  effects.persist = true;\n  effects.proposed', '  effects.proposed']],
  },
  {
    id: 'an-earlier-term-will-do',
    mistake: 'refuses only if the entry before is of an earlier term here than there',
    file: 'consensus/replication.ts',
    replace: [
      [
        'if (termAt(node.log, prevLogIndex) !== prevLogTerm) {',
        'if ((termAt(node.log, prevLogIndex) ?? -1) < prevLogTerm) {',
      ],
    ],
  },
  {
    id: 'later-term-stays',
    mistake: 'keeps an entry whose term is later than that of the leader’s entry there',
    file: 'consensus/replication.ts',
    replace: [
      [
        'if (termAt(node.log, entry.index) === entry.term) continue;',
        'if ((termAt(node.log, entry.index) ?? -1) >= entry.term) continue;',
      ],
    ],
  },
  {
    id: 'committed-at-start',
    mistake: 'takes for committed what it finds on its disk when it starts',
    file: 'consensus/state.ts',
    replace: [['commitIndex: 0,', 'commitIndex: log.length,']],
  },
  {
    id: 'tells-all-is-committed',
    mistake: 'tells its followers as leaderCommit how long its log is',
    file: 'consensus/leader.ts',
    replace: [['leaderCommit: node.commitIndex,', 'leaderCommit: lastIndex(node.log),']],
  },
  {
    id: 'refusal-is-commit',
    mistake: 'takes leaderCommit over before it looks whether the message fits',
    file: 'consensus/replication.ts',
    replace: [
      [
        '  if (termAt(node.log, prevLogIndex) !== prevLogTerm) {\n',
        '  node.commitIndex = Math.max(node.commitIndex, Math.min(leaderCommit, prevLogIndex, lastIndex(node.log)));\n  if (termAt(node.log, prevLogIndex) !== prevLogTerm) {\n',
      ],
    ],
  },
];

const PY_REPLICATION = 'consensus/replication.py';
const PY_COMMIT = 'consensus/commit.py';
const PY_RULE = 'node.commit_index = max(node.commit_index, min(data.leader_commit, match_index))';

const python: Sketch[] = [
  {
    id: 'follows-old-leaders',
    mistake: 'takes over what a leader of an earlier term sends',
    file: PY_REPLICATION,
    replace: [['    if term < node.current_term:\n        return AppendEntriesResponse(False, 0)\n', '']],
  },
  {
    id: 'does-not-look-before',
    mistake: 'takes entries without looking at what stands before them',
    file: PY_REPLICATION,
    replace: [
      ['if term_at(node.log, data.prev_log_index) != data.prev_log_term:', 'if data.prev_log_term < 0:'],
    ],
  },
  {
    id: 'heartbeats-always-fit',
    mistake: 'says success to every heartbeat, because there is nothing to take over',
    file: PY_REPLICATION,
    replace: [
      [
        'if term_at(node.log, data.prev_log_index) != data.prev_log_term:',
        'if data.entries and term_at(node.log, data.prev_log_index) != data.prev_log_term:',
      ],
    ],
  },
  {
    id: 'slices-and-appends',
    mistake: 'log[prev:] = entries: takes back what it has promised since when an old message comes',
    file: PY_REPLICATION,
    replace: [
      [
        '    for entry in data.entries:\n        if term_at(node.log, entry.index) == entry.term:\n            continue\n        cut_from(node.log, entry.index)\n        node.log.append(entry)\n        effects.persist = True\n',
        '    node.log[data.prev_log_index :] = data.entries\n    effects.persist = True\n',
      ],
    ],
  },
  {
    id: 'never-cuts',
    mistake: 'keeps an entry that it has, although the leader has another one there',
    file: PY_REPLICATION,
    replace: [
      ['if term_at(node.log, entry.index) == entry.term:', 'if term_at(node.log, entry.index) is not None:'],
    ],
  },
  {
    id: 'success-before-disk',
    mistake: 'says success while the entries are in memory only',
    file: PY_REPLICATION,
    replace: [
      [
        '        node.log.append(entry)\n        effects.persist = True\n',
        '        node.log.append(entry)\n',
      ],
    ],
  },
  {
    id: 'copies-leader-commit',
    mistake: 'takes over leader_commit as it is, beyond what it has',
    file: PY_REPLICATION,
    replace: [[PY_RULE, 'node.commit_index = max(node.commit_index, data.leader_commit)']],
  },
  {
    id: 'commits-to-the-end-of-its-log',
    mistake: 'commits up to the end of its own log, where it may have what the leader has not',
    file: PY_REPLICATION,
    replace: [
      [PY_RULE, 'node.commit_index = max(node.commit_index, min(data.leader_commit, len(node.log)))'],
    ],
  },
  {
    id: 'counts-old-answers',
    mistake: 'takes answers of an earlier term for answers of this one',
    file: PY_REPLICATION,
    replace: [['or term != node.current_term:', 'or term > node.current_term:']],
  },
  {
    id: 'matches-to-the-end',
    mistake: 'takes a success for the whole log, not for what was sent',
    file: PY_REPLICATION,
    replace: [['max(known, sent.prev_log_index + len(sent.entries))', 'last_index(node.log)']],
  },
  {
    id: 'never-goes-back',
    mistake: 'tries the same place again after a refusal',
    file: PY_REPLICATION,
    replace: [['        node.next_index[from_] = max(known + 1, earlier)\n', '']],
  },
  {
    id: 'zero-is-no-hint',
    mistake: 'goes back only if the follower says where to',
    file: PY_REPLICATION,
    replace: [
      ['hint = sent.prev_log_index if data', 'hint = sent.prev_log_index + 1 if data'],
      ['earlier = min(sent.prev_log_index, hint)', 'earlier = hint'],
    ],
  },
  {
    id: 'commits-earlier-terms',
    mistake: 'counts entries of earlier terms, too (figure 8)',
    file: PY_COMMIT,
    replace: [['        if term_at(node.log, index) != node.current_term:\n            return\n', '']],
  },
  {
    id: 'forgets-itself',
    mistake: 'does not count itself: of three nodes both others must have the entry',
    file: PY_COMMIT,
    replace: [['for peer in node.peers) + 1', 'for peer in node.peers)']],
  },
  {
    id: 'range-ends-early',
    mistake: 'begins one before the last entry, and so never commits the last one',
    file: PY_COMMIT,
    replace: [
      [
        'range(last_index(node.log), node.commit_index, -1)',
        'range(last_index(node.log) - 1, node.commit_index, -1)',
      ],
    ],
  },
  {
    id: 'never-told-what-is-committed',
    mistake: 'does not take over from the leader what is committed',
    file: PY_REPLICATION,
    replace: [[`    ${PY_RULE}\n`, '']],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 9, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 9, language: 'python' as const })),
];
