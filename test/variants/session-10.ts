import type { Sketch, Variant } from './variant.ts';

const API = 'consensus/kv-api.ts';
const READS = 'consensus/reads.ts';

const typescript: Sketch[] = [
  {
    id: 'reads-through-the-log',
    style: 'writes an entry for every read, and answers when it is applied',
    file: API,
    replace: [
      [
        '      if (!(await shell.confirmRead())) {\n',
        "      const entry = { op: 'cas', key, value: null, expected: { never: 'so' } } as const;\n      if ((await shell.propose(entry)) === null) {\n",
      ],
    ],
  },
  {
    id: 'reads-wait-for-the-heartbeat',
    style: 'lets a read wait for the answers to the next heartbeat, instead of asking at once',
    file: READS,
    replace: [
      ['  sendToAll(node, effects);\n', ''],
      ["import { sendToAll } from './leader.ts';\n", ''],
    ],
  },
  {
    id: 'reads-wait-for-readiness',
    style: 'refuses reads until its first entry is committed',
    file: READS,
    replace: [
      [
        "  if (node.state !== 'leader') {\n",
        "  if (node.state !== 'leader' || node.commitIndex < node.firstIndexOfTerm) {\n",
      ],
    ],
  },
  {
    id: 'maybe-for-reads',
    style: 'answers 504 to a read that nobody confirms',
    file: API,
    replace: [["new HttpError(503, 'no_quorum', message)", "new HttpError(504, 'timeout', message)"]],
  },
  {
    id: 'execute-with-ifs',
    style: 'decides on a command with one question after the other',
    file: 'consensus/state-machine.ts',
    replace: [
      [
        `    switch (op) {
      case 'put':
        return this.#write(key, { value, exists: true, version });
      case 'delete':
        return this.#write(key, { value: null, exists: false, version });
`,
        `    if (op === 'put') return this.#write(key, { value, exists: true, version });
    if (op === 'delete') return this.#write(key, { value: null, exists: false, version });
    switch (op) {
`,
      ],
    ],
  },
  {
    id: 'no-versions',
    style: 'does not tell versions, and answers a write without its value',
    file: API,
    replace: [
      [
        '    const body = exists ? { key, value, version } : { key, version };\n',
        '    void version;\n    const body = exists ? { key, value } : { key };\n',
      ],
    ],
  },
  {
    id: 'deletes-without-a-word',
    style: 'answers a delete without a body',
    file: 'consensus/kv-api.ts',
    replace: [
      [
        "    return change(request, { op: 'delete', key: parseKey(request.params.key ?? '') });",
        "    const key = parseKey(request.params.key ?? '');\n    const answer = await change(request, { op: 'delete', key });\n    return answer.status === 200 ? { ...answer, body: undefined } : answer;",
      ],
    ],
  },
  {
    id: 'one-round-for-many',
    style: 'lets reads that come during a round wait for the next one together',
    file: 'consensus/reads.ts',
    replace: [
      [
        '  node.round += 1;\n',
        '  if (node.reads.every((read) => read.round <= node.round - 1)) {\n    node.round += 1;\n    sendToAll(node, effects);\n    node.reads.push({ id, readIndex, round: node.round });\n    return;\n  }\n  node.round += 1;\n',
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'reads-wait-for-the-heartbeat',
    style: 'lets a read wait for the answers to the next heartbeat, instead of asking at once',
    file: 'consensus/reads.py',
    replace: [
      ['    send_to_all(node, effects)\n', ''],
      ['from consensus.leader import send_to_all\n', ''],
    ],
  },
];

export const variants: Variant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 10, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 10, language: 'python' as const })),
];
