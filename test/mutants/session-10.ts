import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const MACHINE = 'consensus/state-machine.ts';
const READS = 'consensus/reads.ts';
const CORE = 'consensus/core.ts';
const SHELL = 'consensus/shell.ts';
const API = 'consensus/kv-api.ts';
const WAITING = 'consensus/waiting-clients.ts';
const COMMIT = 'consensus/commit.ts';

const FITS = 'expected === null ? !held.exists : held.exists && sameValue(held.value, expected)';

const typescript: Sketch[] = [
  {
    id: 'executes-twice',
    mistake: 'does not look whether a request was carried out before',
    file: MACHINE,
    replace: [['    if (last?.requestId === requestId) return last.outcome;\n', '']],
  },
  {
    id: 'forgets-the-outcome',
    mistake: 'answers a repeated request with what the key holds now, not with what came of it then',
    file: MACHINE,
    replace: [
      [
        'if (last?.requestId === requestId) return last.outcome;',
        "if (last?.requestId === requestId) return { result: 'mismatch', held: this.get(command.key) };",
      ],
    ],
  },
  {
    id: 'takes-older-requests',
    mistake: 'carries out a request that is older than one it has answered',
    file: MACHINE,
    replace: [
      [
        "    if (last && requestId < last.requestId) return { result: 'stale_request', held: this.get(command.key) };\n",
        '',
      ],
    ],
  },
  {
    id: 'one-table-for-all',
    mistake: 'keeps one last request for all clients',
    file: MACHINE,
    replace: [
      ['this.#sessions.get(clientId)', "this.#sessions.get('')"],
      ['this.#sessions.set(clientId,', "this.#sessions.set('',"],
    ],
  },
  {
    id: 'compares-numbers-as-text',
    mistake: 'compares the numbers of requests as texts: 10 is smaller than 9',
    file: MACHINE,
    replace: [['requestId < last.requestId', 'String(requestId) < String(last.requestId)']],
  },
  {
    id: 'remembers-outside-the-log',
    mistake: 'remembers in the leader which requests were done, and not in what is replicated',
    file: API,
    replace: [
      [
        '  const change = async (request: HttpRequest, command: Command): Promise<HttpAnswer> => {\n',
        `  const done = new Map<string, { requestId: number; answer: HttpAnswer }>();

  const change = async (request: HttpRequest, command: Command): Promise<HttpAnswer> => {
    const { clientId = '', requestId = -1 } = parseClient(request.headers);
    const last = done.get(clientId);
    if (requestId >= 0 && last?.requestId === requestId) return last.answer;
    if (last && requestId >= 0 && requestId < last.requestId) {
      return { status: 409, body: { error: 'stale_request', message: 'older', key: command.key } };
    }
    const answer = await changeNow(request, command);
    if (requestId >= 0 && answer.status < 500) done.set(clientId, { requestId, answer });
    return answer;
  };

  const changeNow = async (request: HttpRequest, command: Command): Promise<HttpAnswer> => {
`,
      ],
      ['shell.propose({ ...command, ...parseClient(request.headers) })', 'shell.propose(command)'],
    ],
  },
  {
    id: 'drops-the-number',
    mistake: 'does not write into the log who asks and for the how manieth time',
    file: API,
    replace: [['shell.propose({ ...command, ...parseClient(request.headers) })', 'shell.propose(command)']],
  },
  {
    id: 'sets-without-comparing',
    mistake: 'writes whatever the key holds',
    file: MACHINE,
    replace: [[FITS, 'true || sameValue(held.value, expected)']],
  },
  {
    id: 'null-is-a-value',
    mistake: 'takes expected null for a value, and so never creates a key',
    file: MACHINE,
    replace: [[FITS, 'held.exists && sameValue(held.value, expected)']],
  },
  {
    id: 'null-is-always-right',
    mistake: 'takes expected null for "never mind"',
    file: MACHINE,
    replace: [[FITS, 'expected === null || (held.exists && sameValue(held.value, expected))']],
  },
  {
    id: 'compares-as-text',
    mistake: 'compares JSON as text, in which the order of names counts',
    file: MACHINE,
    replace: [
      [
        'sameValue(held.value, expected)',
        '(sameValue, JSON.stringify(held.value) === JSON.stringify(expected))',
      ],
    ],
  },
  {
    id: 'compares-before-the-log',
    mistake: 'compares when the request comes, and writes whatever the key holds by then',
    file: API,
    replace: [
      [
        "    return change(request, { op: 'cas', key, value, expected: anyField(body, 'expected') });",
        `    const expected = anyField(body, 'expected');
    const held = stateMachine.get(key);
    const fits = expected === null ? !held.exists : JSON.stringify(held.value) === JSON.stringify(expected);
    if (!fits) return { status: 409, body: { error: 'mismatch', message: 'no', key, value: held.value } };
    return change(request, { op: 'put', key, value });`,
      ],
    ],
  },
  {
    id: 'append-replaces',
    mistake: 'writes the new text in the place of the old one',
    file: MACHINE,
    replace: [['value: text + value,', 'value,']],
  },
  {
    id: 'append-needs-a-key',
    mistake: 'refuses to append to a key that does not exist',
    file: MACHINE,
    replace: [["const text = held.exists ? held.value : '';", 'const text = held.value;']],
  },
  {
    id: 'op-is-needed',
    mistake: 'does nothing where the command has no op, though that is a put',
    file: MACHINE,
    replace: [["execute({ op = 'put', key,", "execute({ op = 'delete', key,"]],
  },
  {
    id: 'delete-leaves-null',
    mistake: 'writes null in the place of what is deleted',
    file: MACHINE,
    replace: [['{ value: null, exists: false, version });', '{ value: null, exists: true, version });']],
  },
  {
    id: 'reads-its-own-copy',
    mistake: 'lets every node answer reads from its own copy',
    file: API,
    replace: [['if (!parseLocal(request.query)) {', 'if (parseLocal(request.query) && false) {']],
  },
  {
    id: 'leader-does-not-ask',
    mistake: 'lets the leader answer reads without asking whether it still leads',
    file: READS,
    replace: [
      [
        '  node.round += 1;\n',
        '  effects.reads.push({ id, confirmed: node.lastApplied >= readIndex });\n  if (node.lastApplied >= readIndex) return;\n  node.round += 1;\n',
      ],
    ],
  },
  {
    id: 'no-new-round',
    mistake: 'counts answers to what was asked before the read came',
    file: READS,
    replace: [['  node.round += 1;\n', '']],
  },
  {
    id: 'any-answer-confirms',
    mistake: 'takes a majority that has ever answered for a majority that answers this read',
    file: READS,
    replace: [['node.answeredRound.get(peer)! >= read.round', 'node.answeredRound.get(peer)! >= 0']],
  },
  {
    id: 'one-answer-too-few',
    mistake: 'lets half of the nodes, rounded down, confirm a read',
    file: READS,
    replace: [
      [
        'hasMajority(answered.length + 1, node.clusterSize)',
        'hasMajority(answered.length + 2, node.clusterSize)',
      ],
    ],
  },
  {
    id: 'does-not-look-first',
    mistake: 'as a new leader answers before it knows what the one before has committed',
    file: READS,
    replace: [['Math.max(node.commitIndex, node.firstIndexOfTerm)', 'node.commitIndex']],
  },
  {
    id: 'old-leader-confirms',
    mistake: 'does not look whether it still leads when the answers come',
    file: READS,
    replace: [
      [
        "    if (node.state !== 'leader') effects.reads.push({ id: read.id, confirmed: false });\n    else if (isCertain)",
        "    if (isCertain || node.state !== 'leader')",
      ],
      [
        'effects.reads.push({ id: read.id, confirmed: true })',
        'effects.reads.push({ id: read.id, confirmed: true })',
      ],
    ],
  },
  {
    id: 'answers-outlive-their-question',
    mistake: 'takes an answer to what it asked when it led before for an answer to what it asks now',
    file: CORE,
    replace: [
      [
        "if (node.state === 'leader' && sent.term === node.currentTerm) {",
        "if (node.state === 'leader' && term === node.currentTerm) {",
      ],
    ],
  },
  {
    id: 'applies-twice',
    mistake: 'applies the last entry once more whenever something is committed',
    file: COMMIT,
    replace: [
      [
        '  while (node.lastApplied < node.commitIndex) {\n',
        '  if (node.lastApplied > 0 && node.lastApplied < node.commitIndex) node.lastApplied -= 1;\n  while (node.lastApplied < node.commitIndex) {\n',
      ],
    ],
  },
  {
    id: 'applies-what-it-appends',
    mistake: 'applies entries when they come, not when they are committed',
    file: COMMIT,
    replace: [['node.lastApplied < node.commitIndex', 'node.lastApplied < node.log.length']],
  },
  {
    id: 'followers-do-not-apply',
    mistake: 'applies entries only while it leads',
    file: SHELL,
    replace: [
      [
        '    for (const entry of effects.apply) this.#apply(entry);\n',
        "    for (const entry of effects.apply) if (this.node.state === 'leader') this.#apply(entry);\n",
      ],
    ],
  },
  {
    id: 'apply-with-chance',
    mistake: 'uses the number of the node in apply, so that copies differ',
    file: SHELL,
    replace: [
      [
        'const outcome = this.stateMachine.apply(entry);',
        "const { command } = entry;\n      const own = command?.op === 'append' ? { ...entry, command: { ...command, value: command.value + this.node.id } } : entry;\n      const outcome = this.stateMachine.apply(own);",
      ],
    ],
  },
  {
    id: 'not-done-for-maybe',
    mistake: 'answers 503 for a command that is in its log already',
    file: WAITING,
    replace: [["new HttpError(504, 'timeout', message)", "new HttpError(503, 'no_quorum', message)"]],
  },
  {
    id: 'any-entry-there-will-do',
    mistake: 'answers the client with what came of another leader’s entry at its index',
    file: WAITING,
    replace: [
      ['if (waiter?.term === result.term) waiter.resolve(result);', 'if (waiter) waiter.resolve(result);'],
    ],
  },
  {
    id: 'acknowledges-at-once',
    mistake: 'answers a write when it is in its own log',
    file: SHELL,
    replace: [
      [
        'resolve(proposed === null ? null : this.#clients.waitFor(proposed));',
        "resolve(\n          proposed === null\n            ? null\n            : { index: proposed.index, term: proposed.term, outcome: { result: 'done', held: this.stateMachine.get(command.key) } },\n        );",
      ],
    ],
  },
  {
    id: 'forwards-again',
    mistake: 'forwards what was forwarded to it',
    file: API,
    replace: [['if (by !== undefined) throw noLeader(', "if (by === 'nobody') throw noLeader("]],
  },
  {
    id: 'lease-read',
    mistake: 'answers reads if a majority has answered anything since the last election timeout',
    file: 'consensus/reads.ts',
    replace: [
      [
        'hasMajority(answered.length + 1, node.clusterSize)',
        'hasMajority(Math.max(answered.length, node.heardFrom.size) + 1, node.clusterSize)',
      ],
    ],
  },
  {
    id: 'remembers-success-only',
    mistake:
      'remembers only what has succeeded: a compare-and-set that was refused is carried out when it is repeated',
    file: 'consensus/state-machine.ts',
    replace: [
      [
        '    this.#sessions.set(clientId, { requestId, outcome });\n',
        "    if (outcome.result === 'done') this.#sessions.set(clientId, { requestId, outcome });\n",
      ],
    ],
  },
  {
    id: 'table-of-client-and-key',
    mistake: 'remembers the last request of each client for each key',
    file: 'consensus/state-machine.ts',
    replace: [
      [
        'const last = this.#sessions.get(clientId);',
        'const last = this.#sessions.get(clientId + command.key);',
      ],
      ['this.#sessions.set(clientId,', 'this.#sessions.set(clientId + command.key,'],
    ],
  },
  {
    id: 'null-is-missing',
    mistake: 'takes a key that holds null for one that does not exist',
    file: 'consensus/state-machine.ts',
    replace: [['expected === null ? !held.exists :', 'expected === null ? held.value === null :']],
  },
  {
    id: 'compares-loosely',
    mistake: 'compares with ==, to which true is 1 and "1" is 1',
    file: 'consensus/same-value.ts',
    replace: [['return one === other;', 'return one == other;']],
  },
  {
    id: 'lost-answer-is-refusal',
    mistake: 'says 503 when the answer to what it has forwarded is lost',
    file: 'shared/forwarder.ts',
    replace: [["throw new HttpError(504, 'timeout',", "throw new HttpError(503, 'no_leader',"]],
  },
  {
    id: 'committed-at-start',
    mistake: 'takes for committed what it finds on its disk when it starts, and applies it',
    file: 'consensus/state.ts',
    replace: [['commitIndex: 0,', 'commitIndex: log.length,']],
  },
  {
    id: 'refusals-are-remembered-as-done',
    mistake: 'answers a repeated request with 200, whatever has come of it',
    file: 'consensus/state-machine.ts',
    replace: [
      [
        'if (last?.requestId === requestId) return last.outcome;',
        "if (last?.requestId === requestId) return { ...last.outcome, result: 'done' };",
      ],
    ],
  },
  {
    id: 'plain-object',
    mistake: 'keeps the keys in a plain object, in which __proto__ is something else',
    file: 'consensus/state-machine.ts',
    replace: [
      ['return this.#held.get(key) ?? NOTHING;', 'return this.#held[key] ?? NOTHING;'],
      ['readonly #held = new Map<string, Held>();', 'readonly #held: Record<string, Held> = {};'],
      ['this.#held.set(key, held)', 'this.#held[key] = held'],
      ['this.#held.delete(key)', 'delete this.#held[key]'],
    ],
  },
  {
    id: 'stale-moves-the-table-back',
    mistake: 'remembers an older request that it has refused as the last one',
    file: 'consensus/state-machine.ts',
    replace: [
      [
        "if (last && requestId < last.requestId) return { result: 'stale_request', held: this.get(command.key) };",
        "if (last && requestId < last.requestId) {\n      this.#sessions.set(clientId, { requestId, outcome: last.outcome });\n      return { result: 'stale_request', held: this.get(command.key) };\n    }",
      ],
    ],
  },
  {
    id: 'request-id-nought',
    mistake: 'takes request 0 for a request without a number',
    file: 'consensus/state-machine.ts',
    replace: [
      [
        'if (clientId === undefined || requestId === undefined) return',
        'if (!clientId || !requestId) return',
      ],
    ],
  },
  {
    id: 'retry-inside',
    mistake: 'sends a command that may be lost once more by itself',
    file: 'consensus/kv-api.ts',
    replace: [
      [
        'const committed = await shell.propose({ ...command, ...parseClient(request.headers) });',
        'const attempt = { ...command, ...parseClient(request.headers) };\n    const committed = await shell.propose(attempt).catch(() => shell.propose(attempt));',
      ],
    ],
  },
  {
    id: 'session-ends-with-delete',
    mistake: 'forgets all clients when a key is deleted',
    file: 'consensus/state-machine.ts',
    replace: [
      [
        '    else this.#held.delete(key);\n',
        '    else {\n      this.#held.delete(key);\n      this.#sessions.clear();\n    }\n',
      ],
    ],
  },
  {
    id: 'puts-may-come-twice',
    mistake: 'thinks that to put the same twice is no harm',
    file: MACHINE,
    replace: [
      [
        'if (clientId === undefined || requestId === undefined) return',
        "if (clientId === undefined || requestId === undefined || command.op === 'put') return",
      ],
    ],
  },
  {
    id: 'falsy-expected-is-none',
    mistake: 'takes expected 0, false and "" for none',
    file: API,
    replace: [
      [
        "if (!Object.hasOwn(body, 'expected')) return",
        'if (!body.expected && body.expected !== null) return',
      ],
    ],
  },
  {
    id: 'reads-before-it-applies',
    mistake: 'answers reads as soon as an entry is committed, and applies it a moment later',
    file: SHELL,
    replace: [
      [
        '    for (const entry of effects.apply) this.#apply(entry);\n',
        '    setTimeout(() => {\n      for (const entry of effects.apply) this.#apply(entry);\n    }, 2);\n',
      ],
    ],
  },
];

const PY_MACHINE = 'consensus/state_machine.py';
const PY_READS = 'consensus/reads.py';

const python: Sketch[] = [
  {
    id: 'executes-twice',
    mistake: 'does not look whether a request was carried out before',
    file: PY_MACHINE,
    replace: [['        if request_id == last_id:\n            return last_outcome\n', '']],
  },
  {
    id: 'takes-older-requests',
    mistake: 'carries out a request that is older than one it has answered',
    file: PY_MACHINE,
    replace: [
      [
        '        if request_id < last_id:\n            return Outcome("stale_request", self.get(command["key"]))\n',
        '',
      ],
    ],
  },
  {
    id: 'forgets-to-remember',
    mistake: 'looks into the table of clients, and never writes into it',
    file: PY_MACHINE,
    replace: [['        self._sessions[client_id] = (request_id, outcome)\n', '']],
  },
  {
    id: 'falsy-is-missing',
    mistake: 'takes a key with an empty value for one that does not exist',
    file: PY_MACHINE,
    replace: [['not held.exists if expected is None else', 'not held.value if expected is None else']],
  },
  {
    id: 'null-is-a-value',
    mistake: 'takes expected null for a value, and so never creates a key',
    file: PY_MACHINE,
    replace: [
      [
        'not held.exists if expected is None else held.exists and same_value(held.value, expected)',
        'held.exists and same_value(held.value, expected)',
      ],
    ],
  },
  {
    id: 'append-replaces',
    mistake: 'writes the new text in the place of the old one',
    file: PY_MACHINE,
    replace: [['Held(text + str(value), True, version)', 'Held(str(value), True, version)']],
  },
  {
    id: 'delete-leaves-null',
    mistake: 'writes None in the place of what is deleted',
    file: PY_MACHINE,
    replace: [['Held(None, False, version)', 'Held(None, True, version)']],
  },
  {
    id: 'leader-does-not-ask',
    mistake: 'lets the leader answer reads without asking whether it still leads',
    file: PY_READS,
    replace: [
      [
        '    node.round += 1\n',
        '    if node.last_applied >= read_index:\n        effects.reads.append(ReadAnswer(id, True))\n        return\n    node.round += 1\n',
      ],
    ],
  },
  {
    id: 'no-new-round',
    mistake: 'counts answers to what was asked before the read came',
    file: PY_READS,
    replace: [['    node.round += 1\n', '']],
  },
  {
    id: 'does-not-look-first',
    mistake: 'as a new leader answers before it knows what the one before has committed',
    file: PY_READS,
    replace: [['max(node.commit_index, node.first_index_of_term)', 'node.commit_index']],
  },
  {
    id: 'one-answer-too-few',
    mistake: 'lets half of the nodes, rounded down, confirm a read',
    file: PY_READS,
    replace: [
      ['has_majority(answered + 1, node.cluster_size)', 'has_majority(answered + 2, node.cluster_size)'],
    ],
  },
  {
    id: 'applies-what-it-appends',
    mistake: 'applies entries when they come, not when they are committed',
    file: 'consensus/commit.py',
    replace: [['while node.last_applied < node.commit_index:', 'while node.last_applied < len(node.log):']],
  },
  {
    id: 'one-is-true',
    mistake: 'compares with ==, to which True is 1',
    file: 'consensus/same_value.py',
    replace: [
      [
        'return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)',
        'return bool(one == other)',
      ],
    ],
  },
  {
    id: 'request-id-nought',
    mistake: 'takes request 0, which is false, for a request without a number',
    file: PY_MACHINE,
    replace: [['if client_id is None or request_id is None:', 'if not client_id or not request_id:']],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 10, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 10, language: 'python' as const })),
];
