import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Asker } from '../../src/live/asker.ts';
import type { NodeView } from '../../src/live/events.ts';
import { messageEvent } from '../../src/live/message-event.ts';
import { ChatProbe } from '../../src/live/views/chat.ts';
import { MessagesProbe } from '../../src/live/views/messages.ts';
import { QueueProbe } from '../../src/live/views/queue.ts';
import { RaftProbe } from '../../src/live/views/raft.ts';
import { ReplicasProbe } from '../../src/live/views/replicas.ts';
import { RingProbe } from '../../src/live/views/ring.ts';
import { followFile } from '../../src/stack/process/follow-file.ts';
import type { WireMessage } from '../../src/stack/wire/protocol.ts';
import { MessageRecord } from '../../src/stack/wire/record.ts';
import { parseTrace, traceWords } from '../../src/verify/trace-line.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const wireMessage: WireMessage = {
  seq: 1,
  from: 'node1',
  to: 'node2',
  method: 'POST',
  path: '/raft',
  sentAt: 5,
  body: '{"type":"RequestVote","term":2,"from":"node1","to":"node2"}',
  deliveredAt: 6,
  answeredAt: 7,
  returnedAt: 8,
  status: 200,
  answer: '{}',
  outcome: 'answered',
  faults: [],
};

test('a message is told in the words of a timeline, also when its body was cut off', () => {
  expect(messageEvent(wireMessage, [])).toMatchObject({
    label: 'POST /raft type=RequestVote term=2',
    routine: false,
    at: 5,
  });
  const cut = { ...wireMessage, body: '{"type":"AppendEntries","term":3,"data":{"entries":[{"ind' };
  expect(messageEvent(cut, []).label).toBe('POST /raft type=AppendEntries term=3');
  expect(messageEvent({ ...wireMessage, body: 'no JSON' }, []).label).toBe('POST /raft no JSON');
});

test('routine is what the lesson calls so, and heartbeats in either language', () => {
  expect(messageEvent(wireMessage, ['type=RequestVote']).routine).toBe(true);
  for (const body of ['{"type":"AppendEntries","data":{"entries":[]}}', '{"type": "Heartbeat", "term": 1}']) {
    expect(messageEvent({ ...wireMessage, body }, []).routine).toBe(true);
  }
});

test('who only looks on is given the newest messages, cut short, and the earlier ones that are asked for', () => {
  const record = new MessageRecord();
  for (let at = 0; at < 10; at++) record.enter(wireMessage, Buffer.from('x'.repeat(100)), at);
  const seen = record.glance(1, { most: 3, text: 5, also: [2, 9, 99] });
  expect(seen.map(({ seq }) => seq)).toEqual([2, 8, 9, 10]);
  expect(seen[0]).toMatchObject({ body: 'xxxxx', answer: null });
  expect(record.after(9)[0]!.body).toHaveLength(100);
});

test('the last lines of a file, and those that come later', async () => {
  const file = join(await temporaryFolder(), 'log');
  await writeFile(file, Array.from({ length: 20_000 }, (_, at) => `line ${at}\n`).join(''));
  const stop = new AbortController();
  const lines: string[] = [];
  for await (const line of followFile(file, { follow: true, tail: 2, signal: stop.signal })) {
    lines.push(line);
    if (lines.length === 2) await appendFile(file, 'the end\n');
    if (line === 'the end') stop.abort();
  }
  expect(lines).toEqual(['line 19998', 'line 19999', 'the end']);
});

test.each([
  ['of a short file all', 'a\nb\n', 5, ['a', 'b']],
  ['none', 'a\nb\n', 0, []],
  ['of an empty file none', '', 3, []],
])('the last lines: %s', async (_name, content, tail, expected) => {
  const file = join(await temporaryFolder(), 'log');
  await writeFile(file, content);
  const lines: string[] = [];
  for await (const line of followFile(file, { tail })) lines.push(line);
  expect(lines).toEqual(expected);
});

test('a trace line in words; anything else is none', () => {
  const trace = parseTrace('{"ts":1.5,"node":"n","event":"state","role":"leader","term":2}');
  expect(trace).toMatchObject({ ts: 1.5, event: 'state', more: { role: 'leader', term: 2 } });
  expect(traceWords(trace!)).toBe('state role="leader" term=2');
  for (const text of ['{"ts":', '{"ts":null,"event":"x"}', 'hello']) expect(parseTrace(text)).toBeUndefined();
});

/** Nodes that answer these questions and no others. */
function look(answers: Record<string, unknown>, names = ['node1', 'node2']) {
  const asked: string[] = [];
  const asker = {
    ask: async (node: string, path: string) => {
      asked.push(`${node} ${path}`);
      return answers[`${node} ${path}`];
    },
  } as unknown as Asker;
  const nodes = names.map((name) => ({ name, answers: true }) as NodeView);
  return { asked, nodes, asker, health: new Map<string, Record<string, unknown>>() };
}

test('the queue: a task that was seen is followed until it is done', async () => {
  const probe = new QueueProbe();
  const stats = { pending: 0, processing: 1, completed: 1_000, failed: 0 };
  const task = { id: 't', status: 'processing', retries: 1, worker: 'w', payload: 'long' };
  const first = await probe.look(
    look({ 'broker /stats': stats, 'broker /tasks?status=processing&limit=8': [task] }, ['broker']),
  );
  expect(first.tasks).toEqual([{ id: 't', status: 'processing', retries: 1, worker: 'w' }]);
  const second = await probe.look(
    look({ 'broker /stats': stats, 'broker /task/t': { ...task, status: 'completed' } }, ['broker']),
  );
  expect(second.tasks).toMatchObject([{ id: 't', status: 'completed' }]);
  expect(await probe.look(look({}, ['broker']))).toMatchObject({ answers: false });
  const few = {
    'broker /stats': { ...stats, completed: 1 },
    'broker /tasks?status=completed&limit=200': [{ ...task, id: 'few' }],
  };
  expect((await probe.look(look(few, ['broker']))).tasks).toMatchObject([{ id: 'few' }]);
});

test('Raft: the end of a log is asked for only when the log has changed; a node that is silent has its name only', async () => {
  const probe = new RaftProbe();
  const status = {
    state: 'leader',
    currentTerm: 3,
    votedFor: null,
    commitIndex: 1,
    lastLogIndex: 30,
    lastLogTerm: 3,
  };
  const told = {
    'node1 /status': status,
    'node1 /log?from=11&limit=20': [{ index: 11, term: 2, command: null }],
  };
  const first = look(told);
  expect((await probe.look(first)).nodes).toEqual([
    {
      name: 'node1',
      state: 'leader',
      currentTerm: 3,
      votedFor: null,
      commitIndex: 1,
      lastLogIndex: 30,
      entries: [{ index: 11, term: 2 }],
    },
    { name: 'node2' },
  ]);
  const again = look(told);
  await probe.look(again);
  expect(again.asked).toEqual(['node1 /status', 'node2 /status']);
});

test('messages, ring, replicas and chat are made from what nodes say, and bear nonsense', async () => {
  const inbox = [
    { type: 'add', from: 'node2', data: { n: 2 } },
    { type: 'add', from: 'node2', data: { n: 3 } },
  ];
  expect(
    (await new MessagesProbe().look(look({ 'node1 /inbox': inbox, 'node2 /inbox': 'what?' }))).nodes,
  ).toEqual([{ name: 'node1', handled: 2, counter: 5, last: 'add from node2' }, { name: 'node2' }]);
  const quarter = 2 ** 30;
  const ring = {
    replicas: 3,
    points: [
      { hash: quarter, node: 'node1' },
      { hash: 2 * quarter, node: 'node2' },
    ],
  };
  expect(await new RingProbe().look(look({ 'node1 /_ring': ring, 'node1 /_local': [1, 2] }))).toEqual({
    kind: 'ring',
    replicas: 3,
    points: ring.points,
    nodes: [
      { name: 'node1', share: 0.75, keys: 2 },
      { name: 'node2', share: 0.25 },
    ],
  });
  const alone = { points: [{ hash: 7, node: 'node1' }] };
  expect((await new RingProbe().look(look({ 'node1 /_ring': alone }))).nodes).toEqual([
    { name: 'node1', share: 1 },
    { name: 'node2', share: 0 },
  ]);
  const replicas = look({ 'node1 /_lag': { silentMs: null } });
  replicas.health.set('node1', { lastLogIndex: 4, commitIndex: 3 });
  replicas.health.set('node2', { lastLogIndex: 9, commitIndex: 8 });
  expect((await new ReplicasProbe(true).look(replicas)).nodes).toEqual([
    { name: 'node1', lastLogIndex: 4, commitIndex: 3, behind: 5, silentMs: null },
    { name: 'node2', lastLogIndex: 9, commitIndex: 8, behind: 0 },
  ]);
  const chat = look({
    'node1 /rooms': [{ roomId: 'r', sequenceNumber: 3, sequencer: 'node2' }],
    'node2 /rooms': [{ roomId: 'r', sequenceNumber: 5, sequencer: 'node2' }],
    'node2 /rooms/r/presence': [{ userId: 'a', status: 'online', lastSeen: 1 }],
  });
  expect((await new ChatProbe().look(chat)).rooms).toEqual([
    { roomId: 'r', sequencer: 'node2', sequenceNumber: 5, present: [{ userId: 'a', status: 'online' }] },
  ]);
});
