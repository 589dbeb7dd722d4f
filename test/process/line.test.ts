import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Line } from '../../src/verify/check.ts';
import { frameRows, openLine, type RecordedFrame } from '../../src/verify/line.ts';
import { buildTimeline } from '../../src/verify/timeline.ts';
import { PromiseBroken } from '../../src/verify/verdict.ts';

/** What a server saw of its clients. */
interface Seen {
  text: string[];
  binary: number[];
  ends: number[];
}

let server: WebSocketServer;
let seen: Seen;
let served: WebSocket[];
let record: RecordedFrame[];
let ended: AbortController;

beforeEach(async () => {
  seen = { text: [], binary: [], ends: [] };
  served = [];
  record = [];
  ended = new AbortController();
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (webSocket) => {
    served.push(webSocket);
    webSocket.on('error', () => {});
    webSocket.on('close', (code) => seen.ends.push(code));
    webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) seen.binary.push(data.length);
      else seen.text.push(data.toString());
    });
  });
  await once(server, 'listening');
});

afterEach(() => {
  ended.abort(new Error('over'));
  for (const webSocket of served) webSocket.terminate();
  server.close();
});

function open(name = 'alice'): Promise<Line> {
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/ws`;
  const label = (body: any) => `${body.type}`;
  return openLine({ name, node: 'chat1', url, label, record, timeoutMs: 2_000, signal: ended.signal });
}

test('frames are sent as they are, and what comes is kept with its time', async () => {
  const line = await open();
  line.send({ type: 'hello' });
  line.sendRaw('no JSON', 'nonsense');
  line.sendRaw(Buffer.alloc(3), 'three bytes');
  await expect.poll(() => seen.binary).toEqual([3]);
  expect(seen.text).toEqual(['{"type":"hello"}', 'no JSON']);
  const before = Date.now();
  served[0]!.send('{"type":"welcome"}');
  served[0]!.send('no JSON either');
  await expect
    .poll(() => line.frames.map(({ body }) => body))
    .toEqual([{ type: 'welcome' }, 'no JSON either']);
  expect(line.frames[0]!.at).toBeGreaterThanOrEqual(before);
});

test.each([10, 300, 60_000])(
  'of a frame with %i bytes that is cut in the middle the server gets nothing but the end',
  async (bytes) => {
    const line = await open();
    line.cutInMidFrame({ type: 'z'.repeat(bytes) });
    await expect.poll(() => seen.ends).toEqual([1006]);
    expect(seen.text).toEqual([]);
    await expect.poll(() => line.ended?.code).toBe(1006);
  },
);

test('who does not read makes the server keep what it sends, and gets it when it reads again', async () => {
  const line = await open();
  line.pauseReading();
  const text = JSON.stringify({ type: 'z'.repeat(1_000_000) });
  for (let n = 0; n < 30; n++) served[0]!.send(text);
  await expect.poll(() => served[0]!.bufferedAmount).toBeGreaterThan(1_000_000);
  expect(line.frames).toEqual([]);
  line.resumeReading();
  await expect.poll(() => line.frames.length, { timeout: 5_000 }).toBe(30);
});

test('a close code is seen, and a line that is broken off has none', async () => {
  const polite = await open();
  served[0]!.close(4001, 'no heartbeat');
  await expect.poll(() => polite.ended).toMatchObject({ code: 4001, reason: 'no heartbeat' });
  polite.send({ type: 'too late' });
  const broken = await open();
  broken.cut();
  await expect.poll(() => broken.ended?.code).toBe(1006);
});

test('a line ends with its check, even where nothing is read', async () => {
  const line = await open();
  line.pauseReading();
  ended.abort(new Error('over'));
  await expect.poll(() => seen.ends).toEqual([1006]);
});

test('a line that does not open breaks the promise', async () => {
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/ws`;
  server.close();
  const label = String;
  const options = { name: 'alice', node: 'chat1', url, label, record, timeoutMs: 500, signal: ended.signal };
  await expect(openLine(options)).rejects.toBeInstanceOf(PromiseBroken);
});

test('a timeline shows clients by their names, beside each other, before the nodes', async () => {
  const began = Date.now();
  const [bob, alice] = [await open('bob'), await open('alice')];
  bob.send({ type: 'hello' });
  alice.pauseReading();
  served[0]!.send('{"type":"welcome"}');
  await expect.poll(() => bob.frames.length).toBe(1);
  const timeline = buildTimeline(began, ['chat1', 'chat2'], [], [], frameRows(record, began));
  expect(timeline.participants).toEqual(['alice', 'bob', 'chat1']);
  expect(timeline.rows.map(({ from, to, label }) => [from, to, label])).toEqual([
    ['bob', 'chat1', 'hello'],
    ['alice', undefined, 'stops reading'],
    ['chat1', 'bob', 'welcome'],
  ]);
});
