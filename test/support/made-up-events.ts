import type { LiveEvent } from '../../src/live/events.ts';
import type { SystemView } from '../../src/live/view.ts';

export type SystemKind = SystemView['kind'];

type Fields = Record<string, unknown>;

const event = (type: string, at: number, fields: Fields) => ({ type, at, ...fields }) as unknown as LiveEvent;

const NODES: Record<SystemKind, string[]> = {
  messages: ['node1', 'node2', 'node3'],
  queue: ['broker', 'worker1', 'worker2', 'worker3', 'producer'],
  ring: ['node1', 'node2', 'node3'],
  replicas: ['node1', 'node2', 'node3'],
  chat: ['chat1', 'chat2'],
  raft: ['node1', 'node2', 'node3', 'node4', 'node5'],
};

const SESSIONS: Record<SystemKind, [number, string]> = {
  messages: [1, 'Two nodes and a wire'],
  queue: [2, 'Work that is never lost'],
  ring: [3, 'Many nodes, one store'],
  replicas: [4, 'One leader, three copies'],
  chat: [7, 'Two servers, one room'],
  raft: [10, 'A store that agrees'],
};

const points = Array.from({ length: 48 }, (_, at) => ({
  hash: Math.floor(((at * 0.618) % 1) * 2 ** 32),
  node: `node${(at % 3) + 1}`,
})).sort((a, b) => a.hash - b.hash);

type ViewOf<Kind extends SystemKind> = Omit<Extract<SystemView, { kind: Kind }>, 'kind'>;

const VIEWS: { [Kind in SystemKind]: ViewOf<Kind> } = {
  messages: {
    nodes: NODES.messages.map((name, at) => ({ name, handled: 4 + at, counter: at, last: 'add from node1' })),
  },
  queue: {
    answers: true,
    stats: { pending: 12, processing: 3, completed: 140, failed: 1 },
    tasks: [
      ...Array.from({ length: 8 }, (_, at) => ({
        id: `producer-0000${at}`,
        status: 'pending',
        retries: at % 2,
      })),
      ...[1, 2, 3].map((at) => ({
        id: `producer-1000${at}`,
        status: 'processing',
        worker: `worker${at}`,
        retries: 0,
      })),
      ...Array.from({ length: 8 }, (_, at) => ({
        id: `producer-2000${at}`,
        status: 'completed',
        retries: 0,
      })),
      { id: 'poison', status: 'failed', retries: 4 },
    ],
  },
  ring: {
    mode: 'cp',
    replicas: 3,
    points,
    nodes: NODES.ring.map((name, at) => ({ name, share: [0.35, 0.25, 0.4][at]!, keys: 10 * at + 3 })),
  },
  replicas: {
    nodes: [
      { name: 'node1', role: 'leader', term: 3, lastLogIndex: 42, commitIndex: 42, behind: 0, silentMs: 0 },
      {
        name: 'node2',
        role: 'follower',
        term: 3,
        lastLogIndex: 42,
        commitIndex: 41,
        behind: 1,
        silentMs: 60,
      },
      {
        name: 'node3',
        role: 'follower',
        term: 2,
        lastLogIndex: 30,
        commitIndex: 29,
        behind: 13,
        silentMs: 5200,
      },
    ],
  },
  chat: {
    rooms: [
      {
        roomId: 'general',
        sequencer: 'chat1',
        sequenceNumber: 128,
        present: [
          { userId: 'alice', status: 'online' },
          { userId: 'bob', status: 'offline' },
        ],
      },
      { roomId: 'a room with a long name', sequencer: 'chat2', sequenceNumber: 7, present: [] },
    ],
  },
  raft: {
    nodes: NODES.raft.map((name, at) => ({
      name,
      ...(at === 3
        ? {}
        : {
            state: at === 1 ? 'leader' : 'follower',
            currentTerm: 4,
            votedFor: at === 4 ? null : 'node2',
            commitIndex: 16 - at,
            lastApplied: 16 - at,
            lastLogIndex: 18 - at,
            entries: Array.from({ length: 18 - at }, (_, index) => ({
              index: index + 1,
              term: index < 9 ? 2 : 4,
            })),
          }),
    })),
  },
};

/** A cluster of a system in the middle of its work: one node dead, one message lost, a check failed. */
export function madeUpEvents(kind: SystemKind, now: number): LiveEvent[] {
  const names = NODES[kind];
  const [session, title] = SESSIONS[kind];
  const elects = kind === 'raft' || kind === 'replicas';
  const dead = names[names.length - 2]!;
  const nodes = (status: string) =>
    names.map((name, at) => ({
      name,
      status: name === dead ? status : 'running',
      answers: true,
      role: elects ? (at === 1 ? 'leader' : 'follower') : kind === 'queue' ? name.replace(/\d/, '') : 'node',
      ...(elects && { term: 4 }),
    }));
  return [
    event('cluster', now - 9_000, {
      cluster: { session, title, system: kind, runtime: 'process', services: names },
    }),
    event('nodes', now - 9_000, { nodes: nodes('running') }),
    event('nodes', now - 3_000, { nodes: nodes('exited') }),
    event('faults', now - 2_500, {
      faults: [
        { at: now - 3_000, what: `${dead} killed` },
        { at: now - 2_500, what: `${names[0]} isolated` },
      ],
    }),
    event('system', now, { view: { kind, ...VIEWS[kind] } }),
    ...Array.from({ length: 80 }, (_, at) => madeUpMessage(names, at, now - 9_000 + at * 110)),
    ...Array.from({ length: 30 }, (_, at) =>
      event('log', now - 3_000 + at * 100, {
        node: names[at % names.length],
        text: `12:00:0${at % 10}.250 send AppendEntries ${names[0]} -> ${names[1]} term 4, ${at} entries`,
      }),
    ),
    ...madeUpVerify(now),
  ];
}

export function madeUpMessage(names: readonly string[], seq: number, sentAt: number): LiveEvent {
  const lost = seq % 17 === 16;
  const slow = seq % 13 === 0 ? 350 : 4;
  return event('message', sentAt, {
    seq: seq + 1,
    from: names[seq % names.length],
    to: names[(seq + 1 + (seq % (names.length - 1))) % names.length],
    method: 'POST',
    path: '/raft',
    label: seq % 3 === 0 ? 'RequestVote term=4' : 'AppendEntries term=4',
    sentAt,
    deliveredAt: lost ? null : sentAt + slow,
    answeredAt: lost ? null : sentAt + slow + 2,
    returnedAt: lost ? null : sentAt + 2 * slow + 2,
    status: lost ? null : 200,
    outcome: lost ? 'request-lost' : 'answered',
    faults: lost ? ['cut'] : [],
    routine: seq % 3 !== 0,
  });
}

const CHECKS = [
  ['says-it-is-there', 'A node says that it is there'],
  ['leader-dies', 'When the leader dies, another one is elected'],
  ['majority-or-nobody', 'Without a majority nobody leads'],
] as const;

function madeUpVerify(now: number): LiveEvent[] {
  const checks = CHECKS.map(([id, promise]) => ({ id, promise }));
  const result = (at: number) => ({
    ...checks[at],
    chapter: 'consensus/13-raft-leader-election.md#an-election',
    ms: 1_204,
    attempts: 1,
    facts: [],
    hint: 'Who may vote, and how often?',
  });
  const rows = Array.from({ length: 9 }, (_, at) => ({
    at: at * 150,
    kind: ['message', 'answer', 'lost', 'fault', 'note'][at % 5],
    from: at % 5 === 3 ? 'node2' : at % 2 ? 'client' : 'node1',
    ...(at % 5 < 3 && { to: at % 2 ? 'node1' : 'node3' }),
    label: at % 5 === 3 ? 'node2 killed' : 'POST /raft type=RequestVote term=2',
  }));
  const failure = {
    expected: 'a leader within two seconds',
    seen: 'nobody led',
    evidence: ['node1 was follower in term 2', 'node3 was candidate in term 9'],
    timeline: { participants: ['client', 'node1', 'node2', 'node3'], rows, earlier: 12 },
    output: [],
  };
  const verify = (at: number, told: Fields) => event('verify', at, { run: 'made-up', event: told });
  return [
    verify(now - 8_000, { type: 'started', session: 8, runtime: 'process', seed: 1, checks }),
    verify(now - 7_900, { type: 'check-started', ...checks[0] }),
    verify(now - 7_000, { type: 'check-finished', result: { ...result(0), verdict: 'pass' } }),
    verify(now - 7_000, { type: 'check-started', ...checks[1] }),
    verify(now - 2_000, { type: 'check-finished', result: { ...result(1), verdict: 'fail', failure } }),
  ];
}
