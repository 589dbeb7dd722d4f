import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const ACKNOWLEDGE = 'store/replicated/acknowledge.ts';
const READS = 'store/replicated/reads.ts';
const LEVELS = 'store/replicated/levels.ts';
const CLIENT_API = 'store/replicated/client-api.ts';

const ONE = "  if (ack === 'one') return true;\n";
const ALL = "  if (ack === 'all') return leadership.isOnAll(index);\n";
/** The body of session, as the solution has it. */
const SESSION = `    const caughtUp = await this.#keyValues.applied.reaches(token, this.#settings.sessionWaitMs);
    return caughtUp ? this.#keyValues.get(key) : undefined;`;
const READY = `    if (!(await leadership.isReady()))
      throw noQuorum('This leader does not know yet what earlier ones promised.');
`;
const CONFIRM =
  "    if (!(await leadership.confirm())) throw noQuorum('No majority confirms that this node still leads.');\n";

const typescript: Sketch[] = [
  {
    id: 'one-waits-for-two',
    mistake: 'waits for a majority whatever the client has asked for',
    file: ACKNOWLEDGE,
    replace: [[ONE, '']],
  },
  {
    id: 'all-is-two',
    mistake: 'takes a majority for all',
    file: ACKNOWLEDGE,
    replace: [[ALL, '']],
  },
  {
    id: 'all-for-everybody',
    mistake: 'waits for all nodes when a majority was asked for',
    file: ACKNOWLEDGE,
    replace: [['  return leadership.isOnMajority(index);', '  return leadership.isOnAll(index);']],
  },
  {
    id: 'acknowledges-alone',
    mistake: 'acknowledges at once, except where all are asked for',
    file: ACKNOWLEDGE,
    replace: [['  return leadership.isOnMajority(index);', '  return true;']],
  },
  {
    id: 'does-not-wait-for-all',
    mistake: 'asks whether all have it and does not heed the answer',
    file: ACKNOWLEDGE,
    replace: [
      [ALL, "  if (ack === 'all') await leadership.isOnAll(index);\n  if (ack === 'all') return true;\n"],
    ],
  },
  {
    id: 'default-is-one',
    mistake: 'acknowledges alone if the client has not said what it wants',
    file: LEVELS,
    replace: [["query.get('ack') ?? 'majority'", "query.get('ack') ?? 'one'"]],
  },
  {
    id: 'default-is-eventual',
    mistake: 'reads the own copy if the client has not said what it wants',
    file: LEVELS,
    replace: [["query.get('consistency') ?? 'strong'", "query.get('consistency') ?? 'eventual'"]],
  },
  {
    id: 'unknown-level-is-strong',
    mistake: 'takes a level that does not exist for strong, and says nothing',
    file: LEVELS,
    replace: [
      [
        "return oneOf(LEVELS, 'consistency', query.get('consistency') ?? 'strong');",
        "return LEVELS.find((level) => level === query.get('consistency')) ?? 'strong';",
      ],
    ],
  },
  {
    id: 'eventual-asks-the-leader',
    mistake: 'has the leader answer every read',
    file: READS,
    replace: [
      [
        "if (level === 'eventual') return this.eventual(key);",
        "if (level === 'eventual') return this.strong(key);",
      ],
    ],
  },
  {
    id: 'session-ignores-the-token',
    mistake: 'answers from the own copy, whatever the client has seen',
    file: READS,
    replace: [[SESSION, '    return token >= 0 ? this.#keyValues.get(key) : undefined;']],
  },
  {
    id: 'session-answers-anyway',
    mistake: 'waits for the token, and answers from the old copy when the time is over',
    file: READS,
    replace: [
      ['    return caughtUp ? this.#keyValues.get(key) : undefined;', '    return this.#keyValues.get(key);'],
    ],
  },
  {
    id: 'session-gives-up-at-once',
    mistake: 'does not wait at all, and never reads an own copy that will soon do',
    file: READS,
    replace: [
      [
        'await this.#keyValues.applied.reaches(token, this.#settings.sessionWaitMs);',
        'token < this.#keyValues.applied.value;',
      ],
    ],
  },
  {
    id: 'session-waits-for-one-more',
    mistake: 'waits for the entry behind the token',
    file: READS,
    replace: [['applied.reaches(token, this', 'applied.reaches(token + 1, this']],
  },
  {
    id: 'session-leaves-it-to-the-leader',
    mistake: 'never answers at a follower',
    file: READS,
    replace: [[SESSION, '    return token >= 0 ? this.strong(key) : undefined;']],
  },
  {
    id: 'token-of-the-key',
    mistake:
      'gives the version of the key as the token, so that a read of an old key forgets what was seen of others',
    file: CLIENT_API,
    replace: [['String(Math.max(token, store.keyValues.commitIndex))', 'String(held.version)']],
  },
  {
    id: 'token-of-writes-only',
    mistake: 'gives reads the token back that they came with',
    file: CLIENT_API,
    replace: [['String(Math.max(token, store.keyValues.commitIndex))', 'String(token)']],
  },
  {
    id: 'strong-at-any-node',
    mistake: 'lets a follower answer strong reads from its own copy',
    file: READS,
    replace: [
      [
        '    const leadership = this.#leadership();\n    if (leadership === undefined) return undefined;',
        '    const leadership = this.#leadership();\n    if (leadership === undefined) return this.#keyValues.get(key);',
      ],
    ],
  },
  {
    id: 'strong-believes-in-itself',
    mistake: 'does not ask whether it still leads',
    file: READS,
    replace: [[CONFIRM, '']],
  },
  {
    id: 'strong-does-not-heed-the-answer',
    mistake: 'asks whether it still leads and answers in any case',
    file: READS,
    replace: [[CONFIRM, '    await leadership.confirm();\n']],
  },
  {
    id: 'strong-trusts-old-answers',
    mistake: 'thinks that it leads if a majority was heard a while ago',
    file: 'store/replicated/leadership.ts',
    replace: [
      [
        '    return !this.#over && enough(answers.size);',
        '    return !this.#over && (enough(answers.size) || this.#hearsMajority());',
      ],
    ],
  },
  {
    id: 'strong-does-not-look-first',
    mistake: 'answers as a new leader before it knows what the one before has promised',
    file: READS,
    replace: [[READY, '']],
  },
  {
    id: 'quorum-does-not-wait',
    mistake: 'asks a majority how long its logs are, and answers before that much is applied',
    file: READS,
    replace: [
      [
        'if (!(await this.#keyValues.applied.reaches(index, this.#settings.requestTimeoutMs))) {',
        'if (index < 0) {',
      ],
    ],
  },
  {
    id: 'applies-what-it-hears',
    mistake: 'applies entries when they come, committed or not',
    file: 'store/replicated/follower.ts',
    replace: [
      [
        '      this.#agree(term, index);\n      this.#learnCommit(term, commitIndex);\n    } else',
        '      this.#agree(term, index);\n      this.#learnCommit(term, Math.max(commitIndex, index));\n    } else',
      ],
    ],
  },
  {
    id: 'believes-any-commit-index',
    mistake: 'applies its own log as far as the leader says, though it may not be the same there',
    file: 'store/replicated/follower.ts',
    replace: [
      [
        'if (term === this.#agreed.term) this.#keyValues.commit(Math.min(commitIndex, this.#agreed.index));',
        'if (term >= this.#agreed.term) this.#keyValues.commit(Math.min(commitIndex, this.#log.lastIndex));',
      ],
    ],
  },
];

const READS_PY = 'store/replicated/reads.py';
const SESSION_PY = `        caught_up = await self._key_values.applied.reaches(token, self._settings.session_wait_ms)
        return self._key_values.get(key) if caught_up else None
`;
const CONFIRM_PY = `        if not await leadership.confirm():
            raise no_quorum("No majority confirms that this node still leads.")
`;

const python: Sketch[] = [
  {
    id: 'one-waits-for-two',
    mistake: 'waits for a majority whatever the client has asked for',
    file: 'store/replicated/acknowledge.py',
    replace: [['    if ack == "one":\n        return True\n', '']],
  },
  {
    id: 'all-is-two',
    mistake: 'takes a majority for all',
    file: 'store/replicated/acknowledge.py',
    replace: [['    if ack == "all":\n        return await leadership.is_on_all(index)\n', '']],
  },
  {
    id: 'acknowledges-alone',
    mistake: 'acknowledges at once, except where all are asked for',
    file: 'store/replicated/acknowledge.py',
    replace: [['    return await leadership.is_on_majority(index)', '    return True']],
  },
  {
    id: 'eventual-asks-the-leader',
    mistake: 'has the leader answer every read',
    file: READS_PY,
    replace: [['return await self.eventual(key)', 'return await self.strong(key)']],
  },
  {
    id: 'session-ignores-the-token',
    mistake: 'answers from the own copy, whatever the client has seen',
    file: READS_PY,
    replace: [[SESSION_PY, '        return self._key_values.get(key)\n']],
  },
  {
    id: 'session-answers-anyway',
    mistake: 'waits for the token, and answers from the old copy when the time is over',
    file: READS_PY,
    replace: [
      ['return self._key_values.get(key) if caught_up else None', 'return self._key_values.get(key)'],
    ],
  },
  {
    id: 'session-leaves-it-to-the-leader',
    mistake: 'never answers at a follower',
    file: READS_PY,
    replace: [[SESSION_PY, '        return await self.strong(key)\n']],
  },
  {
    id: 'strong-at-any-node',
    mistake: 'lets a follower answer strong reads from its own copy',
    file: READS_PY,
    replace: [
      [
        '        if leadership is None:\n            return None\n',
        '        if leadership is None:\n            return self._key_values.get(key)\n',
      ],
    ],
  },
  {
    id: 'strong-believes-in-itself',
    mistake: 'does not ask whether it still leads',
    file: READS_PY,
    replace: [[CONFIRM_PY, '']],
  },
  {
    id: 'strong-forgets-to-await',
    mistake: 'forgets await: a coroutine is always true',
    file: READS_PY,
    replace: [['if not await leadership.confirm():', 'if not leadership.confirm():']],
  },
  {
    id: 'strong-does-not-look-first',
    mistake: 'answers as a new leader before it knows what the one before has promised',
    file: READS_PY,
    replace: [
      [
        '        if not await leadership.is_ready():\n            raise no_quorum("This leader does not know yet what earlier ones promised.")\n',
        '',
      ],
    ],
  },
  {
    id: 'quorum-does-not-wait',
    mistake: 'asks a majority how long its logs are, and answers before that much is applied',
    file: READS_PY,
    replace: [
      [
        'if not await self._key_values.applied.reaches(index, self._settings.request_timeout_ms):',
        'if index < 0:',
      ],
    ],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 5, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 5, language: 'python' as const })),
];
