import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../../src/stack/until.ts';
import { WireClient } from '../../src/stack/wire/client.ts';
import type { Trap, WireMessage } from '../../src/stack/wire/protocol.ts';
import {
  call,
  freePorts,
  type Handler,
  type RunningWire,
  spawnWire,
  startNode,
  startWire,
} from '../support/wire.ts';

const WITHIN = { withinMs: 10_000 };

/** node1 sends to node2 over the wire. */
async function pair(handler?: Handler) {
  const node2 = await startNode(handler);
  const wire = await startWire({ 'node1>node2': node2.url });
  const send = (body = '{"n":1}', path = '/message') => call(wire.url('node1', 'node2') + path, { body });
  return { node2, wire, send };
}

/** The first message once its outcome is this one. */
function outcome(wire: RunningWire, wanted: WireMessage['outcome']): Promise<WireMessage> {
  return until(async () => (await wire.client.messages(0)).find((message) => message.outcome === wanted), {
    ...WITHIN,
    what: `a message with outcome ${wanted}`,
  });
}

function trap(action: Trap['action'], more: Partial<Trap> = {}): Trap {
  return { from: 'node1', to: 'node2', times: 1, action, ...more };
}

/** A gate that a node's handler waits at. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test('method, path, query, headers and body bytes pass unchanged in both directions', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const { node2, wire } = await pair(() => ({ status: 418, headers: { 'X-Back': 'b' }, body: bytes }));
  const url = `${wire.url('node1', 'node2')}/a%20b//%2Fc;d?x=1&x=2&y=%C3%A4`;
  const { answer } = call(url, {
    method: 'PUT',
    body: bytes,
    headers: { 'X-Mixed-Case': 'kept', Connection: 'close, X-Hop', 'X-Hop': 'dropped' },
  });
  const { status, headers, body } = await answer;
  expect({ status, back: headers['x-back'], body }).toEqual({ status: 418, back: 'b', body: bytes });
  const [received] = node2.received;
  expect(received).toMatchObject({ method: 'PUT', path: '/a%20b//%2Fc;d?x=1&x=2&y=%C3%A4', body: bytes });
  expect(received!.rawHeaders).toContain('X-Mixed-Case');
  expect(received!.headers.host).toBe(`127.0.0.1:${node2.port}`);
  expect(received!.headers['x-hop']).toBeUndefined();
});

test('answers without a body, in chunks and to HEAD keep their meaning', async () => {
  const { wire } = await pair(({ path }) =>
    path === '/none' ? { status: 204 } : { headers: { 'Transfer-Encoding': 'chunked' }, body: 'in pieces' },
  );
  const url = wire.url('node1', 'node2');
  expect(await call(`${url}/none`, { method: 'DELETE' }).answer).toMatchObject({ status: 204 });
  expect((await call(`${url}/pieces`, { method: 'GET' }).answer).body.toString()).toBe('in pieces');
  expect(await call(`${url}/pieces`, { method: 'HEAD' }).answer).toMatchObject({
    status: 200,
    body: Buffer.alloc(0),
  });
});

test('a body of 3 MiB passes; one over 8 MiB is refused with 413 and never reaches the callee', async () => {
  const { node2, send } = await pair(({ body }) => ({ body: String(body.length) }));
  const large = 3 * 1024 * 1024;
  expect((await send('x'.repeat(large)).answer).body.toString()).toBe(String(large));
  const refused = await send('x'.repeat(9 * 1024 * 1024)).answer.catch((error) => error.code);
  // The refusal may overtake the rest of the upload, so that the caller sees a broken connection instead.
  expect([413, 'EPIPE', 'ECONNRESET']).toContain(refused.status ?? refused);
  expect(node2.received).toHaveLength(1);
});

test('the record tells what was sent, when it arrived, what was answered and when that came back', async () => {
  const { wire, send } = await pair(() => ({ status: 201, body: '{"reply":1}' }));
  const before = Date.now();
  await send('{"n":7}').answer;
  const message = await outcome(wire, 'answered');
  expect(message).toMatchObject({
    seq: 1,
    from: 'node1',
    to: 'node2',
    method: 'POST',
    path: '/message',
    body: '{"n":7}',
    status: 201,
    answer: '{"reply":1}',
    faults: [],
  });
  const times = [before - 10, message.sentAt, message.deliveredAt, message.answeredAt, message.returnedAt];
  expect(times).toEqual([...times].sort((a, b) => a! - b!));
});

test('the record keeps the last 5,000 messages, gives those after a number, and 4 KiB of each body', async () => {
  const { wire, send } = await pair();
  await send('x'.repeat(10_000)).answer;
  expect((await wire.onlyMessage()).body).toHaveLength(4_096);
  const url = `${wire.url('node1', 'node2')}/message`;
  for (let sent = 0; sent < 5_100; sent += 100) {
    await Promise.all(Array.from({ length: 100 }, () => call(url, { body: '1' }).answer));
  }
  const messages = await wire.client.messages(0);
  expect([messages.length, messages[0]!.seq, messages.at(-1)!.seq]).toEqual([5_000, 102, 5_101]);
  expect((await wire.client.messages(5_099)).map(({ seq }) => seq)).toEqual([5_100, 5_101]);
});

test('the record keeps fewer messages when they are large, always the latest', async () => {
  const { wire, send } = await pair(({ body }) => ({ body }));
  const large = 'x'.repeat(4_096);
  for (let sent = 0; sent < 1_200; sent += 100) {
    await Promise.all(Array.from({ length: 100 }, () => send(large).answer));
  }
  const messages = await wire.client.messages(0);
  expect(messages.length).toBe((8 * 1024 * 1024) / (2 * 4_096));
  expect(messages.map(({ seq }) => seq)).toEqual(
    messages.map((_, index) => 1_200 - messages.length + 1 + index),
  );
});

test('a cut request never arrives, not even after healing, and its caller waits until then', async () => {
  const { node2, wire, send } = await pair();
  await wire.client.setRule({ from: 'node1', to: 'node2', cut: true });
  const cut = send('{"n":"cut"}');
  expect(await outcome(wire, 'request-lost')).toMatchObject({ deliveredAt: null, faults: ['cut'] });
  expect(cut.settled()).toBe(false);
  await wire.client.heal();
  await expect(cut.answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  await send('{"n":"after"}').answer;
  expect(node2.received.map(({ body }) => String(body))).toEqual(['{"n":"after"}']);
  expect(await wire.client.rules()).toEqual([]);
});

test('a cut in one direction stops requests that way and answers to requests of the other way', async () => {
  const nodes = { node1: await startNode(), node2: await startNode() };
  const wire = await startWire({ 'node1>node2': nodes.node2.url, 'node2>node1': nodes.node1.url });
  await wire.client.setRule({ from: 'node2', to: 'node1', cut: true });
  call(`${wire.url('node1', 'node2')}/there`, { body: '{}' });
  call(`${wire.url('node2', 'node1')}/back`, { body: '{}' });
  expect(await outcome(wire, 'answer-lost')).toMatchObject({ path: '/there', status: 200, returnedAt: null });
  expect(await outcome(wire, 'request-lost')).toMatchObject({ path: '/back', deliveredAt: null });
  expect([nodes.node2.received.length, nodes.node1.received.length]).toEqual([1, 0]);
});

test('a request that is under way when the cut comes is lost', async () => {
  const { node2, wire, send } = await pair();
  await wire.client.setRule({ from: 'node1', to: 'node2', delayMs: 400 });
  send();
  await until(async () => (await wire.client.messages(0)).length === 1, { ...WITHIN, what: 'the request' });
  await wire.client.setRule({ from: 'node1', to: 'node2', cut: true });
  expect(await outcome(wire, 'request-lost')).toMatchObject({ faults: ['delayed 400 ms', 'cut'] });
  expect(node2.received).toEqual([]);
});

test('an answer that would arrive during a cut is lost, although the request came before it', async () => {
  const { open, opened } = gate();
  const { node2, wire, send } = await pair(async () => {
    await opened;
    return { body: 'late' };
  });
  const sent = send();
  await until(() => node2.received.length === 1, { ...WITHIN, what: 'the request to arrive' });
  await wire.client.setRule({ from: 'node2', to: 'node1', cut: true });
  open();
  expect(await outcome(wire, 'answer-lost')).toMatchObject({ status: 200, faults: ['answer cut'] });
  expect(sent.settled()).toBe(false);
});

test('an answer that is under way when the cut comes is lost', async () => {
  const { wire, send } = await pair();
  await wire.client.setRule({ from: 'node2', to: 'node1', delayMs: 400 });
  const sent = send();
  await until(async () => (await wire.client.messages(0))[0]?.answeredAt, { ...WITHIN, what: 'the answer' });
  await wire.client.setRule({ from: 'node2', to: 'node1', cut: true });
  const lost = await outcome(wire, 'answer-lost');
  expect(lost).toMatchObject({ returnedAt: null, faults: ['answer delayed 400 ms', 'answer cut'] });
  expect(sent.settled()).toBe(false);
});

test('a cut keeps a request from a puppet, and from a callee that would refuse it', async () => {
  const { node2, wire, send } = await pair();
  const { id } = await wire.client.addTrap(trap('puppet'));
  await wire.client.setRule({ from: 'node1', to: 'node2', delayMs: 400 });
  const toPuppet = send('1');
  await until(async () => (await wire.client.messages(0)).length === 1, { ...WITHIN, what: 'the first' });
  node2.close();
  const refused = send('2');
  await until(async () => (await wire.client.messages(0)).length === 2, { ...WITHIN, what: 'the second' });
  await wire.client.setRule({ from: 'node1', to: 'node2', cut: true });
  const bothLost = async () => (await wire.client.messages(0)).every((m) => m.outcome === 'request-lost');
  await until(bothLost, { ...WITHIN, what: 'both requests to be lost' });
  expect([toPuppet.settled(), refused.settled()]).toEqual([false, false]);
  expect((await wire.client.trap(id)).caught).toEqual([]);
});

test('loss 1 loses every request, loss of the reverse direction every answer after it was given', async () => {
  const { node2, wire, send } = await pair();
  await wire.client.setRule({ from: 'node1', to: 'node2', loss: 1 });
  send();
  expect(await outcome(wire, 'request-lost')).toMatchObject({ deliveredAt: null, faults: ['request lost'] });
  expect(node2.received).toHaveLength(0);
  await wire.client.setRule({ from: 'node1', to: 'node2', loss: 0 });
  await wire.client.setRule({ from: 'node2', to: 'node1', loss: 1 });
  send();
  expect(await outcome(wire, 'answer-lost')).toMatchObject({ status: 200, faults: ['answer lost'] });
  expect(node2.received).toHaveLength(1);
});

test('the same seed loses the same messages of a link, whatever passes on other links; another seed others', async () => {
  const node = await startNode();
  const wire = await startWire({ 'node1>node2': node.url, 'node3>node2': node.url });
  await wire.client.setRule({ from: 'node1', to: 'node2', loss: 0.3 });
  await wire.client.setRule({ from: 'node2', to: 'node1', loss: 0.3 });
  async function outcomes(seed: number, noise: number): Promise<string> {
    await wire.client.seed(seed);
    const before = (await wire.client.messages(0)).at(-1)?.seq ?? 0;
    for (let index = 0; index < 40; index++) {
      for (let other = 0; other < noise; other++) await call(`${wire.url('node3', 'node2')}/`).answer;
      const { giveUp } = call(`${wire.url('node1', 'node2')}/${index}`);
      const path = `/${index}`;
      await until(
        async () =>
          (await wire.client.messages(before)).find((m) => m.path === path && m.outcome !== 'waiting'),
        { ...WITHIN, what: `the fate of ${path}`, everyMs: 2 },
      );
      giveUp();
    }
    const messages = (await wire.client.messages(before)).filter(({ from }) => from === 'node1');
    return messages.map((message) => message.outcome).join(' ');
  }
  const first = await outcomes(7, 0);
  expect(new Set(first.split(' '))).toEqual(new Set(['answered', 'request-lost', 'answer-lost']));
  expect(await outcomes(7, 2)).toBe(first);
  expect(await outcomes(8, 0)).not.toBe(first);
});

test('each direction has its own delay', async () => {
  const { wire, send } = await pair();
  await wire.client.setRule({ from: 'node1', to: 'node2', delayMs: 60 });
  await wire.client.setRule({ from: 'node2', to: 'node1', delayMs: 120 });
  await send().answer;
  const { sentAt, deliveredAt, answeredAt, returnedAt, faults } = await outcome(wire, 'answered');
  // A timer may fire a millisecond early by the clock that the record uses.
  expect(deliveredAt! - sentAt).toBeGreaterThanOrEqual(58);
  expect(returnedAt! - answeredAt!).toBeGreaterThanOrEqual(118);
  expect(faults).toEqual(['delayed 60 ms', 'answer delayed 120 ms']);
});

test('jitter makes messages overtake each other', async () => {
  const { node2, wire, send } = await pair();
  await wire.client.setRule({ from: 'node1', to: 'node2', jitterMs: 300 });
  const sent = [];
  for (let index = 0; index < 10; index++) {
    sent.push(send(String(index)).answer);
    await until(async () => (await wire.client.messages(0)).length > index, {
      ...WITHIN,
      what: 'it',
      everyMs: 1,
    });
  }
  await Promise.all(sent);
  const order = node2.received.map(({ body }) => Number(String(body)));
  expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(order).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a delayed request arrives although its caller gave up meanwhile', async () => {
  const { node2, wire, send } = await pair();
  await wire.client.setRule({ from: 'node1', to: 'node2', delayMs: 200 });
  const { giveUp } = send();
  await until(async () => (await wire.client.messages(0)).length === 1, { ...WITHIN, what: 'the request' });
  giveUp();
  await until(() => node2.received.length === 1, { ...WITHIN, what: 'the late request' });
  const message = await until(
    async () => (await wire.client.messages(0)).find((m) => m.answeredAt !== null),
    {
      ...WITHIN,
      what: 'the late answer',
    },
  );
  expect(message).toMatchObject({ outcome: 'abandoned', status: 200, returnedAt: null });
  expect(message.faults).toContain('delivered after the caller gave up');
});

test.each(['rule', 'trap'])(
  'a %s delivers a request twice at once; the caller gets one answer',
  async (by) => {
    const { open, opened } = gate();
    const { node2, wire, send } = await pair(async () => {
      // Neither copy is answered before both are there: one after the other would never end.
      if (node2.received.length === 2) open();
      await opened;
      return { body: 'same' };
    });
    if (by === 'rule') await wire.client.setRule({ from: 'node1', to: 'node2', duplicate: 1 });
    else await wire.client.addTrap(trap('duplicate'));
    expect((await send('{"n":2}').answer).body.toString()).toBe('same');
    expect(node2.received.map(({ body }) => String(body))).toEqual(['{"n":2}', '{"n":2}']);
    expect((await outcome(wire, 'answered')).faults[0]).toBe('delivered twice');
  },
);

test('healing sends delayed and held messages on at once', async () => {
  const { wire, send } = await pair();
  await wire.client.setRule({ from: 'node1', to: 'node2', delayMs: 600_000 });
  const delayed = send();
  await until(async () => (await wire.client.messages(0)).length === 1, { ...WITHIN, what: 'the request' });
  await wire.client.setRule({ from: 'node1', to: 'node2' });
  const { id } = await wire.client.addTrap(trap('hold-answer'));
  const held = send();
  await caughtBy(wire, id, 1);
  await wire.client.heal();
  expect((await delayed.answer).status).toBe(200);
  expect((await held.answer).status).toBe(200);
});

async function caughtBy(wire: RunningWire, id: number, count: number): Promise<number[]> {
  return until(
    async () => {
      const { caught } = await wire.client.trap(id);
      return caught.length === count && caught;
    },
    { ...WITHIN, what: `${count} messages in the trap` },
  );
}

test('lose-request loses as many requests as it says, and those only', async () => {
  const { node2, wire, send } = await pair();
  const { id } = await wire.client.addTrap(trap('lose-request', { times: 2 }));
  send('1');
  await caughtBy(wire, id, 1);
  send('2');
  expect(await caughtBy(wire, id, 2)).toEqual([1, 2]);
  await send('3').answer;
  expect(node2.received.map(({ body }) => String(body))).toEqual(['3']);
  const outcomes = (await wire.client.messages(0)).map((message) => message.outcome);
  expect(outcomes).toEqual(['request-lost', 'request-lost', 'answered']);
});

test('lose-answer loses the answer only: the callee has handled the request when the trap counts it', async () => {
  const { node2, wire, send } = await pair();
  const { id } = await wire.client.addTrap(trap('lose-answer'));
  const lost = send();
  await caughtBy(wire, id, 1);
  expect(node2.received).toHaveLength(1);
  expect(await wire.onlyMessage()).toMatchObject({ outcome: 'answer-lost', status: 200, returnedAt: null });
  expect(lost.settled()).toBe(false);
  expect((await send().answer).status).toBe(200);
});

test('a trap waiting for an answer that never comes catches the next one', async () => {
  const { wire, send, node2 } = await pair();
  const { port } = node2;
  node2.close();
  const { id } = await wire.client.addTrap(trap('lose-answer'));
  await expect(send().answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  const again = createServer((_, response) => response.end()).listen(port, '127.0.0.1');
  onTestFinished(() => void again.close());
  await once(again, 'listening');
  send();
  expect(await caughtBy(wire, id, 1)).toEqual([2]);
});

test('hold-request keeps the request until it is released; hold-answer the answer', async () => {
  const { node2, wire, send } = await pair();
  const request = await wire.client.addTrap(trap('hold-request'));
  const first = send('1');
  await caughtBy(wire, request.id, 1);
  await send('2').answer;
  expect(node2.received.map(({ body }) => String(body))).toEqual(['2']);
  await wire.client.releaseTrap(request.id);
  await first.answer;
  expect(node2.received.map(({ body }) => String(body))).toEqual(['2', '1']);

  const answer = await wire.client.addTrap(trap('hold-answer'));
  const third = send('3');
  await caughtBy(wire, answer.id, 1);
  expect([node2.received.length, third.settled()]).toEqual([3, false]);
  await wire.client.removeTrap(answer.id);
  expect((await third.answer).status).toBe(200);
  await expect(wire.client.trap(answer.id)).rejects.toMatchObject({ code: 'wire-refused' });
});

test('a held request is lost when the link is cut at its release', async () => {
  const { node2, wire, send } = await pair();
  const { id } = await wire.client.addTrap(trap('hold-request'));
  send();
  await caughtBy(wire, id, 1);
  await wire.client.setRule({ from: 'node1', to: 'node2', cut: true });
  await wire.client.releaseTrap(id);
  await outcome(wire, 'request-lost');
  expect(node2.received).toEqual([]);
});

test('reset breaks the connection before the callee hears of the request', async () => {
  const { node2, wire, send } = await pair();
  await wire.client.addTrap(trap('reset'));
  await expect(send().answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await outcome(wire, 'reset')).toMatchObject({ deliveredAt: null, faults: ['connection reset'] });
  expect(node2.received).toEqual([]);
});

test('a trap looks at path and body, and without a limit never ends', async () => {
  const { node2, wire, send } = await pair();
  const { id } = await wire.client.addTrap(trap('reset', { path: '/vote', contains: '"term":7', times: 0 }));
  await send('{"term":7}', '/append').answer;
  await send('{"term":6}', '/vote').answer;
  for (let index = 0; index < 3; index++) await expect(send('{"term":7}', '/vote').answer).rejects.toThrow();
  expect(node2.received).toHaveLength(2);
  expect((await wire.client.trap(id)).caught).toEqual([3, 4, 5]);
});

test('a trap can still be asked what it caught after the network was healed, but catches nothing more', async () => {
  const { wire, send } = await pair();
  const { id } = await wire.client.addTrap(trap('reset', { times: 0 }));
  await expect(send().answer).rejects.toThrow();
  await wire.client.heal();
  expect((await send().answer).status).toBe(200);
  expect((await wire.client.trap(id)).caught).toEqual([1]);
});

test("dsc answers in a node's place; the node hears nothing", async () => {
  const { node2, wire, send } = await pair();
  await wire.client.addTrap(trap('puppet', { times: 0 }));
  expect(await wire.client.nextPuppetCall('node2', 0)).toBeUndefined();
  const waiting = wire.client.nextPuppetCall('node2', 5_000);
  const first = send('{"term":3}');
  const message = await waiting;
  expect(message).toMatchObject({ from: 'node1', to: 'node2', body: '{"term":3}' });
  const second = send('{"term":4}');
  const next = await wire.client.nextPuppetCall('node2', 5_000);
  expect(await wire.client.answerPuppet(next!.seq, { status: 409, body: { no: 1 } })).toBe(true);
  expect(await wire.client.answerPuppet(message!.seq, { status: 200, body: { yes: 1 } })).toBe(true);
  expect((await first.answer).body.toString()).toBe('{"yes":1}');
  expect(await second.answer).toMatchObject({ status: 409, body: Buffer.from('{"no":1}') });
  expect(await wire.client.answerPuppet(message!.seq, { status: 200 })).toBe(false);
  expect(node2.received).toEqual([]);
});

test("a puppet's answer is governed by the reverse direction", async () => {
  const { wire, send } = await pair();
  await wire.client.addTrap(trap('puppet'));
  await wire.client.setRule({ from: 'node2', to: 'node1', cut: true });
  send();
  const message = await wire.client.nextPuppetCall('node2', 5_000);
  await wire.client.answerPuppet(message!.seq, { status: 200, body: {} });
  expect(await outcome(wire, 'answer-lost')).toMatchObject({ status: 200, returnedAt: null });
});

test("healing drops puppet calls: their callers' connections break", async () => {
  const { wire, send } = await pair();
  await wire.client.addTrap(trap('puppet'));
  const dropped = send();
  const message = await wire.client.nextPuppetCall('node2', 5_000);
  await wire.client.heal();
  await expect(dropped.answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await wire.client.answerPuppet(message!.seq, { status: 200 })).toBe(false);
  expect((await wire.onlyMessage()).outcome).toBe('reset');
});

test('a callee that refuses looks refused: the connection breaks', async () => {
  const { node2, wire, send } = await pair();
  node2.close();
  await expect(send().answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await outcome(wire, 'unreachable')).toMatchObject({ deliveredAt: null, status: null });
});

test('a callee that dies over the request breaks the connection, and the record says it was delivered', async () => {
  const { node2, wire, send } = await pair(() => {
    node2.server.closeAllConnections();
    return undefined;
  });
  await expect(send().answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await outcome(wire, 'unreachable')).deliveredAt).not.toBeNull();
  expect(node2.received).toHaveLength(1);
});

test('a callee that hangs keeps the request although the caller gave up, and may answer it later', async () => {
  const { open, opened } = gate();
  let connectionLost = false;
  const { node2, wire, send } = await pair(async () => {
    await opened;
    return { body: 'too late' };
  });
  node2.server.on('request', (request) => request.socket.once('close', () => (connectionLost = true)));
  const { giveUp } = send();
  await until(() => node2.received.length === 1, { ...WITHIN, what: 'the request to arrive' });
  giveUp();
  await outcome(wire, 'abandoned');
  expect(connectionLost).toBe(false);
  open();
  await until(async () => (await wire.onlyMessage()).answer === 'too late', {
    ...WITHIN,
    what: 'the answer',
  });
  expect(await wire.onlyMessage()).toMatchObject({ outcome: 'abandoned', returnedAt: null });
});

test('200 requests at the same time are answered each with its own answer', async () => {
  const { wire, send } = await pair(({ body }) => ({ body }));
  const bodies = Array.from({ length: 200 }, (_, index) => `{"n":${index}}`);
  const answers = await Promise.all(bodies.map((body) => send(body).answer));
  expect(answers.map(({ body }) => String(body))).toEqual(bodies);
  const messages = await wire.client.messages(0);
  expect(messages.every(({ body, answer }) => body === answer)).toBe(true);
});

test('a caller may keep its connection open for many requests', async () => {
  const { wire } = await pair();
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => fetch(`${wire.url('node1', 'node2')}/`, { method: 'POST', body: '{}' })),
  );
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual(Array(5).fill({ ok: true }));
});

test('a listener survives malformed requests, huge headers, half a request and half-open connections', async () => {
  const { node2, wire, send } = await pair();
  const junk = [
    'nonsense\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'y'.repeat(200_000)}\r\n\r\n`,
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf',
    'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ];
  for (const text of junk) {
    const socket = connect({ port: wire.port('node1', 'node2'), host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.end(text);
  }
  for (let index = 0; index < 20; index++) {
    const socket = connect(wire.port('node1', 'node2'), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Le');
    socket.resetAndDestroy();
  }
  expect((await send('{"n":"fine"}').answer).status).toBe(200);
  expect(node2.received.map(({ body }) => String(body))).toContain('{"n":"fine"}');
  expect(node2.received.map(({ body }) => String(body))).not.toContain('half');
});

test('without the right token nothing is told or changed; health needs none', async () => {
  const { wire } = await pair();
  const ask = (path: string, authorization?: string, method = 'GET') =>
    fetch(wire.controlUrl + path, { method, headers: authorization ? { authorization } : {} });
  for (const authorization of [undefined, 'Bearer wrong', wire.token, `Bearer ${wire.token}x`]) {
    expect((await ask('/messages?after=0', authorization)).status).toBe(401);
    expect((await ask('/rules', authorization, 'DELETE')).status).toBe(401);
  }
  expect((await ask('/health')).status).toBe(200);
  expect((await ask('/rules', `Bearer ${wire.token}`)).status).toBe(200);
  await expect(new WireClient(wire.controlUrl, 'wrong').rules()).rejects.toMatchObject({
    code: 'wire-foreign',
  });
});

test('control calls that are not as the protocol says are refused and change nothing', async () => {
  const { wire } = await pair();
  const ask = async (method: string, path: string, body?: string) => {
    const headers = { authorization: `Bearer ${wire.token}` };
    return (await fetch(wire.controlUrl + path, { method, headers, ...(body !== undefined && { body }) }))
      .status;
  };
  expect(await ask('PUT', '/rules', '{')).toBe(400);
  expect(await ask('PUT', '/rules', '{"from":"node1","to":"node2","loss":2}')).toBe(400);
  expect(await ask('PUT', '/rules', '{"from":"node1","cut":true}')).toBe(400);
  expect(await ask('POST', '/traps', '{"from":"node1","to":"node2","action":"explode","times":1}')).toBe(400);
  expect(await ask('PUT', '/seed', '{"seed":"x"}')).toBe(400);
  expect(await ask('POST', '/puppet/1', '{"status":1}')).toBe(400);
  expect(await ask('POST', '/puppet/1', '{"status":200}')).toBe(404);
  expect(await ask('GET', '/traps/9')).toBe(404);
  expect(await ask('GET', '/nothing')).toBe(404);
  expect(await ask('PATCH', '/rules')).toBe(405);
  expect(await wire.client.rules()).toEqual([]);
});

test('a WebSocket passes both ways, is one message in the record, and a cut silences it until healing', async () => {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  });
  await once(sockets, 'listening');
  const heard: string[] = [];
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      heard.push(String(data));
      socket.send(`echo ${data}`);
    });
  });
  const wire = await startWire({
    'node1>node2': `http://127.0.0.1:${(sockets.address() as AddressInfo).port}`,
  });
  const socket = new WebSocket(`${wire.url('node1', 'node2').replace('http', 'ws')}/room?x=1`);
  onTestFinished(() => socket.terminate());
  const echoes: string[] = [];
  socket.on('message', (data) => echoes.push(String(data)));
  await once(socket, 'open');
  socket.send('one');
  await until(() => echoes.length === 1, { ...WITHIN, what: 'the echo' });
  expect(await wire.onlyMessage()).toMatchObject({ path: '/room?x=1', status: 101, outcome: 'answered' });

  await wire.client.setRule({ from: 'node2', to: 'node1', cut: true });
  socket.send('two');
  await until(() => heard.length === 2, { ...WITHIN, what: 'the message on the way that is whole' });
  // Both directions have been quiet or lost since: the record of the cut is what tells that the echo came to the wire.
  await until(async () => (await wire.onlyMessage()).faults.includes('cut'), {
    ...WITHIN,
    what: 'the cut echo',
  });
  expect([echoes, socket.readyState]).toEqual([['echo one'], WebSocket.OPEN]);
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  await wire.client.heal();
  await closed;
});

test('a WebSocket that the callee refuses or cannot be reached for ends in an error', async () => {
  const { node2, wire } = await pair();
  node2.server.on('upgrade', (_, socket) =>
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'),
  );
  const open = async () => {
    const socket = new WebSocket(wire.url('node1', 'node2').replace('http', 'ws'));
    return once(socket, 'error').then(([error]) => String(error));
  };
  expect(await open()).toContain('403');
  node2.close();
  expect(await open()).toContain('hang up');
  expect((await wire.client.messages(0)).map((m) => m.outcome)).toEqual(['answered', 'unreachable']);
});

test('SIGTERM ends the wire at once with code 0, and its client then says that it does not answer', async () => {
  const { wire, send } = await pair();
  await wire.client.setRule({ from: 'node1', to: 'node2', cut: true });
  send();
  await outcome(wire, 'request-lost');
  wire.process.kill('SIGTERM');
  expect(await wire.exit).toBe(0);
  expect(await wire.client.alive()).toBe(false);
  await expect(wire.client.rules()).rejects.toMatchObject({ name: 'UserError', code: 'wire-silent' });
});

test('a port that is taken ends the wire with one line and exit code 3', async () => {
  const node = await startNode();
  const [free] = await freePorts(1);
  const control = { host: '127.0.0.1', port: free, token: 't' };
  const link = { from: 'a', to: 'b', target: node.url, listenHost: '127.0.0.1', listenPort: node.port };
  const { exit, output } = spawnWire(JSON.stringify({ control, links: [link], seed: 1 }));
  expect(await exit).toBe(3);
  expect(output()).toBe(`the wire cannot listen on 127.0.0.1:${node.port}: the port is taken\n`);
});

test.each([
  [undefined, 'WIRE_CONFIG is not set'],
  ['{', 'WIRE_CONFIG is not JSON'],
  ['null', 'WIRE_CONFIG: control.host must be a text'],
  ['{"control":{"host":"h","port":0,"token":"t"}}', 'WIRE_CONFIG: control.port must be a port'],
  ['{"control":{"host":"h","port":1,"token":"t"},"seed":1}', 'WIRE_CONFIG: links must be a list'],
  [
    '{"control":{"host":"h","port":1,"token":"t"},"links":[{"from":"a","to":"b","listenHost":"h","listenPort":1,"target":"x"}]}',
    'WIRE_CONFIG: links[0].target must be an http URL',
  ],
])('WIRE_CONFIG %j ends the wire with one line and exit code 2', async (config, line) => {
  const { exit, output } = spawnWire(config);
  expect(await exit).toBe(2);
  expect(output()).toBe(`${line}\n`);
});
