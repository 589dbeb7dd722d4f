import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const RING = 'store/partitioned/ring.ts';
const MERGE = 'store/partitioned/merge.ts';
const COORDINATOR = 'store/partitioned/coordinator.ts';
const REPLICA = 'store/partitioned/replica.ts';
const CLIENT_API = 'store/partitioned/client-api.ts';
const NODE = 'store/partitioned/node.ts';

/** The whole of merge, as the solution has it. */
const MERGE_BODY = `  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp ? a : b;
  return a.writer > b.writer ? a : b;`;
const MERGE_BODY_PY = `    if a.timestamp != b.timestamp:
        return a if a.timestamp > b.timestamp else b
    return a if a.writer > b.writer else b
`;

const typescript: Sketch[] = [
  {
    id: 'ring-not-sorted',
    mistake: 'leaves the points in the order in which they were made',
    file: RING,
    replace: [['return points.sort((a, b) => a.hash - b.hash);', 'return points;']],
  },
  {
    id: 'ring-sorted-as-text',
    mistake: 'sorts the hashes as text: 10 before 9',
    file: RING,
    replace: [
      [
        'return points.sort((a, b) => a.hash - b.hash);',
        'return points.sort((a, b) => (String(a.hash) < String(b.hash) ? -1 : 1));',
      ],
    ],
  },
  {
    id: 'ring-one-point',
    mistake: 'gives each node one point instead of VNODES',
    file: RING,
    replace: [['for (let i = 0; i < vnodes; i += 1)', 'for (let i = 0; i < 1; i += 1)']],
  },
  {
    id: 'ring-counts-from-one',
    mistake: 'numbers the points from 1',
    file: RING,
    replace: [[`hash32(\`\${node}#\${i}\`)`, `hash32(\`\${node}#\${i + 1}\`)`]],
  },
  {
    id: 'ring-built-once',
    mistake: 'keeps the first ring that it has built, whoever joins or leaves',
    file: RING,
    replace: [
      ['export function buildRing(', 'let built: Point[] | undefined;\n\nexport function buildRing('],
      [
        '  return points.sort((a, b) => a.hash - b.hash);',
        '  built ??= points.sort((a, b) => a.hash - b.hash);\n  return built;',
      ],
    ],
  },
  {
    id: 'ring-does-not-wrap',
    mistake: 'takes the last point for a key behind it',
    file: RING,
    replace: [
      ['const start = found === -1 ? 0 : found;', 'const start = found === -1 ? ring.length - 1 : found;'],
    ],
  },
  {
    id: 'ring-backwards',
    mistake: 'walks to the point before the key',
    file: RING,
    replace: [
      [
        'ring.findIndex((point) => point.hash >= place)',
        'ring.findLastIndex((point) => point.hash <= place)',
      ],
    ],
  },
  {
    id: 'owners-repeat',
    mistake: 'takes the next REPLICAS points, although they may belong to the same node',
    file: RING,
    replace: [['if (!owners.includes(node)) owners.push(node);', 'owners.push(node);']],
  },
  {
    id: 'owner-by-modulo',
    mistake: 'takes the hash modulo the number of nodes',
    file: RING,
    replace: [
      [
        'for (const { node } of [...ring.slice(start), ...ring.slice(0, start)]) {',
        'const nodes = [...new Set(ring.map((point) => point.node))].sort();\n  const first = place % nodes.length;\n  for (const node of [...nodes.slice(first), ...nodes.slice(0, first)]) {',
      ],
    ],
  },
  {
    id: 'cp-always-serves',
    mistake: 'serves in cp as soon as one owner answers',
    file: COORDINATOR,
    replace: [["return mode === 'cp' ? reachable > owners / 2 : reachable > 0;", 'return reachable > 0;']],
  },
  {
    id: 'cp-needs-all',
    mistake: 'needs every owner in cp',
    file: COORDINATOR,
    replace: [
      [
        "mode === 'cp' ? reachable > owners / 2 : reachable > 0",
        "mode === 'cp' ? reachable === owners : reachable > 0",
      ],
    ],
  },
  {
    id: 'cp-one-too-few',
    mistake: 'takes a third of the owners for a majority',
    file: COORDINATOR,
    replace: [['reachable > owners / 2 :', 'reachable >= Math.floor(owners / 2) :']],
  },
  {
    id: 'cp-half-is-enough',
    mistake: 'takes half of the owners for a majority, which is right for three and wrong for two',
    file: COORDINATOR,
    replace: [['reachable > owners / 2 :', 'reachable >= owners / 2 :']],
  },
  {
    id: 'ap-needs-majority',
    mistake: 'refuses in ap, too, without a majority',
    file: COORDINATOR,
    replace: [
      ["return mode === 'cp' ? reachable > owners / 2 : reachable > 0;", 'return reachable > owners / 2;'],
    ],
  },
  {
    id: 'modes-swapped',
    mistake: 'does in cp what ap should do, and the other way round',
    file: COORDINATOR,
    replace: [["return mode === 'cp' ?", "return mode === 'ap' ?"]],
  },
  {
    id: 'read-does-not-ask-can-serve',
    mistake: 'answers a read with whatever it has',
    file: COORDINATOR,
    replace: [
      [
        `throw noQuorum(key, replies);
    return this.#best(replies.entries);`,
        `owners.includes('');
    return this.#best(replies.entries);`,
      ],
    ],
  },
  {
    id: 'read-takes-the-first',
    mistake: 'answers with the first entry that comes, not with the newest',
    file: COORDINATOR,
    replace: [['return this.#best(replies.entries);', 'return replies.entries[0];']],
  },
  {
    id: 'write-does-not-wait-for-owners',
    mistake: 'answers a write before the owners have confirmed it',
    file: COORDINATOR,
    replace: [
      [
        'const confirmed = await this.#tellOwners(entry, replies);',
        'const confirmed = owners.length;\n    void this.#tellOwners(entry, replies);',
      ],
    ],
  },
  {
    id: 'write-does-not-count',
    mistake: 'does not look how many owners have confirmed a write',
    file: COORDINATOR,
    replace: [
      [
        'if (!canServe(confirmed, owners.length, this.#settings.mode)) throw unconfirmed(key, confirmed, owners);',
        'if (confirmed < 0) throw unconfirmed(key, confirmed, owners);',
      ],
    ],
  },
  {
    id: 'unconfirmed-is-refused',
    mistake: 'says 503 after an owner has been told',
    file: COORDINATOR,
    replace: [['throw unconfirmed(key, confirmed, owners);', 'throw noQuorum(key, replies);']],
  },
  {
    id: 'version-not-above-all',
    mistake: 'counts versions by its own copy alone',
    file: COORDINATOR,
    replace: [
      [
        'const version = 1 + Math.max(0, ...known.map((entry) => entry.version));',
        'const version = 1 + (mine?.version ?? 0);',
      ],
    ],
  },
  {
    id: 'merge-takes-the-other',
    mistake: 'lets whatever arrives last win',
    file: MERGE,
    replace: [[MERGE_BODY, `  return b;`]],
  },
  {
    id: 'merge-keeps-its-own',
    mistake: 'keeps what it has when the timestamps are equal',
    file: MERGE,
    replace: [[MERGE_BODY, `  return a.timestamp >= b.timestamp ? a : b;`]],
  },
  {
    id: 'merge-earlier-wins',
    mistake: 'keeps the write with the smaller timestamp',
    file: MERGE,
    replace: [['return a.timestamp > b.timestamp ? a : b;', 'return a.timestamp < b.timestamp ? a : b;']],
  },
  {
    id: 'merge-by-version',
    mistake: 'merges by version instead of by timestamp',
    file: MERGE,
    replace: [
      [
        'if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp ? a : b;',
        'if (a.version !== b.version) return a.version > b.version ? a : b;',
      ],
    ],
  },
  {
    id: 'merge-by-writer',
    mistake: 'lets the larger node id win, whatever the time',
    file: MERGE,
    replace: [['  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp ? a : b;\n', '']],
  },
  {
    id: 'conflicts-forgotten',
    mistake: 'drops the write that lost without a word',
    file: REPLICA,
    replace: [
      [
        "if (mine !== undefined && this.#mode === 'ap') this.#noteLoss(mine, entry, kept);",
        'if (mine === entry) this.#noteLoss(mine, entry, kept);',
      ],
    ],
  },
  {
    id: 'hash-of-latin-letters',
    mistake: 'hashes one byte for each character',
    file: RING,
    replace: [["createHash('sha256').update(text)", "createHash('sha256').update(text, 'latin1')"]],
  },
  {
    id: 'serves-foreign-keys',
    mistake: 'serves every key itself, whoever owns it',
    file: CLIENT_API,
    replace: [['if (core.serves(key)) return answer();', 'if (key !== "") return answer();']],
  },
  {
    id: 'takes-any-value',
    mistake: 'does not look whether a write has a value',
    file: CLIENT_API,
    replace: [
      ['const value = parseValue(request.body);', 'const value = (request.body as any)?.value ?? null;'],
    ],
  },
  {
    id: 'version-always-one',
    mistake: 'gives every write the version 1',
    file: COORDINATOR,
    replace: [
      ['const version = 1 + Math.max(0, ...known.map((entry) => entry.version));', 'const version = 1;'],
    ],
  },
  {
    id: 'delete-writes-null',
    mistake: 'deletes a key by writing null',
    file: CLIENT_API,
    replace: [
      ['core.write(key, { value: null, deleted: true })', 'core.write(key, { value: null, deleted: false })'],
    ],
  },
  {
    id: 'owner-does-not-sync',
    mistake: 'confirms a write before it is on disk',
    file: COORDINATOR,
    replace: [
      [
        '    this.#replica.store(entry);\n    await this.#replica.sync();\n    return {};',
        '    this.#replica.store(entry);\n    return {};',
      ],
      [
        '    this.#replica.store(entry);\n    await this.#replica.sync();\n    const message',
        '    this.#replica.store(entry);\n    const message',
      ],
    ],
  },
  {
    id: 'forgets-the-skew',
    mistake: 'stamps writes by a clock of its own, not by the one of the node',
    file: NODE,
    replace: [
      [
        'Math.max(wallClock(this.#config), this.#lastTimestamp + 1)',
        'Math.max(Date.now(), this.#lastTimestamp + 1)',
      ],
    ],
  },
  {
    id: 'never-stops-comparing',
    mistake: 'waits at the end for a loop that nobody has told to stop',
    file: NODE,
    replace: [
      ['    this.#reconciler?.stop();\n', ''],
      ['Promise.race([this.#reconciling, grace])', 'this.#reconciling, grace'],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'ring-not-sorted',
    mistake: 'leaves the points in the order in which they were made',
    file: 'store/partitioned/ring.py',
    replace: [['return sorted(points, key=lambda point: point.hash)', 'return points']],
  },
  {
    id: 'ring-does-not-wrap',
    mistake: 'walks past the end of the list',
    file: 'store/partitioned/ring.py',
    replace: [
      [
        'start = next((i for i, point in enumerate(ring) if point.hash >= place), 0)',
        'start = next(i for i, point in enumerate(ring) if point.hash >= place)',
      ],
    ],
  },
  {
    id: 'own-hash',
    mistake: "uses Python's own hash, which differs from process to process",
    file: 'store/partitioned/ring.py',
    replace: [['return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)', 'return hash(text) % 2**32']],
  },
  {
    id: 'owners-repeat',
    mistake: 'takes the next points, although they may belong to the same node',
    file: 'store/partitioned/ring.py',
    replace: [
      [
        `        if point.node not in owners:
            owners.append(point.node)`,
        '        owners.append(point.node)',
      ],
    ],
  },
  {
    id: 'cp-needs-all',
    mistake: 'needs every owner in cp',
    file: 'store/partitioned/coordinator.py',
    replace: [
      [
        'return reachable > owners / 2 if mode == "cp" else reachable > 0',
        'return reachable == owners if mode == "cp" else reachable > 0',
      ],
    ],
  },
  {
    id: 'cp-half-is-enough',
    mistake: 'divides with // and takes half of the owners for a majority',
    file: 'store/partitioned/coordinator.py',
    replace: [
      [
        'return reachable > owners / 2 if mode == "cp" else reachable > 0',
        'return reachable >= (owners + 1) // 2 if mode == "cp" else reachable > 0',
      ],
    ],
  },
  {
    id: 'cp-always-serves',
    mistake: 'serves in cp as soon as one owner answers',
    file: 'store/partitioned/coordinator.py',
    replace: [['return reachable > owners / 2 if mode == "cp" else reachable > 0', 'return reachable > 0']],
  },
  {
    id: 'ap-needs-majority',
    mistake: 'refuses in ap, too, without a majority',
    file: 'store/partitioned/coordinator.py',
    replace: [
      ['return reachable > owners / 2 if mode == "cp" else reachable > 0', 'return reachable > owners / 2'],
    ],
  },
  {
    id: 'write-does-not-count',
    mistake: 'does not look how many owners have confirmed a write',
    file: 'store/partitioned/coordinator.py',
    replace: [
      [
        `        if not can_serve(confirmed, len(owners), self._settings.mode):
            raise _unconfirmed(key, confirmed, owners)
`,
        '',
      ],
    ],
  },
  {
    id: 'unconfirmed-is-refused',
    mistake: 'says 503 after an owner has been told',
    file: 'store/partitioned/coordinator.py',
    replace: [['raise _unconfirmed(key, confirmed, owners)', 'raise _no_quorum(key, replies)']],
  },
  {
    id: 'merge-takes-the-other',
    mistake: 'lets whatever arrives last win',
    file: 'store/partitioned/merge.py',
    replace: [[MERGE_BODY_PY, '    return b\n']],
  },
  {
    id: 'merge-keeps-its-own',
    mistake: 'keeps what it has when the timestamps are equal',
    file: 'store/partitioned/merge.py',
    replace: [[MERGE_BODY_PY, '    return a if a.timestamp >= b.timestamp else b\n']],
  },
  {
    id: 'merge-by-writer',
    mistake: 'lets the larger node id win, whatever the time',
    file: 'store/partitioned/merge.py',
    replace: [[MERGE_BODY_PY, '    return a if a.writer > b.writer else b\n']],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 3, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 3, language: 'python' as const })),
];
