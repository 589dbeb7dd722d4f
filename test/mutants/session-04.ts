import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const WRITE = 'store/replicated/write.ts';
const TAKE_OVER = 'store/replicated/take-over.ts';
const VOTE = 'store/replicated/vote.ts';
const ELECTION = 'store/replicated/election.ts';

/** How shouldGrantVote compares the logs, as the solution has it. */
const COMPARE = `  if (request.lastLogTerm !== voter.lastLogTerm) return request.lastLogTerm > voter.lastLogTerm;
  return request.lastLogIndex >= voter.lastLogIndex;`;

const typescript: Sketch[] = [
  {
    id: 'acknowledges-at-once',
    mistake: 'answers when the entry is on its own disk, and does not wait for a majority',
    file: WRITE,
    replace: [
      ['  if (!(await isSafe(entry.index))) throw mayBeLost(key);\n', '  void isSafe(entry.index);\n'],
    ],
  },
  {
    id: 'does-not-ask-whether-it-is-safe',
    mistake: 'waits, and answers with 200 whatever comes of it',
    file: WRITE,
    replace: [
      ['  if (!(await isSafe(entry.index))) throw mayBeLost(key);\n', '  await isSafe(entry.index);\n'],
    ],
  },
  {
    id: 'waits-for-everybody',
    mistake: 'acknowledges only what all three nodes have',
    file: WRITE,
    replace: [['descending[Math.floor(stored.length / 2)] ?? 0', 'descending.at(-1) ?? 0']],
  },
  {
    id: 'one-is-a-majority',
    mistake: 'takes what the fastest node has for what a majority has',
    file: WRITE,
    replace: [['descending[Math.floor(stored.length / 2)] ?? 0', 'descending[0] ?? 0']],
  },
  {
    id: 'sorts-as-text',
    mistake: 'sorts the indexes as text: 9 is larger than 10',
    file: WRITE,
    replace: [['[...stored].sort((a, b) => b - a)', '[...stored].sort()']],
  },
  {
    id: 'forgets-its-own-disk',
    mistake: 'does not store the entry on the leader, and so never counts itself',
    file: WRITE,
    replace: [['  await leadership.store(entry);\n', '']],
  },
  {
    id: 'answers-the-wrong-version',
    mistake: 'answers with the entry before its own',
    file: WRITE,
    replace: [['  return entry;\n', '  return { ...entry, index: entry.index - 1 };\n']],
  },
  {
    id: 'not-done-for-maybe',
    mistake: 'answers 503 for a write that is in its log already',
    file: WRITE,
    replace: [["new HttpError(504, 'timeout', message)", "new HttpError(503, 'no_quorum', message)"]],
  },
  {
    id: 'follows-old-leaders',
    mistake: 'takes over what a leader of an earlier term sends',
    file: TAKE_OVER,
    replace: [['  if (part.term < currentTerm) return false;\n', '']],
  },
  {
    id: 'does-not-look-before',
    mistake: 'takes entries over without looking at what stands before them',
    file: TAKE_OVER,
    replace: [['  if (log.termAt(part.prevIndex) !== part.prevTerm) return false;\n', '']],
  },
  {
    id: 'any-entry-before-will-do',
    mistake: 'asks only whether there is an entry before, not of which term',
    file: TAKE_OVER,
    replace: [['log.termAt(part.prevIndex) !== part.prevTerm', 'log.termAt(part.prevIndex) === undefined']],
  },
  {
    id: 'ok-before-disk',
    mistake: 'says ok while the entries are in memory only',
    file: TAKE_OVER,
    replace: [['  await log.sync();\n', '']],
  },
  {
    id: 'cuts-for-every-message',
    mistake: 'cuts its log off behind every message, so that an old one takes entries away',
    file: 'store/replicated/replication-log.ts',
    replace: [
      [
        '    const different = entries.findIndex(({ index, term }) => this.termAt(index) !== term);',
        '    const different = entries.length > 0 ? 0 : -1;',
      ],
    ],
  },
  {
    id: 'votes-in-the-past',
    mistake: 'votes for a candidate of an earlier term',
    file: VOTE,
    replace: [['  if (request.term < voter.term) return false;\n', '']],
  },
  {
    id: 'votes-twice',
    mistake: 'does not look at who has its vote already',
    file: VOTE,
    replace: [['  if (voter.votedFor !== null && voter.votedFor !== request.candidate) return false;\n', '']],
  },
  {
    id: 'refuses-who-asks-again',
    mistake: 'refuses the candidate that it has voted for, when that asks again',
    file: VOTE,
    replace: [
      [
        'if (voter.votedFor !== null && voter.votedFor !== request.candidate)',
        'if (voter.votedFor !== null)',
      ],
    ],
  },
  {
    id: 'does-not-compare-logs',
    mistake: 'votes for whoever asks first',
    file: VOTE,
    replace: [[COMPARE, '  return true;']],
  },
  {
    id: 'longest-log-wins',
    mistake: 'compares the lengths of the logs alone',
    file: VOTE,
    replace: [[COMPARE, '  return request.lastLogIndex >= voter.lastLogIndex;']],
  },
  {
    id: 'length-before-term',
    mistake: 'compares the lengths first, and the terms only if they are the same',
    file: VOTE,
    replace: [
      [
        COMPARE,
        `  if (request.lastLogIndex !== voter.lastLogIndex) return request.lastLogIndex > voter.lastLogIndex;
  return request.lastLogTerm >= voter.lastLogTerm;`,
      ],
    ],
  },
  {
    id: 'term-alone',
    mistake: 'compares the last terms alone, so that a shorter log of the same term wins',
    file: VOTE,
    replace: [[COMPARE, '  return request.lastLogTerm >= voter.lastLogTerm;']],
  },
  {
    id: 'term-and-length',
    mistake: 'votes only if the other log has a later last term and is longer too',
    file: VOTE,
    replace: [
      [
        COMPARE,
        '  return request.lastLogTerm >= voter.lastLogTerm && request.lastLogIndex >= voter.lastLogIndex;',
      ],
    ],
  },
  {
    id: 'strictly-longer',
    mistake: 'refuses a candidate whose log is as long as its own',
    file: VOTE,
    replace: [
      [
        'return request.lastLogIndex >= voter.lastLogIndex;',
        'return request.lastLogIndex > voter.lastLogIndex;',
      ],
    ],
  },
  {
    id: 'forgets-its-vote',
    mistake: 'keeps term and vote in memory only',
    file: 'store/replicated/node-state.ts',
    replace: [['    this.#journal.append({ term, votedFor });\n', '']],
  },
  {
    id: 'leads-on',
    mistake: 'enters the later term and leads on',
    file: ELECTION,
    replace: [
      [
        `    this.#state.enterTerm(term, null);
    this.becomeFollower(null);
`,
        `    this.#state.enterTerm(term, null);
    if (this.#state.role !== 'leader') this.becomeFollower(null);
`,
      ],
    ],
  },
  {
    id: 'stays-in-its-term',
    mistake: 'steps down, but stays in the old term',
    file: ELECTION,
    replace: [['    this.#state.enterTerm(term, null);\n', '']],
  },
  {
    id: 'keeps-its-vote',
    mistake: 'takes the vote of the old term along into the new one',
    file: ELECTION,
    replace: [['this.#state.enterTerm(term, null);', 'this.#state.enterTerm(term, this.#state.votedFor);']],
  },
  {
    id: 'every-message-is-a-new-term',
    mistake: 'forgets its vote whenever a message of the same term comes',
    file: ELECTION,
    replace: [['if (term <= this.#state.term) return;', 'if (term < this.#state.term) return;']],
  },
  {
    id: 'leads-for-ever',
    mistake: 'goes on leading when it has heard no majority for long',
    file: 'store/replicated/leadership.ts',
    replace: [['return heard + 1 >= this.#peers.majority;', 'return heard + 1 >= 0;']],
  },
  {
    id: 'forwards-again',
    mistake: 'forwards what another node has forwarded',
    file: 'store/replicated/client-api.ts',
    replace: [['if (by !== undefined) throw', "if (by === 'nobody') throw"]],
  },
];

/** The same in Python. */
const COMPARE_PY = `    if request.last_log_term != voter.last_log_term:
        return request.last_log_term > voter.last_log_term
    return request.last_log_index >= voter.last_log_index
`;

const python: Sketch[] = [
  {
    id: 'acknowledges-at-once',
    mistake: 'answers when the entry is on its own disk, and does not wait for a majority',
    file: 'store/replicated/write.py',
    replace: [['    if not await is_safe(entry.index):\n        raise _may_be_lost(key)\n', '']],
  },
  {
    id: 'forgets-to-await',
    mistake: 'forgets await: a coroutine is always true',
    file: 'store/replicated/write.py',
    replace: [['if not await is_safe(entry.index):', 'if not is_safe(entry.index):']],
  },
  {
    id: 'waits-for-everybody',
    mistake: 'acknowledges only what all three nodes have',
    file: 'store/replicated/write.py',
    replace: [['return descending[len(stored) // 2]', 'return descending[-1]']],
  },
  {
    id: 'one-is-a-majority',
    mistake: 'takes what the fastest node has for what a majority has',
    file: 'store/replicated/write.py',
    replace: [['return descending[len(stored) // 2]', 'return descending[0]']],
  },
  {
    id: 'follows-old-leaders',
    mistake: 'takes over what a leader of an earlier term sends',
    file: 'store/replicated/take_over.py',
    replace: [['    if part.term < current_term:\n        return False\n', '']],
  },
  {
    id: 'does-not-look-before',
    mistake: 'takes entries over without looking at what stands before them',
    file: 'store/replicated/take_over.py',
    replace: [['    if log.term_at(part.prev_index) != part.prev_term:\n        return False\n', '']],
  },
  {
    id: 'ok-before-disk',
    mistake: 'says ok while the entries are in memory only',
    file: 'store/replicated/take_over.py',
    replace: [['    await log.sync()\n', '']],
  },
  {
    id: 'votes-in-the-past',
    mistake: 'votes for a candidate of an earlier term',
    file: 'store/replicated/vote.py',
    replace: [['    if request.term < voter.term:\n        return False\n', '']],
  },
  {
    id: 'votes-twice',
    mistake: 'does not look at who has its vote already',
    file: 'store/replicated/vote.py',
    replace: [
      [
        '    if voter.voted_for is not None and voter.voted_for != request.candidate:\n        return False\n',
        '',
      ],
    ],
  },
  {
    id: 'longest-log-wins',
    mistake: 'compares the lengths of the logs alone',
    file: 'store/replicated/vote.py',
    replace: [[COMPARE_PY, '    return request.last_log_index >= voter.last_log_index\n']],
  },
  {
    id: 'compares-as-tuples-the-wrong-way-round',
    mistake: 'compares (index, term) instead of (term, index)',
    file: 'store/replicated/vote.py',
    replace: [
      [
        COMPARE_PY,
        `    mine = (voter.last_log_index, voter.last_log_term)
    return (request.last_log_index, request.last_log_term) >= mine
`,
      ],
    ],
  },
  {
    id: 'strictly-longer',
    mistake: 'refuses a candidate whose log is as long as its own',
    file: 'store/replicated/vote.py',
    replace: [
      [
        'return request.last_log_index >= voter.last_log_index',
        'return request.last_log_index > voter.last_log_index',
      ],
    ],
  },
  {
    id: 'leads-on',
    mistake: 'enters the later term and leads on',
    file: 'store/replicated/election.py',
    replace: [
      [
        `        self._state.enter_term(term, None)
        self.become_follower(None)
`,
        `        self._state.enter_term(term, None)
        if self._state.role != "leader":
            self.become_follower(None)
`,
      ],
    ],
  },
  {
    id: 'keeps-its-vote',
    mistake: 'takes the vote of the old term along into the new one',
    file: 'store/replicated/election.py',
    replace: [['self._state.enter_term(term, None)', 'self._state.enter_term(term, self._state.voted_for)']],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 4, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 4, language: 'python' as const })),
];
