import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { renderFrame } from '../../src/cli/watch/frame.ts';
import { WatchModel } from '../../src/cli/watch/model.ts';
import { validKeys } from '../../src/cli/watch/node-keys.ts';
import { PlainLines } from '../../src/cli/watch/plain.ts';
import { systemLines } from '../../src/cli/watch/system-lines.ts';
import type { LiveEvent, MessageEvent, NodeView } from '../../src/live/events.ts';
import type { SystemView } from '../../src/live/view.ts';

const NAMES = ['node1', 'node2', 'node3', 'node4', 'node5'];

function node(name: string, more: Partial<NodeView> = {}): NodeView {
  const url = 'http://127.0.0.1:9001';
  return { name, url, language: 'typescript', status: 'running', answers: true, more: [], ...more };
}

function message(seq: number, more: Partial<MessageEvent> = {}): MessageEvent {
  return {
    type: 'message',
    at: 1_000 + seq,
    seq,
    from: 'node1',
    to: 'node2',
    method: 'POST',
    path: '/raft',
    label: 'POST /raft type=RequestVote term=7',
    sentAt: 1_000 + seq,
    deliveredAt: null,
    answeredAt: null,
    returnedAt: null,
    status: 200,
    outcome: 'answered',
    faults: [],
    routine: false,
    ...more,
  };
}

const VIEWS: SystemView[] = [
  {
    kind: 'messages',
    nodes: [{ name: 'node1', handled: 123_456, counter: 12, last: 'add from node2' }, { name: 'node2' }],
  },
  {
    kind: 'queue',
    answers: true,
    stats: { pending: 120, processing: 3, completed: 98_765, failed: 1 },
    tasks: NAMES.flatMap((name, at) => [
      { id: `producer-0000-1234567${at}`, status: 'pending', retries: at },
      { id: `producer-1000-1234567${at}`, status: 'processing', retries: 0, worker: name },
    ]),
  },
  {
    kind: 'ring',
    mode: 'cp',
    replicas: 3,
    points: [
      { hash: 2 ** 30, node: 'node1' },
      { hash: 2 ** 31, node: 'node2' },
    ],
    nodes: [
      { name: 'node1', share: 0.75, keys: 12 },
      { name: 'node2', share: 0.25, keys: 3 },
      { name: 'node3', share: 0 },
    ],
  },
  {
    kind: 'replicas',
    nodes: [
      {
        name: 'node1',
        role: 'leader',
        term: 31,
        lastLogIndex: 4242,
        commitIndex: 4242,
        behind: 0,
        silentMs: 0,
      },
      {
        name: 'node2',
        role: 'follower',
        term: 31,
        lastLogIndex: 4000,
        commitIndex: 3999,
        behind: 243,
        silentMs: 5200,
      },
      { name: 'node3' },
    ],
  },
  {
    kind: 'chat',
    rooms: [
      {
        roomId: 'a-room-with-a-rather-long-name-that-goes-on-and-on',
        sequencer: 'chat1',
        sequenceNumber: 128,
        present: NAMES.map((userId) => ({ userId, status: 'offline' })),
      },
    ],
  },
  {
    kind: 'raft',
    nodes: NAMES.map((name) => ({
      name,
      state: 'candidate',
      currentTerm: 104,
      votedFor: 'node2',
      commitIndex: 1_238,
      lastLogIndex: 1_240,
      entries: Array.from({ length: 20 }, (_, at) => ({ index: 1_221 + at, term: 104 })),
    })),
  },
];

for (const view of VIEWS) {
  for (const width of [40, 80]) {
    test(`the view of ${view.kind} fits into ${width} columns and names its nodes`, () => {
      const lines = systemLines(view, width);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      if ('nodes' in view) for (const { name } of view.nodes) expect(lines.join('\n')).toContain(name);
    });
  }
}

test('the views tell what matters: who is behind, whose share is what, what is committed', () => {
  const text = (kind: SystemView['kind']) =>
    systemLines(VIEWS.find((view) => view.kind === kind)!, 80).join('\n');
  expect(text('replicas')).toMatch(/node2 .*follower .*a read may miss 243 .*heard 5\.2 s ago/);
  expect(text('replicas')).toMatch(/node1 .*up to date/);
  expect(text('ring')).toMatch(/node1 .*75% of the ring .*12 keys[\s\S]*node2 .*25% of the ring/);
  expect(text('queue')).toMatch(/processing +3 .*@node5/);
  expect(text('chat')).toMatch(/#a-room.*number 128.*numbered by chat1/);
  const raft: SystemView = {
    kind: 'raft',
    nodes: [
      {
        name: 'node1',
        state: 'leader',
        currentTerm: 3,
        votedFor: 'node1',
        commitIndex: 2,
        lastLogIndex: 3,
        entries: [
          { index: 1, term: 1 },
          { index: 2, term: 1 },
          { index: 3, term: 3 },
        ],
      },
    ],
  };
  expect(systemLines(raft, 80)).toEqual(['node1  leader  term 3  vote node1  commit 2/3  1 1|3']);
});

/** A Raft cluster in trouble: a dead node, a cut one, a failed check. */
function busyModel(): WatchModel {
  const model = new WatchModel();
  const events: LiveEvent[] = [
    {
      type: 'cluster',
      at: 1,
      cluster: {
        session: 10,
        title: 'A store you can trust, with a title that is much longer than any terminal is wide by far',
        system: 'consensus',
        runtime: 'process',
        project: 'p',
        services: NAMES,
        languages: ['typescript'],
        wired: true,
      },
    },
    {
      type: 'nodes',
      at: 2,
      nodes: NAMES.map((name, at) =>
        at === 3
          ? node(name, { status: 'exited', exitCode: null, answers: false })
          : node(name, {
              role: at === 0 ? 'leader' : 'follower',
              term: 7,
              leader: 'node1',
              more: ['commitIndex 12', 'lastLogIndex 14', 'something that is long 12345678901234567890'],
            }),
      ),
    },
    {
      type: 'faults',
      at: 3,
      faults: [
        { at: 3, what: 'node4 killed' },
        { at: 3, what: 'node5 isolated' },
      ],
    },
    { type: 'system', at: 4, view: VIEWS.at(-1)! },
    {
      type: 'verify',
      at: 5,
      run: 'r',
      event: {
        type: 'started',
        session: 10,
        runtime: 'process',
        seed: 1,
        checks: NAMES.map((id) => ({
          id,
          promise: `The promise of ${id}, which is told in very many words, more than fit`,
        })),
      },
    },
    { type: 'verify', at: 6, run: 'r', event: { type: 'check-started', id: 'node1', promise: '' } },
  ];
  for (const event of events) model.take(event);
  for (let seq = 1; seq <= 5_000; seq++) {
    model.take(message(seq, seq % 2 ? { outcome: 'request-lost', faults: ['cut'], status: null } : {}));
  }
  return model;
}

for (const [width, height] of [
  [80, 24],
  [60, 16],
  [120, 50],
] as const) {
  test(`a frame fits into ${width} by ${height}, and says the same without colour`, () => {
    const model = busyModel();
    const keys = validKeys(model, 'node4');
    const frame = (level: 0 | 1) =>
      renderFrame(model, {
        width,
        height,
        paint: new Chalk({ level }),
        selected: 'node4',
        keys,
        notice: 'Done.',
      });
    const lines = frame(0);
    expect(lines.length).toBeLessThanOrEqual(height);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(frame(1).map(stripVTControlCharacters)).toEqual(lines);
    expect(frame(1).join('')).not.toBe(lines.join(''));
    const text = lines.join('\n');
    for (const words of [
      '▸4 node4  dead',
      'node1  running  leader',
      'term 7',
      'node5 isolated',
      'r restart node4',
      'Done.',
    ])
      expect(text).toContain(words);
  });
}

test('a tall frame shows checks and the last messages, what was lost too', () => {
  const model = busyModel();
  const text = renderFrame(model, { width: 80, height: 50, paint: new Chalk({ level: 0 }), keys: [] }).join(
    '\n',
  );
  expect(text).toContain('Checks 0 of 5 kept · a verify goes on');
  expect(text).toContain('… The promise of node1');
  expect(text).toMatch(/node1 -> node2 {2}cut {2}RequestVote term=7/);
});

test('what is remembered stays bounded, and a message that was waiting is one happening', () => {
  const model = busyModel();
  expect(model.happenings.length).toBeLessThanOrEqual(400);
  model.take({ type: 'cluster', at: 1, cluster: model.cluster! });
  model.take(message(1, { outcome: 'waiting', status: null }));
  model.take(message(1));
  model.take(message(2, { routine: true }));
  expect(model.happenings.map(({ text }) => text)).toEqual(['node1 -> node2  200  RequestVote term=7']);
  expect(model.routine).toBe(1);
});

test('only keys that make sense are offered', () => {
  const model = busyModel();
  const offered = (name: string) => validKeys(model, name).map(({ key }) => key);
  expect(offered('node1')).toEqual(['k', 'p', 'i', 'h', '↑↓', 'q']);
  expect(offered('node4')).toEqual(['r', 'h', '↑↓', 'q']);
  expect(offered('node5')).toEqual(['k', 'p', 'h', '↑↓', 'q']);
  model.take({ type: 'nodes', at: 9, nodes: [node('node1', { status: 'paused' })] });
  model.take({ type: 'faults', at: 9, faults: [{ at: 1, what: 'node2 killed' }] });
  expect(offered('node1')).toEqual(['u', 'k', 'q']);
});

test('as lines of text only what has changed is told', () => {
  const lines = new PlainLines();
  const tell = (event: LiveEvent) => lines.take(event).map((line) => line.replace(/^\S+ /, ''));
  const nodes = (status: NodeView['status']): LiveEvent => ({
    type: 'nodes',
    at: 1,
    nodes: [
      node('node1', { role: 'leader', term: 2 }),
      node('node2', { status, answers: status === 'running' }),
    ],
  });
  expect(tell(nodes('running'))).toEqual(['node1: running, leader, term 2', 'node2: running']);
  expect(tell(nodes('running'))).toEqual([]);
  expect(tell(nodes('exited'))).toEqual(['node2: dead']);
  expect(tell({ type: 'faults', at: 1, faults: [{ at: 1, what: 'node2 killed' }] })).toEqual([
    '⚡ node2 killed',
  ]);
  expect(tell({ type: 'faults', at: 1, faults: [] })).toEqual(['undone: node2 killed']);
  expect(tell(message(1, { outcome: 'waiting' }))).toEqual([]);
  expect(tell(message(1, { routine: true }))).toEqual([]);
  expect(tell(message(1))).toEqual(['node1 -> node2  200  RequestVote term=7']);
  expect(tell({ type: 'cluster', at: 1, cluster: null })).toEqual(['No nodes are running here.']);
});
